"""Reads the Lists of a proposal, and decides about their tasks as if the bot wrote there."""

from collections.abc import Container, Mapping, Sequence
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from clickup_mlops.bot.handle.context.routing_context import for_routing
from clickup_mlops.clickup.model import Task
from clickup_mlops.errors import NotFound
from clickup_mlops.routing.decision import Decision
from clickup_mlops.routing.what_if import Board, decide_all
from clickup_mlops.store.tables.overrides import CHANGE

if TYPE_CHECKING:
    from clickup_mlops.clickup.client.resources.tasks import Tasks
    from clickup_mlops.routing.router import Router
    from clickup_mlops.store import Override, Store


@dataclass(frozen=True, slots=True)
class Wish:
    """A task, what the policy wants of it, and the person whose choice it would go against."""

    task: Task
    decision: Decision
    person: str = ""


def read_tasks(
    tasks: "Tasks",
    store: "Store",
    workspace: str,
    list_ids: Sequence[str],
    now_ms: int,
    *,
    picked: Container[str] = (),
) -> list[Task]:
    """The open tasks of these Lists; the mirror has them then. One call for each 100. One of
    `picked` that was deleted since has none.

    Raises:
        ApiError: ClickUp cannot be read.
    """
    read = list[Task]()
    for list_id in list_ids:
        with suppress(NotFound) if list_id in picked else nullcontext():
            read += tasks.in_list(list_id, subtasks=True)
    store.mirror.put_many(workspace, [task.raw for task in read], now_ms)
    return [task for task in read if store.mirror.is_open(task.raw)]


def find_wishes(store: "Store", router: "Router", tasks: Sequence[Task], now_ms: int) -> list[Wish]:
    """What the policy wants of each task, once everything is written. No call.

    Priorities that people set since the bot came are kept, as in live mode: what the policy would
    want there has the person's name. Those that a task had before are not.
    """
    ids = [task.id for task in tasks]
    latest = store.decisions.latest_of(ids)
    breaches = {row.task_id: row.body.get("breaches", ()) for row in latest}
    chosen = {
        task_id: override
        for task_id, override in store.overrides.get_many(ids, now_ms).items()
        if override.origin == CHANGE and not override.automation
    }
    board = partial(
        Board, tasks, now_ms=now_ms, elsewhere=partial(_elsewhere, store), breached=breaches
    )
    candidates = {task_id: for_routing(override) for task_id, override in chosen.items()}
    overrides = {
        task_id: override for task_id, override in candidates.items() if override is not None
    }
    decisions = decide_all(board(overrides=overrides), router, tasks)
    freely = decide_all(board(overrides={}), router, tasks) if overrides else decisions
    return [_wish(task, decisions, freely, chosen.get(task.id)) for task in tasks]


def _wish(
    task: Task,
    decisions: Mapping[str, Decision],
    freely: Mapping[str, Decision],
    choice: "Override | None",
) -> Wish:
    if choice is None:
        return Wish(task, decisions[task.id])
    return Wish(task, freely[task.id], choice.user_name or "somebody")


def _elsewhere(store: "Store", task_ids: Sequence[str]) -> dict[str, Task]:
    rows = store.mirror.get_many(task_ids).values()
    return {row.task_id: Task.parse(row.raw) for row in rows if store.mirror.is_open(row.raw)}
