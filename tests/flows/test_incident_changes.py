"""What changes while an incident is live: fields that people fill in, tags, and who has left."""

from contextlib import suppress

import pytest

from clickup_mlops.features.incidents.tables.incidents import Incidents
from tests.flows.conftest import build
from tests.flows.test_commands import say
from tests.flows.test_executor import Crash, Fate, go_on
from tests.flows.test_incident_crashes import mortal_builds
from tests.flows.test_incident_moves import FIRST, MINUTE, SECOND, THIRD, end, incident_of, live
from tests.flows.test_incidents import comments, messages
from tests.flows.test_integrations import Reporting
from tests.flows.test_one_outage import MODEL, OTHER, fire, incidents, rooms, service, team
from tests.soak import crash_steps

__all__ = ["team"]


def fill_in(team: Reporting, task: str, model: str = MODEL) -> None:
    """A person names the model."""
    team.member.set_field(task, "Model", model)
    team.settle()


def tags(team: Reporting, task: str) -> set[str]:
    """The names of the task's tags."""
    return {tag["name"] for tag in team.control.task(task)["tags"]}


def test_a_model_that_is_named_later_joins_its_live_incident(team: Reporting) -> None:
    """As it would have when the task was created; both rooms and comments say so."""
    first, second = live(team, FIRST, Model=MODEL), live(team, SECOND)
    room = incident_of(team, second).room
    fill_in(team, second)

    assert incident_of(team, second).id == incident_of(team, first).id
    assert SECOND in "".join(messages(team, incident_of(team, first).room))
    assert "goes on in another one" in "".join(messages(team, room))
    assert sum("part of the incident" in text for text in comments(team, second)) == 1


def test_a_model_of_another_outage_joins_nothing(team: Reporting) -> None:
    """Nor does a change of the task that says nothing of it."""
    tasks = [live(team, FIRST, Model=MODEL), live(team, SECOND)]
    team.member.update(tasks[1], description="Half of the customers.")
    team.settle()
    fill_in(team, tasks[1], OTHER)

    assert len({incident_of(team, task).id for task in tasks}) == 2


def test_what_people_split_does_not_join_again_by_its_model(team: Reporting) -> None:
    """They have decided."""
    first, second = live(team, FIRST, Model=MODEL), live(team, SECOND)
    fill_in(team, second)
    say(team, second, "/incident split")
    for model in (OTHER, MODEL):
        fill_in(team, second, model)

    assert incident_of(team, second).id != incident_of(team, first).id


@pytest.mark.parametrize("last", crash_steps(12, every=4))
def test_it_joins_by_its_model_once_wherever_the_bot_dies(team: Reporting, last: int) -> None:
    """Store, journal, events and calls."""
    first, second = live(team, FIRST, Model=MODEL), live(team, SECOND)
    fate = Fate(last)
    team.restart(builds=mortal_builds(fate))
    team.member.set_field(second, "Model", MODEL)
    with suppress(Crash):
        team.settle()
    assert fate.steps >= last

    team.control.clock.advance(MINUTE)
    with build(team.bot.settings, clock=team.control.clock.now_ms) as again:
        go_on(team, again)
        ids = {
            incident.id
            for task in (first, second)
            if (incident := again.store.table(Incidents).open_of(task))
        }
        assert len(ids) == 1
        entries = again.store.timeline.of_task(second, 0, again.now_ms() + 1)
        assert sum(entry.value.get("to") == "joined" for entry in entries) == 1


@pytest.mark.parametrize("last", [4, 6])
def test_what_a_person_reports_is_shown_wherever_the_bot_dies(team: Reporting, last: int) -> None:
    """The incident knew of it before, so that nobody would report it again."""
    task, fate = live(team, FIRST), Fate(last)
    team.restart(builds=mortal_builds(fate))
    team.member.comment(task, "/incident mitigated")
    with suppress(Crash):
        team.settle()
    assert fate.steps == last

    team.control.clock.advance(MINUTE)
    with build(team.bot.settings, clock=team.control.clock.now_ms) as again:
        go_on(team, again)
        (message,) = team.control.world.messages
        assert "Mitigated" in message.content


def test_an_alert_after_no_incident_leaves_one_of_both_tags(team: Reporting) -> None:
    """It is a new signal, so that what a person said before holds no longer."""
    task = service(team)
    fire(team, "HighLatency", model=MODEL)
    say(team, task, "/incident no")
    fire(team, "HighLatency", "resolved", model=MODEL)
    assert "not-incident" in tags(team, task)
    fire(team, "ErrorBudget", model=MODEL)

    assert tags(team, task) & {"incident", "not-incident"} == {"incident"}


def test_a_task_that_has_left_is_not_affected_until_all_have(team: Reporting) -> None:
    """Then the message says again which tasks there were."""
    names = (FIRST, SECOND, THIRD)
    first, second, third = (live(team, name, Model=MODEL) for name in names)
    room = incident_of(team, first).room
    end(team, second)
    (message,) = messages(team, room)
    (affected,) = [line for line in message.splitlines() if "Also affected" in line]
    assert THIRD in affected
    assert SECOND not in affected

    end(team, first, third)
    assert SECOND in messages(team, room)[0]
    assert len(rooms(team)) == len(incidents(team)) == 1
