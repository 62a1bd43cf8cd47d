"""The first response to a reporter, by the clock of the sandbox."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from clickup_mlops.bot.settings import Settings
from clickup_mlops.features.reports.operations import building
from clickup_mlops.features.reports.operations.building import ReportRequest
from clickup_mlops.features.reports.render import markdown
from clickup_mlops.features.response.record import ANSWERED
from clickup_mlops.features.response.settings import ResponseSettings
from tests.flows.conftest import INFERENCE, LIST, Team
from tests.flows.test_example_automations import comments, pass_time

DUE = "First response due: 25m of 30m elapsed."
MISSED = "First response missed: 30m elapsed, objective 30m."


class Crash(BaseException):
    """kill -9, as far as one thread can tell."""


def raise_task(team: Team, **more: Any) -> str:
    """A service's task, by the reporter."""
    task = team.member.create_task(LIST, INFERENCE, **more)
    team.settle()
    return task


def by_bot(team: Team, task: str) -> list[str]:
    """First lines of the automation's comments, oldest first."""
    return [text for text in reversed(comments(team, task)) if text.startswith("First response")]


def agent(team: Team) -> Any:
    """Somebody of the team that answers."""
    return team.control.as_user(team.control.members[2].id)


def to(team: Team) -> dict[str, list[int]]:
    """Assigns one more."""
    return {"add": [team.control.members[2].id]}


def wait(team: Team, until: str) -> None:
    """Until then, with every check of Monday morning; over the weekend with one a day."""
    pass_time(team, min(until, "2027-01-18T08:00"), timedelta(days=1))
    pass_time(team, until)


def test_a_weekend_and_a_wait_for_the_reporter_do_not_count(desk: Team) -> None:
    """Raised on Friday at 17:50, answered on Monday at 9:20; the bot is restarted in between."""
    task = raise_task(desk)
    wait(desk, "2027-01-15T16:55")
    desk.member.set_status(task, "waiting for reporter")
    desk.settle()
    wait(desk, "2027-01-17T12:00")
    desk.restart()
    wait(desk, "2027-01-18T08:05")
    desk.member.set_status(task, "to do")
    desk.settle()
    wait(desk, "2027-01-18T08:20")
    agent(desk).comment(task, "We look into it.")
    desk.settle()
    pass_time(desk, "2027-01-19T12:00", timedelta(hours=1))

    assert by_bot(desk, task) == []


def test_it_warns_once_before_and_once_after_it_is_missed(desk: Team) -> None:
    """Ten minutes on Friday, twenty on Monday, with a restart after each; then nothing more."""
    task = raise_task(desk)
    wait(desk, "2027-01-18T08:10")
    desk.restart()
    assert by_bot(desk, task) == []
    wait(desk, "2027-01-18T08:15")
    desk.restart()
    assert by_bot(desk, task) == [DUE]
    wait(desk, "2027-01-18T08:20")
    desk.restart()
    assert by_bot(desk, task) == [DUE, MISSED]
    pass_time(desk, "2027-01-19T12:00", timedelta(hours=1))
    assert by_bot(desk, task) == [DUE, MISSED]


def test_after_a_crash_it_has_warned_once(desk: Team) -> None:
    """It dies when the comment is written and its event not done."""
    task = raise_task(desk)
    wait(desk, "2027-01-18T08:10")

    def dies(*_: Any, **__: Any) -> Any:
        raise Crash

    inbox = desk.bot.inbox
    inbox.finish = inbox.release = dies  # type: ignore[method-assign]
    with pytest.raises(Crash):
        wait(desk, "2027-01-18T08:15")
    desk.restart()
    desk.settle()
    wait(desk, "2027-01-18T08:25")

    assert by_bot(desk, task) == [DUE, MISSED]


def test_a_live_incident_never_pauses(desk: Team) -> None:
    """At night, and though it waits for the reporter."""
    task = raise_task(desk, tags=["inference", "incident"], status="waiting for reporter")
    pass_time(desk, "2027-01-15T19:00")

    assert len(by_bot(desk, task)) == 2


@pytest.mark.parametrize(
    "answer",
    [
        lambda team, task: agent(team).comment(task, "We look into it."),
        lambda team, task: agent(team).set_status(task, "in progress"),
        lambda team, task: agent(team).update(task, assignees=to(team)),
    ],
    ids=["comment", "status", "assignment"],
)
def test_an_answer_of_somebody_else_ends_it(
    desk: Team, answer: Callable[[Team, str], None]
) -> None:
    """Also if the bot is away, so that its event comes by a back-fill."""
    task, lost = raise_task(desk), raise_task(desk)
    desk.control.clock.advance(60_000)
    answer(desk, task)
    desk.settle()
    desk.control.faults.add("drop", event="*", times=None)
    answer(desk, lost)
    assert desk.control.deliveries.wait_idle()
    desk.control.faults.clear()
    for _ in range(3):
        desk.job("backfill")
        desk.control.clock.advance(60_000)
    wait(desk, "2027-01-18T09:00")

    assert by_bot(desk, task) == by_bot(desk, lost) == []


