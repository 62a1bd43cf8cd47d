"""`/oncall`: who is on call; taking a shift over, exchanging two, and undoing both."""

import json
from pathlib import Path
from typing import Any

import pytest

from clickup_mlops.store import Filter
from tests.empty import store_at
from tests.features.shifts.conftest import Say, called
from tests.flows.conftest import LIST, TRAINING, Team
from tests.flows.test_example_automations import go_to
from tests.interfaces.cli.conftest import Cli

MARIA, JONAS = "Maria Keller", "Jonas Weber"


def jonas(team: Team) -> Any:
    """He writes."""
    return team.control.as_user("Jonas")


def test_it_says_who_is_on_call_until_when_and_who_is_next(desk: Team, say: Say) -> None:
    assert say("/oncall").splitlines() == [
        "on_call: Maria until 2032-01-19 09:00 UTC, then Jonas until 2032-01-26 09:00 UTC.",
        "serving: jonas@example.com until 2032-01-17 08:00 UTC, then Maria until "
        "2032-01-18 08:00 UTC.",
    ]
    assert called(desk) == [MARIA] and called(desk, "on_call:serving") == [JONAS]


def test_a_shift_is_taken_for_some_hours(desk: Team, say: Say) -> None:
    """Whoever is named by it is the writer, for that time, and in that rotation alone."""
    reply = say("/oncall take 4h because Maria is on a plane", jonas(desk))

    assert reply == (
        "on_call: Jonas Weber is on call from 2032-01-16 12:00 UTC until 2032-01-16 16:00 UTC.\n"
        "Reason: Maria is on a plane"
    )
    assert called(desk) == [JONAS] and called(desk, "on_call:serving") == [JONAS]
    assert "on_call: Jonas Weber until 2032-01-16 16:00 UTC, then Maria until" in say("/oncall")
    go_to(desk, "2032-01-16T16:00")
    assert called(desk) == [MARIA]


def test_a_shift_is_taken_until_a_time_of_day_in_the_zone_of_the_rotation(
    desk: Team, say: Say
) -> None:
    reply = say("/oncall take rotation serving until 18:00")

    assert "until 2032-01-16 17:00 UTC" in reply
    assert called(desk, "on_call:serving") == [MARIA] == called(desk)


def test_without_a_time_the_shift_that_lasts_is_taken(desk: Team, say: Say) -> None:
    assert "until 2032-01-19 09:00 UTC" in say("/oncall take", jonas(desk))


def test_who_takes_a_shift_stands_in_among_the_members_of_the_rotation(
    desk: Team, say: Say
) -> None:
    """`next:rotation:serving` gives nothing to who is away."""
    assert called(desk, "rotation:serving") == [JONAS, MARIA]
    say("/oncall take rotation serving 4h")

    assert called(desk, "rotation:serving") == [MARIA]


def test_two_exchange_their_shifts(desk: Team, say: Say) -> None:
    """The rest of Maria's for Jonas's next one; then all is as it was."""
    reply = say("/oncall swap Jonas because of the move")

    assert reply == (
        "on_call: Jonas Weber is on call from 2032-01-16 12:00 UTC until 2032-01-19 09:00 UTC. "
        "on_call: Maria Keller is on call from 2032-01-19 09:00 UTC until 2032-01-26 09:00 UTC.\n"
        "Reason: of the move"
    )
    names = [called(desk)]
    for time in ("2032-01-19T09:00", "2032-01-26T08:59", "2032-01-26T09:00"):
        go_to(desk, time)
        names.append(called(desk))
    assert names == [[JONAS], [MARIA], [MARIA], [MARIA]]


@pytest.mark.parametrize("command", ["take 4h", "swap Maria"])
def test_an_undo_gives_the_shifts_back_and_both_are_audited(
    desk: Team, say: Say, command: str
) -> None:
    say(f"/oncall {command}", jonas(desk))
    assert called(desk) == [JONAS]
    assert say("/undo", jonas(desk)).startswith("Undone")

    assert called(desk) == [MARIA]
    go_to(desk, "2032-01-20T09:00")
    assert called(desk) == [JONAS]
    entries = desk.bot.store.audit.list(Filter(), 99)
    shifts = [entry for entry in entries if entry.kind.startswith("shift:on_call:")]
    assert {entry.actor for entry in shifts} == {JONAS}
    assert {entry.automation for entry in shifts} == {"/oncall", "undo"}


