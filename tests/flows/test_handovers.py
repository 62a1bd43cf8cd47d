"""What automations do to other tasks than the one that an event is about happens in the lanes of
those tasks, in order with all else that is written there.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from clickup_mlops.store import Filter, Mute
from clickup_mlops.store.tables.runs import RunFilter
from tests.flows.conftest import INFERENCE, LIST, Team

URGENT, NORMAL = 1, 3
MINUTE_MS = 60_000
BLOCKED = """
on = ["taskTagUpdated"]
when = '"now" in task.tags'
do = [{ action = "set_priority", target = "blockers", level = "urgent", keep = "P1D" }]
"""
ROUTE = """
on = ["taskCreated", "taskUpdated", "taskPriorityUpdated", "taskTagUpdated", "reevaluation"]
do = [{ action = "route" }]
"""
LAST = """
on = ["taskStatusUpdated"]
when = 'task.parent != "" && !task.open'
do = [{ action = "comment", target = "parent", text = "A part is done." }]
"""


@contextmanager
def _busy(team: Team, lane: str) -> Iterator[None]:
    """Somebody else handles an event of this lane meanwhile."""
    now, leases = team.bot.now_ms(), team.bot.store.leases
    assert leases.take(lane, "somebody", now, now + MINUTE_MS)
    yield
    leases.release(lane, "somebody")


def _list_first_lines(team: Team, task: str) -> list[str]:
    return [comment.text.splitlines()[0] for comment in team.bot.client.comments.of_task(task)]


def test_a_hold_on_a_blocker_wins_over_what_its_lane_has_decided_before(
    team: Team, tmp_path: Path
) -> None:
    """It is written once the lane is free, and routing leaves it alone: Urgent, once."""
    team.use(tmp_path, a_blocked=BLOCKED, b_routes=ROUTE)
    blocker = team.member.create_task(LIST, "Fix the load balancer")
    task = team.member.create_task(LIST, INFERENCE)
    team.member.depend(task, blocker)
    team.settle()
    before = len(team.bot_writes(blocker))
    with _busy(team, blocker):
        team.member.tag(task, "now")
        team.settle()
        assert len(team.bot_writes(blocker)) == before
    team.member.tag(blocker, "more")
    team.settle()
    team.control.clock.advance(MINUTE_MS)
    team.settle()

    assert [int(write.after["id"]) for write in team.bot_writes(blocker)[before:]] == [URGENT]
    held = team.bot.store.overrides.get(blocker, team.bot.now_ms())
    assert held is not None and held.priority == URGENT
    entries = team.bot.store.audit.list(Filter(automation="a_blocked"), 9)
    assert {entry.task_id for entry in entries} == {blocker}


def _parts(team: Team, count: int) -> tuple[str, list[str]]:
    parent = team.member.create_task(LIST, INFERENCE)
    parts = [team.member.create_task(LIST, f"Part {n}", parent=parent) for n in range(count)]
    team.settle()
    return parent, parts


def test_subtasks_that_are_closed_together_give_one_comment(team: Team, tmp_path: Path) -> None:
    """Their lanes run at the same time; each wants the same comment on the parent."""
    team.use(tmp_path, last=LAST)
    parent, parts = _parts(team, 4)
    for part in parts:
        team.member.set_status(part, "complete")
    assert team.control.deliveries.wait_idle()
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(team.bot.lanes.worker.run, parts))
    team.settle()

    assert _list_first_lines(team, parent) == ["A part is done."]


@pytest.mark.parametrize("busy", [True, False])
def test_the_comment_on_a_parent_is_kept_up_to_date(team: Team, tmp_path: Path, busy: bool) -> None:
    """In one batch or one after the other: there is one, with the newest text."""
    team.use(tmp_path, last=LAST.replace("A part is done.", "${task.name} is done."))
    parent, parts = _parts(team, 3)
    with _busy(team, parent if busy else "no lane"):
        for part in parts:
            team.member.set_status(part, "complete")
            team.settle()

    team.settle()
    assert _list_first_lines(team, parent) == ["Part 2 is done."]


def test_who_muted_the_automation_on_the_other_task_is_not_disturbed(
    team: Team, tmp_path: Path
) -> None:
    """The mute of the task that is written to counts."""
    team.use(tmp_path, last=LAST)
    parent, (part,) = _parts(team, 1)
    later_ms = team.bot.now_ms() + MINUTE_MS
    team.bot.store.mutes.put(Mute(parent, "last", later_ms, "/mute", "Maria Keller"))
    team.member.set_status(part, "complete")
    team.settle()

    assert _list_first_lines(team, parent) == []


def test_what_is_refused_on_another_task_stops_only_that(team: Team, tmp_path: Path) -> None:
    """It is in the run log of the other task, and parked in its lane."""
    team.use(tmp_path, last=LAST.replace("do = [", 'do = [{ action = "add_tag", tag = "ok" }, '))
    parent, (part,) = _parts(team, 1)
    path = f"*/task/{parent}/comment"
    team.control.faults.add("status", method="POST", path=path, status_code=403, times=None)
    team.member.set_status(part, "complete")
    team.settle()

    assert [tag["name"] for tag in team.control.task(part)["tags"]] == ["ok"]
    (row,) = team.bot.inbox.list("parked", 9)
    assert (row.lane, row.error.partition(":")[0]) == (parent, "Forbidden")
    (run,) = team.bot.store.runs.list(RunFilter(task_id=part), 9)
    assert [action.state for action in run.actions] == ["done", "handed over"]
    (run,) = team.bot.store.runs.list(RunFilter(task_id=parent), 9)
    assert (run.result, run.event_kind) == ("refused", "taskStatusUpdated")

    team.control.faults.clear()
    team.bot.inbox.replay(row.id, team.bot.now_ms())
    team.settle()
    assert _list_first_lines(team, parent) == ["A part is done."]


def test_a_task_that_is_gone_meanwhile_is_left_out(team: Team, tmp_path: Path) -> None:
    """Nothing is parked for it."""
    team.use(tmp_path, last=LAST)
    parent, (part,) = _parts(team, 1)
    with _busy(team, parent):
        team.member.set_status(part, "complete")
        team.settle()
        team.member.delete(parent)
    team.settle()

    assert team.bot.inbox.depth(team.bot.now_ms()).parked == 0
