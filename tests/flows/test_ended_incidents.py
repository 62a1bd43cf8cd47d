"""An incident that is over stays over, whatever is lost, late or refused, until a new signal."""

from collections.abc import Callable
from typing import Any

import pytest

from clickup_mlops.bot.write.undo import targets
from clickup_mlops.bot.write.undo.undoing import UndoRequest
from clickup_mlops.features.incidents.package import IncidentsPackage
from clickup_mlops.features.incidents.tables.incidents import Incidents
from clickup_mlops.features.undo.package import UndoPackage
from clickup_mlops.store import Journal
from clickup_mlops.store.journal_rows import Write
from tests.flows.conftest import LIST, Team
from tests.flows.test_executor import Crash
from tests.flows.test_incidents import HOUR, MINUTE, comments, messages, names, report, team
from tests.flows.test_missed_commands import lose
from tests.flows.test_occurrences import deliver, hold_deliveries
from tests.soak import crash_steps

__all__ = ["team"]

OUTAGE = "Chat endpoint is down for all users right now"


def look(team: Team) -> None:
    """The bot looks for what it missed, until all that could come of it has come."""
    for _ in range(3):
        team.job("backfill")
        team.control.clock.advance(2 * MINUTE)
        team.settle()


def state(team: Team, task: str) -> tuple[list[str], int, int, list[str]]:
    """The task's tags, how many incidents are open and known, and what the room says."""
    store = team.bot.store
    incidents = store.table(Incidents).between(team.sandbox.team_id, 0, team.bot.now_ms() + 1)
    tags = [tag["name"] for tag in team.control.task(task)["tags"]]
    room = messages(team, f"incident-{task}")
    is_open = sum(incident.is_open for incident in incidents)
    return tags, is_open, len(incidents), room


@pytest.fixture
def outage(team: Team) -> str:
    """The task of a live incident, recognised by its text."""
    task = team.member.create_task(LIST, OUTAGE)
    team.settle()
    assert state(team, task)[:3] == (["incident"], 1, 1)
    team.control.clock.advance(5 * MINUTE)
    return task


def by_alert(team: Team, task: str) -> None:
    """It fires, and is resolved."""
    report(team, "firing", OUTAGE, 1)
    team.control.clock.advance(MINUTE)
    report(team, "resolved", OUTAGE, 2)


def by_hand(team: Team, task: str) -> None:
    """A person removes the tag."""
    team.member.untag(task, "incident")
    team.settle()


def by_lost_hand(team: Team, task: str) -> None:
    """The same, and nobody hears of it."""
    lose(team, lambda: team.member.untag(task, "incident"))


def by_late_hand(team: Team, task: str) -> None:
    """The same, and a back-fill is faster than the event."""
    with hold_deliveries(team) as late:
        team.member.untag(task, "incident")
    team.control.clock.advance(73)
    team.job("backfill")
    deliver(team, late, "taskTagUpdated", "taskUpdated")
    team.settle()


ENDS = (by_alert, by_hand, by_lost_hand, by_late_hand)


def rename(team: Team, task: str) -> object:
    """Reads as much like an incident as before."""
    return team.member.update(task, name=f"{OUTAGE}, again")


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("then", ["nothing", "lost change", "change", "lost comments", "restart"])
def test_an_ended_incident_stays_over(
    team: Team, outage: str, end: Callable[[Team, str], None], then: str
) -> None:
    """Five minutes later, on a task younger than an hour that still reads like an incident."""
    end(team, outage)
    look(team)
    before = state(team, outage)
    assert before[:3] == ([], 0, 1)

    team.control.clock.advance(5 * MINUTE)
    if then == "lost change":
        lose(team, lambda: rename(team, outage))
    elif then == "change":
        rename(team, outage)
        team.settle()
    elif then == "lost comments":
        lose(team, *[lambda: team.member.comment(outage, "It is down again?")] * 3)
    elif then == "restart":
        team.restart()
    look(team)
    team.job("reevaluate")
    team.control.clock.advance(2 * HOUR)
    team.settle()

    after = state(team, outage)
    assert after[:3] == before[:3]
    assert after[3] == before[3]
    assert not any("Live incident" in text for text in comments(team, outage))
    assert names(team)[f"Finish the post-mortem: {OUTAGE}"] == 1


def test_what_people_say_was_no_incident_has_no_post_mortem(team: Team, outage: str) -> None:
    """The room says who said so, and why, each time. An alert later is what counts then, and what
    somebody says of another one does not make that one none.
    """
    team.member.comment(outage, "/incident no it was a test")
    team.settle()
    team.member.tag(outage, "incident")
    team.settle()
    team.control.clock.advance(MINUTE)
    team.member.comment(outage, "/incident no it was my laptop")
    team.settle()
    (message,) = state(team, outage)[3]
    reason = f"as {team.member.user.username} said, because it was my laptop,"
    assert f"It was no incident, {reason}" in message.replace("*", "")
    review = f"Finish the post-mortem: {OUTAGE}"
    assert not names(team)[review]

    team.control.clock.advance(5 * MINUTE)
    by_alert(team, outage)
    (message,) = state(team, outage)[3]
    assert "The incident is over" in message
    assert names(team)[review] == 1

    team.control.clock.advance(20 * MINUTE)
    report(team, "firing", OUTAGE, 3)
    assert "Live incident" in state(team, outage)[3][0]
    team.member.comment(outage, "/incident no a flapping alert")
    team.settle()
    assert "The incident is over" in state(team, outage)[3][0]


