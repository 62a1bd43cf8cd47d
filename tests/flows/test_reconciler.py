"""Calls whose answer was lost: what they made is found, however late and among however much."""

import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from clickup_mlops.automations.model import Change, LostWrite
from clickup_mlops.store import Incoming
from clickup_mlops.store.journal_rows import Write
from tests.flows.conftest import LIST, Team, build

TASK, COMMENT, CHAT = "*/list/*/task", "*/task/*/comment", "*/messages"
THREE = """
on = ["taskCreated"]
when = 'task.name == "Order"'
do = [
  { action = "create_task", list = "Inbox", name = "Ticket" },
  { action = "comment", text = "Hello", mode = "new" },
  { action = "post_chat", channel = "alerts", text = "Hello" },
]
"""
ONCE = """
on = ["taskCreated", "taskTagUpdated"]
when = 'task.name == "Order"'
do = [
  { action = "post_chat", channel = "alerts", text = "Hello" },
  { action = "create_task", list = "Inbox", name = "Ticket", link = false },
]
"""

NIGHT = """
on = ["taskCreated"]
do = [{ action = "comment", text = "Good morning", mode = "new" }]
"""


class Crash(BaseException):
    """kill -9, as far as one thread can tell."""


def count_created(team: Team) -> Counter[str]:
    """What the bot has made, by its text."""
    world, bot = team.sandbox.world, team.control.members[0].id
    created_names = [task.name for task in world.tasks if task.creator_id == bot]
    created_names += [
        comment.text.split("\n")[0] for comment in world.comments if comment.user_id == bot
    ]
    return Counter(created_names + [f"#{message.content.split()[0]}" for message in world.messages])


def in_time(team: Team, *seconds: int) -> None:
    """Let time pass, and all be done that is due."""
    team.settle()
    for second in seconds:
        team.control.clock.advance(1000 * second)
        team.settle()


def test_what_was_carried_out_after_a_cut_is_known_to_the_events_behind_it(
    team: Team, tmp_path: Path
) -> None:
    """The first event's last write is made up for; the second event would ask for it again."""
    team.use(tmp_path, once=ONCE)
    team.control.faults.add("cut_after", method="POST", path=CHAT)
    task = team.member.create_task(LIST, "Order")
    team.settle()
    team.member.tag(task, "hot")
    in_time(team, 5, 60)

    assert count_created(team) == {"#Hello": 1, "Ticket": 1}


@pytest.mark.parametrize("path", [TASK, COMMENT, CHAT])
def test_what_was_made_is_found_among_many_newer_ones(
    team: Team, tmp_path: Path, path: str
) -> None:
    """The place is busy: 130 others were made there before the bot looks."""
    team.use(tmp_path, three=THREE)
    team.control.faults.add("cut_after", method="POST", path=path)
    task = team.member.create_task(LIST, "Order")
    team.settle()
    client = team.bot.client
    channel = client.chat.create_channel(team.sandbox.team_id, "alerts").id
    for number in range(130):
        team.member.create_task("Inbox", f"Other {number}")
        team.member.comment(task, f"Other {number}")
        client.chat.send(team.sandbox.team_id, channel, f"Other {number}")
    in_time(team, 5, 60, 60)

    created = count_created(team)
    assert {name: created[name] for name in ("Ticket", "Hello", "#Hello")} == {
        "Ticket": 1,
        "Hello": 1,
        "#Hello": 1,
    }


@pytest.mark.parametrize("path", [TASK, COMMENT, CHAT])
def test_a_call_that_acts_after_its_caller_has_left_is_not_repeated(
    team: Team, tmp_path: Path, path: str
) -> None:
    """The bot has looked in vain; it waits as long as ClickUp may take, and looks once more."""
    team.use(tmp_path, three=THREE)
    team.control.faults.add("cut_late", method="POST", path=path, wait_s=1.0)
    team.member.create_task(LIST, "Order")
    in_time(team, 3, 3)
    assert len(count_created(team)) < 3
    time.sleep(1.2)
    in_time(team, 60, 60)

    assert count_created(team) == {"Ticket": 1, "Hello": 1, "#Hello": 1}


@pytest.mark.parametrize("path", [TASK, COMMENT, CHAT])
def test_what_never_happened_is_done_when_it_cannot_come_any_more(
    team: Team, tmp_path: Path, path: str
) -> None:
    """Only the lane itself waits for it: other tasks are served meanwhile."""
    team.use(tmp_path, three=THREE)
    team.control.faults.add("cut_before", method="POST", path=path)
    first = team.member.create_task(LIST, "Order")
    in_time(team, 3)
    team.member.create_task(LIST, "Order")
    in_time(team, 3)
    waiting = {row.lane for row in team.bot.inbox.list("ready", 99)}
    assert waiting <= {first, *(task.id for task in team.control.tasks if task.name == "Ticket")}
    assert first in waiting

    in_time(team, 60, 60)
    assert count_created(team) == {"Ticket": 2, "Hello": 2, "#Hello": 2}
    assert team.bot.store.notes.all("open") == {}


