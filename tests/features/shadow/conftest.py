"""A team on the sandbox with the bot beside it, and the command line."""

import pytest

from tests.flows.conftest import Team
from tests.flows.conftest import team as team_at_any_time
from tests.interfaces.cli.conftest import cli as cli

__all__ = ["team_at_any_time"]

DAY_MS = 86_400_000


@pytest.fixture
def team(team_at_any_time: Team) -> Team:
    """A day begins: a test that takes hours does not end on the next one, which has a proposal of
    its own.
    """
    clock = team_at_any_time.control.clock
    clock.advance(DAY_MS - clock.now_ms() % DAY_MS)
    return team_at_any_time
