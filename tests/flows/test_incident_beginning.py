"""An incident begins when users are affected, not when the bot sees it."""

from datetime import UTC, datetime

import pytest

from clickup_mlops.features.incidents.report_subject import SUBJECT
from clickup_mlops.features.incidents.sections.incident import SECTION
from clickup_mlops.features.incidents.summary import format_timeline
from clickup_mlops.features.incidents.tables.incidents import Incident, Incidents
from clickup_mlops.features.incidents.view import read_latest
from clickup_mlops.ports.sections.history import open_data
from clickup_mlops.ports.sections.model import Query
from clickup_mlops.routing.policy import Policy
from clickup_mlops.store.access import EVERYTHING
from tests.flows.conftest import LIST
from tests.flows.test_alert_ends import TITLE, team
from tests.flows.test_incidents import HOUR, MINUTE
from tests.flows.test_integrations import Reporting, alert, group
from tests.flows.test_missed_commands import look, lose_comments

__all__ = ["team"]
pytestmark = pytest.mark.parametrize("team", [("on", "")], indirect=True)
OUTAGE = "Chat endpoint is down for all users right now: 503 since noon"


def incident_of(team: Reporting, task: str) -> Incident:
    incident = team.bot.store.table(Incidents).latest_of(task)
    assert incident is not None
    return incident


def fire(team: Reporting, starts_ms: int, ends_ms: int | None = None, **labels: str) -> None:
    """Grafana reports the alert now: that it fires, or that it has ended."""
    times = {"startsAt": _format_time(starts_ms)}
    times |= {} if ends_ms is None else {"endsAt": _format_time(ends_ms)}
    state = "firing" if ends_ms is None else "resolved"
    fields = {**alert(state, alertname="ChatDown", **labels), **times}
    notes = {"summary": TITLE.partition(": ")[2]}
    team.post("grafana", group({**fields, "annotations": notes}))


def _format_time(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, UTC).isoformat()


@pytest.mark.parametrize("late_ms", [0, 20 * MINUTE])
def test_it_ends_with_its_alert(team: Reporting, late_ms: int) -> None:
    """Though the bot hears of the end later."""
    began_ms = team.bot.now_ms() // 1000 * 1000
    fire(team, began_ms)
    (task,) = team.named(TITLE)
    team.control.clock.advance(HOUR)
    ended_ms = team.bot.now_ms() // 1000 * 1000
    team.control.clock.advance(late_ms)
    fire(team, began_ms, ended_ms)
    incident = incident_of(team, task["id"])
    assert incident.closed_ms == ended_ms
    assert team.bot.store.table(Incidents).tasks(incident.id)[0].left_ms == ended_ms


def test_it_ends_with_an_alert_that_is_reported_after_its_end(team: Reporting) -> None:
    """Beginning and end come late, as from a relay that was away: in order, or the end alone."""
    ended_ms = (team.bot.now_ms() - HOUR) // 1000 * 1000
    fire(team, ended_ms - HOUR)
    (task,) = team.named(TITLE)
    team.control.clock.advance(MINUTE)
    fire(team, ended_ms - HOUR, ended_ms)
    incident = incident_of(team, task["id"])
    assert (incident.opened_ms, incident.closed_ms) == (ended_ms - HOUR, ended_ms)
    assert team.bot.store.table(Incidents).tasks(incident.id)[0].left_ms == ended_ms


def test_it_ends_with_the_last_of_its_alerts(team: Reporting) -> None:
    """Though the end of another one is reported later."""
    began_ms = team.bot.now_ms() // 1000 * 1000
    fire(team, began_ms)
    (task,) = team.named(TITLE)
    second = {"clickup_task": task["id"], "fingerprint": "77"}
    fire(team, began_ms, **second)
    team.control.clock.advance(HOUR)
    ended_ms = team.bot.now_ms() // 1000 * 1000
    fire(team, began_ms, ended_ms)
    team.control.clock.advance(5 * MINUTE)
    fire(team, began_ms, ended_ms - 10 * MINUTE, **second)

    assert incident_of(team, task["id"]).closed_ms == ended_ms


@pytest.mark.parametrize("are_lost", [False, True], ids=["delivered", "lost"])
@pytest.mark.parametrize("late_ms", [0, 20 * MINUTE])
def test_its_timeline_has_the_end_of_its_alert(
    team: Reporting, late_ms: int, are_lost: bool
) -> None:
    """And what people wrote before anybody knew of it, though their events were lost; not what an
    hour later happens.
    """
    began_ms = team.bot.now_ms() // 1000 * 1000
    fire(team, began_ms)
    (task,) = team.named(TITLE)
    team.control.clock.advance(HOUR)
    ended_ms = team.bot.now_ms() // 1000 * 1000
    team.control.clock.advance(late_ms)
    if are_lost:
        team.control.faults.add("drop", event="*", times=None)
    team.member.comment(task["id"], "Rolled back by hand")
    team.settle()
    fire(team, began_ms, ended_ms)
    team.control.clock.advance(HOUR)
    team.member.comment(task["id"], "Thanks to all")
    team.settle()
    team.job("backfill")

    view = read_latest(team.bot.store, task["id"], team.bot.now_ms, Policy())
    assert view is not None and view.incident.closed_ms == ended_ms
    for text in (format_timeline(view), report(team, task["id"])):
        assert f"{TITLE}: resolved" in text and "Rolled back by hand" in text
        assert "Thanks to all" not in text


