"""Applies a policy to a whole board, and compares two policies. Pure."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from clickup_mlops.clickup.model import Task
from clickup_mlops.routing.decision import URGENT, Decision
from clickup_mlops.routing.facts import Context, Override
from clickup_mlops.routing.outcome import HOLDS
from clickup_mlops.routing.router import Router

Watch = Callable[[Sequence[str]], Iterable[str]]
"""Iterates over the ids of Lists, for example with a progress bar."""


def _none(_task_ids: Sequence[str]) -> Mapping[str, Task]:
    return {}


@dataclass(frozen=True)
class Board:
    """The open tasks, the priorities that people have set (by task id), and now (Unix ms).

    `elsewhere`: which of the tasks with these ids are open, but not on the board; by id.
    """

    tasks: Sequence[Task]
    overrides: Mapping[str, Override]
    now_ms: int
    elsewhere: Callable[[Sequence[str]], Mapping[str, Task]] = _none
    breached: Mapping[str, Collection[str]] = field(default_factory=dict)
    """Metrics that counted as breached in a task's newest decision, by its id."""

    @cached_property
    def by_id(self) -> Mapping[str, Task]:
        """The tasks by their ids."""
        return {task.id: task for task in self.tasks}

    @cached_property
    def sizes(self) -> Mapping[str, int]:
        """Open tasks of each List, by its id."""
        return Counter(task.list_id for task in self.tasks)


@dataclass(frozen=True, slots=True)
class Move:
    """A task whose priority would change, with both decisions."""

    task: Task
    before: Decision
    after: Decision


def find_moves(board: Board, now: Router, then: Router, tasks: Sequence[Task]) -> Iterator[Move]:
    """The tasks among these that the two routers give different priorities. See `decisions`."""
    before, after = decide_all(board, now, tasks), decide_all(board, then, tasks)
    for task in tasks:
        if before[task.id].priority != after[task.id].priority:
            yield Move(task, before[task.id], after[task.id])


def decide_all(board: Board, router: Router, tasks: Sequence[Task]) -> dict[str, Decision]:
    """The decision for each of these tasks by its id, once everything is written.

    Each List's cap on Urgent is filled in a fixed order: held priorities, live incidents, tasks
    that are Urgent now, then the oldest. All tasks of a List must be given.
    """
    board_router = _BoardRouter(board, router)
    by_task = {task.id: board_router.decide(task, 0) for task in tasks}
    by_list: dict[str, list[Task]] = defaultdict(list)
    for task in tasks:
        if by_task[task.id].priority == URGENT:
            by_list[task.list_id].append(task)
    for urgent in by_list.values():
        _apply_cap(board_router, urgent, by_task)
    return by_task


def _apply_cap(
    board_router: "_BoardRouter", urgent_tasks: list[Task], by_task: dict[str, Decision]
) -> None:
    urgent_count = 0
    for task in sorted(urgent_tasks, key=lambda task: _cap_order(task, by_task[task.id])):
        by_task[task.id] = board_router.decide(task, urgent_count)
        urgent_count += by_task[task.id].priority == URGENT


def _cap_order(task: Task, decision: Decision) -> tuple[bool, bool, bool, int, str]:
    return (
        decision.decided_by not in HOLDS,
        not decision.incident,
        task.priority != URGENT,
        task.created_ms or 0,
        task.id,
    )


class _BoardRouter:
    """One router over one board; caches which tasks are inference."""

    def __init__(self, board: Board, router: Router) -> None:
        self._board, self._router = board, router
        self._inference: dict[str, bool] = {}

    def decide(self, task: Task, urgent_in_list: int) -> Decision:
        """The decision if this number of other tasks in its List is Urgent."""
        inference, non_inference = self._blocked(task)
        context = Context(
            open_in_list=max(1, self._board.sizes[task.list_id]),
            urgent_in_list=urgent_in_list,
            blocked_inference=inference,
            blocked_other=non_inference,
            breached=self._board.breached.get(task.id, ()),
            override=self._board.overrides.get(task.id),
            cause="what-if",
        )
        return self._router.route(task, context, self._board.now_ms)

    def _blocked(self, task: Task) -> tuple[int, int]:
        by_id = self._board.by_id
        elsewhere_ids = [task_id for task_id in task.blocks if task_id not in by_id]
        waiting = [by_id[task_id] for task_id in task.blocks if task_id in by_id]
        waiting += self._board.elsewhere(elsewhere_ids).values() if elsewhere_ids else ()
        inference = sum(map(self._is_inference, waiting))
        return inference, len(waiting) - inference

    def _is_inference(self, task: Task) -> bool:
        if task.id not in self._inference:
            decided = self._router.route(task, Context(), self._board.now_ms)
            self._inference[task.id] = decided.workload == "inference"
        return self._inference[task.id]
