"""A team whose first responses are due within half an hour, in the hours of Madrid."""

from collections.abc import Iterator

import pytest

from clickup_mlops.features.response.settings import ResponseSettings
from tests.flows.conftest import LIST, Team
from tests.flows.conftest import team as team
from tests.flows.test_example_automations import go_to

STATUSES = ("to do", "in progress", "waiting for reporter", "complete")
HOURS = "MON-FRI 09:00-18:00 Europe/Madrid"


@pytest.fixture
def desk(team: Team) -> Iterator[Team]:
    """It is Friday, 17:50 in Madrid; the automation checks every five minutes."""
    types = ("open", "custom", "custom", "closed")
    team.control.set_statuses(
        LIST,
        [
            {"status": name, "type": kind, "color": "#aaa"}
            for name, kind in zip(STATUSES, types, strict=True)
        ],
    )
    settings = team.bot.settings
    response = ResponseSettings(hours=HOURS)
    team.restart(settings.model_copy(update={"response": response}))
    team.configure(by_name={"response_objective": {"mode": "on"}})
    team.control.clock.freeze()  # first: what passes after the jump would be missing on Monday
    go_to(team, "2027-01-15T16:50")
    yield team
    assert team.bot.inbox.depth(team.bot.now_ms()).parked == 0