def test_a_call_that_certainly_did_nothing_is_repeated_at_once(team: Team, tmp_path: Path) -> None:
    """A 429 says so: nothing is looked for, and nothing waits."""
    team.use(tmp_path, three=THREE)
    team.control.faults.add("rate_limit", method="POST", path=COMMENT, times=6, wait_s=0)
    team.member.create_task(LIST, "Order")
    in_time(team, 3, 3)

    assert count_created(team) == {"Ticket": 1, "Hello": 1, "#Hello": 1}
    assert team.control.stats.calls("GET", "/api/v2/task/{task_id}/comment") == 0


def test_a_comment_that_is_told_twice_is_answered_once(team: Team) -> None:
    """Such as by a second webhook while the first one is being replaced: one batch, two keys."""
    task = team.member.create_task(LIST, "Order")
    team.settle()
    team.member.comment(task, "/why")
    assert team.control.deliveries.wait_idle()
    (row,) = [row for row in team.bot.inbox.list("ready", 9) if row.kind == "taskCommentPosted"]
    names = ("source", "workspace", "kind", "lane", "list_id", "body", "event_ms", "received_ms")
    values = {name: getattr(row, name) for name in names}
    team.bot.inbox.put(Incoming(key=f"{row.key}:again", **values))
    team.settle()

    assert len([comment for comment in team.sandbox.world.comments if comment.on == "reply"]) == 1


def test_one_thing_settles_one_write(team: Team, tmp_path: Path) -> None:
    """What another write is known to have made is not taken for this one's."""
    team.use(tmp_path, three=THREE)
    task = team.member.create_task(LIST, "Order")
    team.settle()
    hands, journal = team.bot.execution.executor_context, team.bot.store.journal
    read = team.bot.client.tasks.get(task)
    rows = [row for row in journal.list(task_id=task) if row.receipt]
    assert {row.kind.partition(":")[0] for row in rows} == {"task", "comment", "chat"}
    for row in rows:
        effect = hands.effects[row.kind.partition(":")[0]]
        change = Change(row.kind, row.before, row.after, "", {})

        def find(lost_write: LostWrite, effect: Any = effect, change: Any = change) -> Any:
            return effect.find(hands.clickup, read, change, lost_write)

        assert find(LostWrite(0)) == row.receipt
        assert find(LostWrite(0, lambda receipt: receipt == row.receipt)) is None  # noqa: B023
        assert find(LostWrite(team.bot.now_ms() + 1)) is None


def test_a_worker_that_was_thought_dead_writes_nothing_more(team: Team, tmp_path: Path) -> None:
    """It wakes up after another one took its lane over; each thing is made once."""
    team.use(tmp_path, three=THREE)
    bot = team.bot
    with build(bot.settings, clock=bot.now_ms) as second_bot:
        begin = bot.store.journal.begin_under

        def overtaken(write: Write, *arguments: Any, **more: Any) -> int | None:
            if write.kind.startswith("comment"):
                team.control.clock.advance(60_000)
                while second_bot.run_until_idle():
                    assert team.control.deliveries.wait_idle()
            return begin(write, *arguments, **more)

        bot.store.journal.begin_under = overtaken  # type: ignore[method-assign]
        team.member.create_task(LIST, "Order")
        in_time(team, 60, 60)

    assert count_created(team) == {"Ticket": 1, "Hello": 1, "#Hello": 1}


def test_what_quiet_hours_hold_back_is_done_once_though_a_crash_outlasts_them(
    team: Team, tmp_path: Path
) -> None:
    """It dies before the event is done, and starts again when quiet hours are over."""
    now = datetime.fromtimestamp(team.bot.now_ms() / 1000, UTC)
    quiet = {"from": now.replace(minute=0).time(), "to": now.replace(minute=59).time()}
    team.configure(quiet=quiet)
    team.use(tmp_path, night=f"quiet = true\n{NIGHT}")

    def dies(*_: Any, **__: Any) -> Any:
        raise Crash

    inbox = team.bot.inbox
    inbox.finish = inbox.release = dies  # type: ignore[method-assign]
    task = team.member.create_task(LIST, "Order")
    with pytest.raises(Crash):
        team.settle()

    team.control.clock.advance(3_600_000)
    with build(team.bot.settings, clock=team.bot.now_ms) as again:
        while again.run_until_idle():
            assert team.control.deliveries.wait_idle()
    first_lines = [
        comment.text.split("\n")[0]
        for comment in team.sandbox.world.comments
        if comment.on_id == task
    ]
    assert first_lines == ["Good morning"]
