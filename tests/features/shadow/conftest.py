"""A team on the sandbox with the bot beside it, and the command line."""

from tests.flows.conftest import team as team
from tests.interfaces.cli.conftest import cli as cli