def test_the_last_word_holds_until_it_is_undone(desk: Team, say: Say) -> None:
    say("/oncall take 8h", jonas(desk))
    say("/oncall take 2h")
    assert called(desk) == [MARIA]
    say("/undo")

    assert called(desk) == [JONAS]


def test_a_member_does_not_replace_what_an_admin_said(desk: Team, say: Say) -> None:
    """Neither by taking the shift over, nor by exchanging it, nor by an undo of the change."""
    maria, other = desk.control.members[1:3]
    maria.role, other.role = 3, 2
    say("/oncall take 8h", jonas(desk))

    for command in ("take 2h", "swap Jonas"):
        assert "your role is member" in say(f"/oncall {command}")
        assert called(desk) == [JONAS]
    (entry,) = desk.bot.store.audit.list(Filter(automation="/oncall"), 1)
    assert "a higher role than yours" in say(f"/undo {entry.seq}")
    assert called(desk) == [JONAS]


@pytest.mark.parametrize(
    ("command", "answer"),
    [
        ("take rotation servin 4h", 'no rotation is called "servin"; did you mean "serving"?'),
        ("take until tomorrow", "is not a time of day"),
        ("take 4h rotation serving", "the rotation stands before the time"),
        ("swap", "with whom?"),
        ("swap Marie", "no people are called"),
        ("swap Jonas Weber", "is not one other person"),
        ("swap Maria for 4h", "without a time"),
        ("swap Maria rotation serving 4h", "without a time"),
        ("take until 18:00 4h", "write"),
        ("take 4h until 18:00", "write"),
        ("take serving 4h", "take rotation serving"),
    ],
)
def test_what_cannot_be_done_changes_nothing(
    desk: Team, say: Say, command: str, answer: str
) -> None:
    assert answer in say(f"/oncall {command}", jonas(desk))
    assert called(desk) == [MARIA] and called(desk, "on_call:serving") == [JONAS]


def test_a_command_whose_answer_fails_is_executed_once(desk: Team) -> None:
    """When it is tried again, what it has written itself counts not."""
    task = desk.member.create_task(LIST, TRAINING)
    desk.settle()
    desk.control.faults.add("status", path="*/reply", status_code=503, times=None)
    comment = desk.member.comment(task, "/oncall swap Jonas")
    desk.settle()
    desk.control.faults.clear()
    for _ in range(3):
        desk.control.clock.advance(600_000)
        desk.settle()

    (reply,) = desk.bot.client.comments.replies(comment)
    assert "Maria Keller is on call from 2032-01-19 09:00 UTC" in reply.text
    kinds = [entry.kind for entry in desk.bot.store.audit.list(Filter(task_id=task), 99)]
    assert len([kind for kind in kinds if kind.startswith("shift:")]) == 2
    assert called(desk) == [JONAS]


def test_an_exchange_that_is_taken_back_is_executed_once_too(desk: Team, say: Say) -> None:
    """Though both begin at the same times, and the answer of the second one fails at first."""
    say("/oncall swap Maria", jonas(desk))
    task = desk.member.create_task(LIST, TRAINING)
    desk.settle()
    desk.control.faults.add("status", path="*/reply", status_code=503, times=None)
    desk.member.comment(task, "/oncall swap Jonas")
    desk.settle()
    desk.control.faults.clear()
    for _ in range(3):
        desk.control.clock.advance(600_000)
        desk.settle()

    entries = desk.bot.store.audit.list(Filter(task_id=task), 99)
    assert len([entry for entry in entries if entry.kind.startswith("shift:")]) == 2
    assert called(desk) == [MARIA]
    go_to(desk, "2032-01-20T09:00")
    assert called(desk) == [JONAS]


def test_the_command_line_lists_the_same(desk: Team, say: Say, cli: Cli) -> None:
    """With the time of the machine: the sandbox's is in the future."""
    Path("config.toml").write_text('[people]\non_call = ["Ana"]\n[store]\nurl = "sqlite:///s.db"\n')
    store_at(Path("s.db"))
    (row,) = json.loads(cli("shifts", "list", "--json").out)["rotations"]

    assert (row["rotation"], row["on_call"], row["next"], row["source"]) == (
        "on_call",
        "Ana",
        "Ana",
        "",
    )
    assert "on_call   Ana" in cli("shifts", "list").out
