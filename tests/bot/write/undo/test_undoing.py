"""Every sort of write is undone by its entry in the audit alone."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from clickup_mlops.automations.perform import ExecutorContext, write_change
from clickup_mlops.bot.inbox_writer import InboxWriter
from clickup_mlops.bot.internal_events import InternalEvents
from clickup_mlops.bot.lanes.worker import HOLDER
from clickup_mlops.bot.ports import EventConsumer
from clickup_mlops.bot.write.people import People
from clickup_mlops.bot.write.undo.undoing import WORKED_ON, Undoing, UndoRequest
from clickup_mlops.store import Filter
from clickup_mlops.store.journal_rows import Write
from clickup_mlops.store.tables.leases import LeaseLost
from tests.automations.effect_bench import Bench, bench, read_cases

__all__ = ["bench"]


def context(bench: Bench) -> ExecutorContext:
    """What writing needs."""
    return ExecutorContext(bench.clickup, bench.effects, bench.store.journal, clock=bench.now_ms)


def undo(bench: Bench, run: str, reconcile: Callable[[str], None] | None = None) -> list[Any]:
    """As the command does it."""
    entries = [*bench.store.audit.select(Filter(run=run))]
    return list(open_undoing(bench, reconcile).run(entries, UndoRequest(f"undo-{run}")))


def open_undoing(bench: Bench, reconcile: Callable[[str], None] | None = None) -> Undoing:
    """What the command uses."""
    return Undoing(
        bench.store,
        bench.client.tasks,
        context(bench),
        workspace=bench.sandbox.team_id,
        keeps_ms=1,
        clock=bench.now_ms,
        reconcile=reconcile or _nothing_is_open,
        people=People(bench.store, bench.effects, lambda: None, bench.now_ms),
        internal=InternalEvents(
            InboxWriter(bench.store.inbox, lambda: bench.sandbox.team_id, bench.now_ms)
        ),
        consumer=EventConsumer(),
    )


def _nothing_is_open(lane: str) -> None:
    raise AssertionError(lane)


@pytest.mark.parametrize(("effect", "case"), read_cases())
def test_a_change_is_taken_back_from_the_audit(
    bench: Bench, effect: str, case: dict[str, Any]
) -> None:
    """The task is as it was before; what cannot be undone is said."""
    task_id = bench.task(case.get("task", {}))
    for step in case.get("first", []):
        for change in bench.plan(task_id, step):
            bench.write(task_id, change)
    before = bench.read_state(task_id)
    for change in bench.plan(task_id, case["do"]):
        write_change(
            change,
            task_id,
            context(bench),
            cause="e",
            automation="some_automation",
            run=task_id,
        )

    results = undo(bench, task_id)

    if case.get("final", False):
        assert {(result.state, result.why) for result in results} == {
            ("kept", "it cannot be undone")
        }
        return
    assert {(result.state, result.why) for result in results} == {("undone", "")}
    blind = set(case.get("blind", ()))
    assert {
        **bench.read_state(task_id),
        **{key: before[key] for key in blind & before.keys()},
    } == before
    assert not bench.store.audit.verify().problem


def test_a_task_that_was_made_stays_if_somebody_has_worked_on_it(bench: Bench) -> None:
    """It would go to the trash with what people wrote into it."""
    for worked_on in (False, True):
        task_id = bench.task({})
        (change,) = bench.plan(task_id, '{ action = "create_subtask", name = "Evaluate" }')
        write_change(
            change,
            task_id,
            context(bench),
            cause="e",
            automation="some_automation",
            run=task_id,
        )
        (entry,) = bench.store.audit.list(Filter(task_id=task_id), 1)
        if worked_on:
            bench.control.clock.advance(60_000)
            bench.control.as_user(bench.control.members[1].id).update(entry.receipt, name="Mine")

        (result,) = undo(bench, task_id)
        assert (result.state, result.why) == (("kept", WORKED_ON) if worked_on else ("undone", ""))


def test_a_second_try_removes_the_other_tag_of_the_same_creation(bench: Bench) -> None:
    """Both have the number of the creation."""
    task_id = bench.task({"tags": ["a", "b"]})
    (change,) = bench.plan(task_id, '{ action = "set_priority", level = "urgent" }')
    write_change(change, task_id, context(bench), cause="e", automation="r", run=task_id)
    (creation,) = bench.store.audit.list(Filter(task_id=task_id), 1)
    tags = [replace(creation, kind=f"tag:{tag}", before=False, after=True) for tag in "ab"]
    undoing, request = open_undoing(bench), UndoRequest("undo")

    assert [result.state for result in undoing.run(tags[:1], request)] == ["undone"]
    assert [tag["name"] for tag in bench.read_state(task_id)["tags"]] == ["b"]
    assert [result.state for result in undoing.run(tags, request)] == ["undone", "undone"]

    assert bench.read_state(task_id)["tags"] == []


def test_an_undo_in_a_lane_that_was_lost_writes_nothing(bench: Bench) -> None:
    """A worker that was thought dead wakes up: whoever has the lane by now takes it back."""
    task_id = bench.task({})
    (change,) = bench.plan(task_id, '{ action = "add_tag", tag = "a" }')
    write_change(change, task_id, context(bench), cause="e", automation="r", run=task_id)
    before = HOLDER.set((task_id, "somebody-else"))
    try:
        with pytest.raises(LeaseLost):
            undo(bench, task_id)
    finally:
        HOLDER.reset(before)

    assert [tag["name"] for tag in bench.read_state(task_id)["tags"]] == ["a"]


@pytest.mark.parametrize("held", [False, True])
def test_what_a_worker_is_writing_is_not_taken_for_cut_off(bench: Bench, held: bool) -> None:
    """Its call may wait long for the rate budget. What nobody holds is found out about first."""
    task_id = bench.task({})
    (change,) = bench.plan(task_id, '{ action = "add_tag", tag = "a" }')
    write_change(change, task_id, context(bench), cause="e", automation="r", run=task_id)
    bench.store.journal.begin(Write(task_id, "priority", None, 2, "e", "r"), bench.now_ms())
    now = bench.now_ms()
    if held:
        assert bench.store.leases.take(task_id, "worker", now, now + 60_000)
    settled: list[str] = []

    assert [result.state for result in undo(bench, task_id, settled.append)] == ["undone"]

    assert settled == ([] if held else [task_id])
    assert bench.store.leases.take(task_id, "another", now, now + 1) == (not held)
