"""Plays a script: a member of the team acts, the bot reacts; both are read from the sandbox."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from clickup_mlops.ports.demo.environment import Environment, is_quiet, settle, wait
from clickup_mlops.routing.decision import Decision
from clickup_mlops.sandbox.clickup.control import Control

Board = dict[str, int | None]
"""Task id -> priority, 1 (Urgent) to 4 (Low) or None; open tasks only."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that a member of the team does. `act` returns the id of the task."""

    member: str
    description: str
    act: Callable[[Control], str]


@dataclass(frozen=True, slots=True)
class Reaction:
    """How the bot reacted to a step. `latency_ms`: from the change to the priority, if written."""

    step: Step
    task_id: str
    task_name: str
    decision: Decision
    latency_ms: int | None


def play(demo: Environment, script: Sequence[Step], pause_s: float) -> Iterator[Reaction]:
    """Every step with the bot's reaction, `pause_s` apart.

    Raises:
        ClickUpMlopsError: the bot did not react.
    """
    for step in script:
        yield _play(demo, step)
        time.sleep(pause_s)


def evaluate_all(demo: Environment) -> int:
    """Have the bot evaluate every existing task; how many. Returns when it is done."""
    lanes = demo.bot.sources.backfill.run(since_ms=0)
    for lane in lanes:
        demo.bot.dispatch(lane)
    settle(demo)
    return len(lanes)


def board(demo: Environment) -> Board:
    """The open tasks' priorities as ClickUp has them now."""
    control = demo.clickup.control
    tasks = {task.id: control.task(task.id) for task in control.tasks}
    return {
        id_: int(task["priority"]["id"]) if task["priority"] else None
        for id_, task in tasks.items()
        if task["status"]["type"] not in ("done", "closed")
    }


def _play(demo: Environment, step: Step) -> Reaction:
    control = demo.clickup.control
    write_count, began_ms = len(control.world.writes), demo.bot.now_ms()
    task = control.find(step.act(control))
    decision = wait(task.name, lambda: _decision(demo, task.id, began_ms))
    acted_ms = next(
        w.at_ms for w in list(control.world.writes)[write_count:] if w.task_id == task.id
    )
    bot_id = control.members[0].id
    written_ms = [
        w.at_ms
        for w in list(control.world.writes)[write_count:]
        if (w.task_id, w.field, w.actor_id) == (task.id, "priority", bot_id)
    ]
    latency_ms = written_ms[0] - acted_ms if written_ms else None
    return Reaction(step, task.id, task.name, decision, latency_ms)


def _decision(demo: Environment, task_id: str, since_ms: int) -> Decision | None:
    """The decision about the change, once all that follows from it is done."""
    row = demo.bot.store.decisions.latest(task_id) if is_quiet(demo) else None
    if row is None or row.decided_ms < since_ms:
        return None
    return Decision.from_dict(row.body)