def test_the_reporter_and_the_bot_do_not_answer(desk: Team) -> None:
    """Their comments, changes of the status and assignments change nothing."""
    task = raise_task(desk)
    desk.member.comment(task, "It gets worse.")
    desk.member.set_status(task, "in progress")
    desk.member.update(task, assignees=to(desk))
    desk.bot.client.comments.add(task, "A note of the bot")
    agent(desk).update(task, name=f"{INFERENCE} again")
    desk.settle()
    wait(desk, "2027-01-18T08:20")

    assert len(by_bot(desk, task)) == 2


def test_what_an_integration_does_is_no_answer(desk: Team) -> None:
    """ClickUp's own Automations assign each new task, say, and thank for it."""
    task, click_bot = raise_task(desk), desk.control.as_click_bot()
    click_bot.update(task, assignees=to(desk))
    click_bot.set_status(task, "in progress")
    click_bot.comment(task, "Thank you for your report.")
    desk.settle()
    wait(desk, "2027-01-18T08:20")

    assert len(by_bot(desk, task)) == 2


def raise_unseen(team: Team) -> str:
    """The same, and its events are lost."""
    team.control.faults.add("drop", event="*", times=None)
    task = team.member.create_task(LIST, INFERENCE)
    assert team.control.deliveries.wait_idle()
    team.control.faults.clear()
    team.control.clock.advance(60_000)
    return task


def test_a_task_that_a_back_fill_finds_counts_since_it_was_raised(desk: Team) -> None:
    """The bot was away just then."""
    task = raise_unseen(desk)
    desk.job("backfill")
    wait(desk, "2027-01-18T08:20")

    assert by_bot(desk, task) == [DUE, MISSED]


def test_a_task_of_which_the_bot_has_not_seen_the_beginning_is_left_out(desk: Team) -> None:
    """Nobody knows whether it was answered."""
    task = raise_unseen(desk)
    agent(desk).update(task, name=f"{INFERENCE} again")
    desk.settle()
    wait(desk, "2027-01-18T09:00")

    assert by_bot(desk, task) == []


def read_report(team: Team, every: Any, name: str, settings: Settings | None = None) -> str:
    """Its section in Markdown."""
    request = ReportRequest(every, name, sections=("responses",))
    store, workspace = team.bot.store, team.bot.workspace_id
    settings = settings or team.bot.settings
    report = building.build(store, workspace, request, team.bot.now_ms(), settings=settings)
    return str(markdown.render(report))


def test_reports_say_how_many_were_answered_in_time(desk: Team) -> None:
    """By List, at the end of the period, by the settings of the bot: two are met, one of them after
    a weekend, one is answered late, one not at all; what the reporter closes and a subtask do not
    count.
    """
    quick, late, slow, closed = (raise_task(desk) for _ in range(4))
    raise_task(desk, parent=quick)
    agent(desk).comment(quick, "We look into it.")
    desk.member.set_status(closed, "complete")
    desk.settle()
    wait(desk, "2027-01-18T08:15")
    agent(desk).comment(slow, "Sorry for the weekend.")
    desk.settle()
    wait(desk, "2027-01-18T08:20")
    raise_task(desk)
    agent(desk).comment(late, "Sorry.")
    desk.settle()

    desk.control.clock.advance(9 * 86_400_000)

    text = read_report(desk, "weekly", "2027-W02")
    assert "1 of 1" in text and "| Tasks | 1 | 0 | 0 ms |" in text
    text = read_report(desk, "monthly", "2027-01")
    assert "2 of 4" in text and "| Tasks | 2 | 2 | 25 min |" in text
    strict = desk.bot.settings.with_tables(ResponseSettings(objectives={}))
    assert "Responses" not in read_report(desk, "monthly", "2027-01", strict)


def test_reports_have_what_was_answered_while_the_bot_was_away(desk: Team) -> None:
    """It decides later what the task is. In shadow mode the priority that it would set is none that
    the task had: as for the automation, only that counts.
    """
    desk.configure(mode="shadow")
    desk.control.faults.add("drop", event="*", times=None)
    task = desk.member.create_task(LIST, INFERENCE)
    desk.control.clock.advance(60_000)
    agent(desk).comment(task, "We look into it.")
    assert desk.control.deliveries.wait_idle()
    desk.control.faults.clear()
    for _ in range(2):
        desk.control.clock.advance(60_000)
        desk.job("backfill")
    desk.control.clock.advance(17 * 86_400_000)

    assert "1 of 1" in read_report(desk, "monthly", "2027-01")
    decision = desk.bot.store.decisions.latest(task)
    assert decision is not None and decision.body["priority"] == 3
    wish = ResponseSettings(objectives={"normal": timedelta(hours=1)})
    settings = desk.bot.settings.with_tables(wish)
    assert "Responses" not in read_report(desk, "monthly", "2027-01", settings)


def test_a_deleted_task_leaves_no_note(desk: Team) -> None:
    """Of when it was answered."""
    task = raise_task(desk)
    agent(desk).comment(task, "We look into it.")
    desk.settle()
    assert desk.bot.store.notes.get(ANSWERED, task)
    desk.member.delete(task)
    desk.settle()

    assert desk.bot.store.notes.get(ANSWERED, task) is None