def test_a_tag_that_the_bot_could_not_remove_is_no_new_signal(team: Team, outage: str) -> None:
    """ClickUp refuses to remove it: the incident is over all the same, whatever changes then."""
    report(team, "firing", OUTAGE, 1)
    path = f"*/task/{outage}/tag/*"
    team.control.faults.add("status", path=path, method="DELETE", status_code=400, times=None)
    report(team, "resolved", OUTAGE, 2)
    team.control.faults.clear()
    assert state(team, outage)[:3] == (["incident"], 0, 1)

    rename(team, outage)
    team.settle()
    lose(team, lambda: team.member.update(outage, description="It was the cache."))
    look(team)
    assert state(team, outage)[1:3] == (0, 1)


SIGNALS: dict[str, Callable[[Team, str], object]] = {
    "tag": lambda team, task: team.member.tag(task, "incident"),
    "lost tag": lambda team, task: lose(team, lambda: team.member.tag(task, "incident")),
    "alert": lambda team, _task: report(team, "firing", OUTAGE, 3),
    "command": lambda team, task: team.member.comment(task, "/incident yes"),
    "lost command": lambda team, task: lose(
        team, lambda: team.member.comment(task, "/incident yes")
    ),
}


@pytest.mark.parametrize("signal", SIGNALS)
@pytest.mark.parametrize("end", [by_alert, by_hand])
def test_a_new_signal_opens_it_again(
    team: Team, outage: str, end: Callable[[Team, str], None], signal: str
) -> None:
    """Within its window the same one."""
    end(team, outage)
    look(team)
    SIGNALS[signal](team, outage)
    look(team)

    assert state(team, outage)[:3] == (["incident"], 1, 1)


@pytest.mark.parametrize("last", crash_steps(5))
def test_kills_at_the_end_of_an_incident_reopen_nothing(
    team: Team, outage: str, monkeypatch: pytest.MonkeyPatch, last: int
) -> None:
    """Before each write of its end, with all webhooks lost meanwhile."""
    begin, count = Journal.begin_under, iter(range(1, 99))

    def dying(self: Journal, write: Write, *arguments: Any, **more: Any) -> int | None:
        if next(count) >= last:
            raise Crash
        return begin(self, write, *arguments, **more)

    with monkeypatch.context() as patched:
        patched.setattr(Journal, "begin_under", dying)
        with pytest.raises(Crash):
            by_hand(team, outage)
    team.control.clock.advance(10 * MINUTE)
    lose(team, lambda: team.member.comment(outage, "Thanks"))
    team.restart()
    look(team)

    assert state(team, outage)[:3] == ([], 0, 1)
    assert not any("Live incident" in text for text in comments(team, outage))


def test_the_task_is_part_of_the_incident_whose_end_is_undone(team: Team, outage: str) -> None:
    """Though it was part of another one since. Its next end is told, too, if the bot died then."""
    incidents = team.bot.store.table(Incidents)
    for _ in range(2):
        team.member.tag(outage, "incident")
        team.settle()
        team.control.clock.advance(MINUTE)
        by_hand(team, outage)
        team.control.clock.advance(2 * HOUR)
    first, _second = incidents.of_task(outage)
    audit = team.bot.store.audit
    entries = targets.find(audit, "live_incident", since_ms=0, task_id=outage)
    since = [entry for entry in entries if entry.kind == "incident"][1:]
    results = [*team.bot.get(UndoPackage).undoing.run(since, UndoRequest("undo-1", "ana"))]
    team.settle()
    assert {result.state for result in results} == {"undone"}, results
    assert incidents.open_of(outage) == incidents.latest_of(outage)

    incidents.leave(first.id, outage, team.bot.now_ms())
    team.bot.get(IncidentsPackage).service.finish_leave(outage, {"incident": first.id})
    team.settle()
    assert [text for text in state(team, outage)[3] if "Live incident" in text] == []


@pytest.mark.parametrize("end", ENDS)
def test_its_text_is_no_longer_a_reason(
    team: Team, outage: str, end: Callable[[Team, str], None]
) -> None:
    """The priority is the policy's for other work, and says so; a new tag is a new reason."""
    assert team.priority(outage) == 1
    end(team, outage)
    look(team)

    decision = team.bot.store.decisions.latest(outage)
    assert team.priority(outage) == 3
    assert decision is not None
    assert any("that it reported is over" in reason for reason in decision.body["reasons"])
    team.member.tag(outage, "incident")
    team.settle()
    assert team.priority(outage) == 1


def test_its_workload_stays(team: Team) -> None:
    """What fails is still a service when it is repaired: its task goes on as work on inference."""
    task = team.member.create_task(LIST, "Search endpoint down: all users get 503 from search-7b")
    team.settle()
    assert state(team, task)[:2] == (["incident"], 1)
    team.control.clock.advance(5 * MINUTE)
    by_hand(team, task)
    look(team)

    decision = team.bot.store.decisions.latest(task)
    assert decision is not None
    assert (decision.body["workload"], team.priority(task)) == ("inference", 3)
