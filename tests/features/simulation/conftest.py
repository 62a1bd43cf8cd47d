"""The command line, in an empty folder."""

from tests.interfaces.cli.conftest import cli as cli