def report(team: Reporting, task: str) -> str:
    """What the report about the incident shows of it."""
    now_ms = team.bot.now_ms()
    subject = SUBJECT.find(team.bot.store, team.bot.workspace_id, task, "UTC", now_ms)
    return str(SECTION.build(open_data(team.bot, EVERYTHING, now_ms), Query(subject.period)))


def test_what_people_write_before_its_end_is_heard_of_is_kept(team: Reporting) -> None:
    """Also if the events of the comments are lost; what is written long after it is no part."""
    began_ms = team.bot.now_ms() // 1000 * 1000
    fire(team, began_ms)
    (task,) = team.named(TITLE)
    team.control.clock.advance(HOUR)
    ended_ms = team.bot.now_ms() // 1000 * 1000
    lose_comments(team, task["id"], "Traffic is back on 3.1")
    fire(team, began_ms, ended_ms)
    team.control.clock.advance(HOUR)
    lose_comments(team, task["id"], "Lunch is at noon")
    look(team)
    entries = team.bot.store.timeline.of_task(task["id"], 0, 2**62)
    texts = [entry.text for entry in entries if entry.kind == "comment"]
    assert texts == ["Traffic is back on 3.1"]


def test_an_end_that_makes_no_sense_does_not_count(team: Reporting) -> None:
    """Then it ends when that is seen."""
    began_ms = team.bot.now_ms() // 1000 * 1000
    fire(team, began_ms)
    (task,) = team.named(TITLE)
    team.control.clock.advance(HOUR)
    fire(team, began_ms, began_ms + 9 * HOUR)
    closed_ms = incident_of(team, task["id"]).closed_ms
    assert closed_ms is not None and abs(closed_ms - team.bot.now_ms()) < MINUTE


def test_it_begins_with_its_alert(team: Reporting) -> None:
    """Also in its timeline and with the task that was made for the alert."""
    began_ms = (team.bot.now_ms() - 2 * HOUR) // 1000 * 1000
    fire(team, began_ms)
    (task,) = team.named(TITLE)
    assert incident_of(team, task["id"]).opened_ms == began_ms
    entries = team.bot.store.timeline.of_task(task["id"], 0, 2**62)
    (begin,) = [entry for entry in entries if entry.value.get("to") == "opened"]
    assert begin.at_ms == began_ms


@pytest.mark.parametrize("offset_ms", [HOUR, -8 * 24 * HOUR], ids=["future", "too old"])
def test_a_time_that_makes_no_sense_does_not_count(team: Reporting, offset_ms: int) -> None:
    """Then it begins when it is seen."""
    fire(team, team.bot.now_ms() + offset_ms)
    (task,) = team.named(TITLE)
    assert abs(incident_of(team, task["id"]).opened_ms - team.bot.now_ms()) < MINUTE


def test_it_begins_with_the_task_that_reports_it(team: Reporting) -> None:
    """And with the tag that a person adds, if the bot sees either later."""
    reported = team.member.create_task(LIST, OUTAGE)
    tagged = team.member.create_task(LIST, "Quarterly numbers")
    team.control.clock.advance(5 * MINUTE)
    team.member.tag(tagged, "incident")
    tagged_ms = team.bot.now_ms()
    team.control.clock.advance(20 * MINUTE)
    team.settle()
    created_ms = int(team.control.task(reported)["date_created"])
    assert incident_of(team, reported).opened_ms == created_ms
    assert abs(incident_of(team, tagged).opened_ms - tagged_ms) < MINUTE


def test_an_earlier_beginning_than_the_last_end_is_a_new_incident_of_the_task(
    team: Reporting,
) -> None:
    """What the task joined last is what it joined last, however early the new one began."""
    task = team.member.create_task(LIST, "Ranking endpoint")
    team.member.tag(task, "incident")
    team.settle()
    first = incident_of(team, task)
    team.control.clock.advance(HOUR)
    team.member.untag(task, "incident")
    team.settle()
    team.control.clock.advance(2 * HOUR)
    fire(team, team.bot.now_ms() - 4 * HOUR, clickup_task=task)
    second = incident_of(team, task)
    assert second.is_open
    assert second.id != first.id
    assert second.opened_ms < first.opened_ms


@pytest.mark.parametrize("is_lost", [False, True], ids=["delivered", "lost"])
@pytest.mark.parametrize("is_closed", [False, True], ids=["untagged", "closed"])
def test_it_ends_when_people_end_it(team: Reporting, is_closed: bool, is_lost: bool) -> None:
    """Though the bot was away, or hears of it from a back-fill only."""
    task = team.member.create_task(LIST, "Ranking endpoint")
    team.member.tag(task, "incident")
    team.settle()
    team.control.clock.advance(HOUR)
    if is_lost:
        team.control.faults.add("drop", event="*", times=None)
    team.member.comment(task, "Rolled back")
    team.control.clock.advance(MINUTE)
    ended_ms = team.bot.now_ms()
    if is_closed:
        team.member.set_status(task, "complete")
    else:
        team.member.untag(task, "incident")
    team.control.clock.advance(20 * MINUTE)
    team.settle()
    team.job("backfill")

    closed_ms = incident_of(team, task).closed_ms
    assert closed_ms is not None and abs(closed_ms - ended_ms) < MINUTE
