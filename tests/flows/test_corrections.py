"""What people chose instead of the bot's decision is remembered, told and learnt from."""

import pytest

from clickup_mlops.features.corrections.recognition import lessons, weekly
from clickup_mlops.features.corrections.report import report
from clickup_mlops.features.corrections.tables.corrections import CorrectionLog
from clickup_mlops.features.undo.package import UndoPackage
from clickup_mlops.store import Filter
from tests.flows.conftest import INFERENCE, LIST, POSSIBLE, Team
from tests.flows.test_commands import say


def test_a_persons_priority_is_listed_with_what_the_bot_had_decided_and_why(team: Team) -> None:
    """Once, though ClickUp reports one change in two events; the last choice counts."""
    task = team.member.create_task(LIST, INFERENCE)
    team.settle()
    team.member.set_priority(task, "high")
    team.settle()
    team.control.clock.advance(60_000)
    team.member.set_priority(task, "low")
    team.settle()

    (row,) = team.bot.store.table(CorrectionLog).list()
    assert (row.task_id, row.subject, row.title) == (task, "priority", INFERENCE)
    assert (row.decided, row.chosen) == (3, 4)
    assert row.user_name == team.control.members[1].username
    assert row.reason.startswith("inference.normal: workload inference: classified by its text")


def test_agreeing_and_clearing_are_no_corrections(team: Team) -> None:
    """Nor is a priority that stood before the bot decided."""
    team.member.create_task(LIST, INFERENCE, priority=1)
    team.settle()
    task = team.member.create_task(LIST, INFERENCE)
    team.settle()
    team.member.set_priority(task, None)
    team.settle()
    for level in ("high", "normal"):
        team.control.clock.advance(60_000)
        team.member.set_priority(task, level)
        team.settle()

    assert team.bot.store.table(CorrectionLog).list() == []


def test_an_undo_overrules_too(team: Team) -> None:
    """By whoever wanted it."""
    task = team.member.create_task(LIST, INFERENCE)
    team.settle()

    team.bot.get(UndoPackage).command(task, None, "ann", "comment-1")

    (row,) = team.bot.store.table(CorrectionLog).list()
    assert (row.decided, row.chosen, row.user_name) == (3, None, "ann")


def test_a_workload_that_a_person_corrects_is_a_lesson(team: Team) -> None:
    """A line as `routing learn` reads it; a tag that says what the bot thought is none."""
    task, uncorrected = (team.member.create_task(LIST, INFERENCE) for _ in range(2))
    team.settle()
    team.member.tag(task, "training")
    team.member.tag(uncorrected, "inference")
    team.settle()

    (row,) = team.bot.store.table(CorrectionLog).list(subject="workload")
    assert (row.task_id, row.decided, row.chosen) == (task, "inference", "training")
    assert row.user_name == team.control.members[1].username
    assert lessons(team.bot.store) == [{"title": INFERENCE, "body": "", "workload": "training"}]


def test_a_confirmed_or_refused_incident_is_a_lesson(team: Team) -> None:
    """By command or tag; the last word counts, and a possible incident that is refused does too."""
    team.never_sure()
    questioned, tagged = (team.member.create_task(LIST, POSSIBLE) for _ in range(2))
    team.settle()
    for text in ("/incident yes", "/incident no"):
        team.member.comment(questioned, text)
        team.settle()
        team.control.clock.advance(60_000)
    team.member.tag(tagged, "incident")
    team.settle()

    rows = team.bot.store.table(CorrectionLog).list(subject="incident")
    assert [(row.task_id, row.decided, row.chosen) for row in rows] == [
        (questioned, "possible", "no"),
        (tagged, "possible", "yes"),
    ]
    lesson = {"title": POSSIBLE, "body": "", "workload": "inference"}
    lines = sorted(lessons(team.bot.store), key=lambda line: line["incident"])
    assert lines == [lesson | {"incident": False}, lesson | {"incident": True}]


@pytest.mark.parametrize("undo", ["/undo", "/undo incident"])
@pytest.mark.parametrize("command", ["/incident yes", "/incident no", "/workload training"])
def test_what_a_person_takes_back_is_no_lesson(team: Team, command: str, undo: str) -> None:
    """Nor a reason of the task's priority."""
    team.configure(by_name={"live_incident": {"mode": "on"}})
    team.never_sure()
    task = team.member.create_task(LIST, POSSIBLE)
    team.settle()
    say(team, task, f"{command} because of the pager")
    assert [row.subject for row in team.bot.store.table(CorrectionLog).list()] == [
        "workload" if "workload" in command else "incident"
    ]
    say(team, task, undo if command == "/incident yes" else "/undo")

    assert team.bot.store.table(CorrectionLog).list() == []
    assert lessons(team.bot.store) == []
    assert "pager" not in say(team, task, "/why")[0]


def test_what_another_person_said_since_is_a_lesson(team: Team) -> None:
    """Though the first one takes back what both have said."""
    team.never_sure()
    task = team.member.create_task(LIST, POSSIBLE)
    team.settle()
    say(team, task, "/incident yes")
    team.control.clock.advance(60_000)
    say(team, task, "/incident yes", author=team.control.as_user(team.control.members[2].id))
    say(team, task, "/undo")

    assert [lesson["incident"] for lesson in lessons(team.bot.store)] == [True]


def test_the_report_counts_and_lists_them(team: Team) -> None:
    """Newest first, the same text every time."""
    tasks = [team.member.create_task(LIST, f"{INFERENCE} {n}") for n in range(2)]
    team.settle()
    for task in tasks:
        team.control.clock.advance(60_000)
        team.member.set_priority(task, "low")
    team.settle()

    lines = report(team.bot.store.table(CorrectionLog).list()).splitlines()
    assert lines[:4] == ["2 decisions were corrected.", "", "- 2 x priority Normal -> Low", ""]
    assert len(lines) == 6
    assert f"{INFERENCE} 1 ({tasks[1]}): priority Normal -> Low by" in lines[4]

    assert weekly(team.bot.store, team.bot.now_ms()).splitlines() == lines
    team.control.clock.advance(8 * 86_400_000)
    assert weekly(team.bot.store, team.bot.now_ms()) == ""


def test_what_people_say_in_commands_counts_too(team: Team) -> None:
    """The audit names who said it."""
    task = team.member.create_task(LIST, INFERENCE)
    team.settle()
    for text in ("/workload training", "/priority urgent"):
        team.member.comment(task, text)
        team.settle()

    rows = team.bot.store.table(CorrectionLog).list()
    assert {(row.subject, row.chosen) for row in rows} == {
        ("workload", "training"),
        ("priority", 1),
    }
    assert lessons(team.bot.store)[0]["workload"] == "training"
    (entry,) = team.bot.store.audit.list(Filter(automation="/priority", kind="priority"), 9)
    assert (entry.after, entry.actor) == (1, team.control.members[1].username)
