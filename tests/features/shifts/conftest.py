"""A team with rotations, on a clock that stands still, and the command line."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from clickup_mlops.bot.handle.context.on_call import PeopleSettings
from tests.flows.conftest import LIST, TRAINING, Team
from tests.flows.conftest import team as team
from tests.flows.test_example_automations import go_to
from tests.interfaces.cli.conftest import cli as cli

Say = Callable[..., str]
"""A comment's text, and perhaps its author; the bot's answer."""


@pytest.fixture
def desk(team: Team) -> Iterator[Team]:
    """It is Friday, 2032-01-16, 12:00 UTC. Turns of `on_call` change on Mondays at 9:00: it is
    Maria's, then Jonas's; those of `serving` every day at 9:00 in Madrid.
    """
    serving = {
        "people": ("jonas@example.com", "Maria"),
        "turn": 86_400,
        "since": "2032-01-16T09:00:00",
        "zone": "Europe/Madrid",
    }
    people = PeopleSettings(
        on_call=("Jonas", "Maria"), since="2032-01-05T09:00:00Z", rotations={"serving": serving}
    )
    team.restart(team.bot.settings.model_copy(update={"people": people}))
    team.control.clock.freeze()
    go_to(team, "2032-01-16T12:00")
    yield team
    assert team.bot.inbox.depth(team.bot.now_ms()).parked == 0


@pytest.fixture
def say(desk: Team) -> Say:
    """Comments on one task."""
    task = desk.member.create_task(LIST, TRAINING)
    desk.settle()

    def comment(text: str, author: Any = None) -> str:
        comment_id = (author or desk.member).comment(task, text)
        desk.settle()
        desk.control.clock.advance(60_000)
        (reply,) = desk.bot.client.comments.replies(comment_id)
        return str(reply.text.strip())

    return comment


def called(team: Team, name: str = "on_call") -> list[str]:
    """User names of whom the name means now."""
    return [person.username for person in team.bot.context.directory.people(name)]
