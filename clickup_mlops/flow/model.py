"""How work moves: the steps of a task from status to status, and its journey made of them. Pure.

Times are Unix milliseconds, lengths of time milliseconds.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Final

OPEN: Final = "open"
"""Type of the statuses in which work waits; ClickUp's other ones are `custom`, `done`, `closed`."""
FINISHED: Final = frozenset({"done", "closed"})


@dataclass(frozen=True, slots=True)
class Step:
    """A task gets a status. `kind` is the status's type; empty status: not known."""

    task_id: str
    at_ms: int
    status: str
    kind: str
    list_id: str = ""
    is_creation: bool = False


@dataclass(frozen=True, slots=True)
class Stay:
    """A task has a status from `start_ms` until `end_ms`; None: it still has it."""

    status: str
    kind: str
    start_ms: int
    end_ms: int | None

    def lasted_ms(self, now_ms: int) -> int:
        """How long it has lasted by now."""
        return max(0, (now_ms if self.end_ms is None else self.end_ms) - self.start_ms)


@dataclass(frozen=True, slots=True)
class Journey:
    """What became of a task. `created_ms` None: it is not known. `stays` has at least one."""

    task_id: str
    created_ms: int | None
    stays: tuple[Stay, ...]

    @property
    def now(self) -> Stay:
        """The step that the work is in at present."""
        return self.stays[-1]

    @property
    def started_ms(self) -> int | None:
        """When work on it first began; None: it did not."""
        return next((stay.start_ms for stay in self.stays if stay.kind != OPEN), None)

    @property
    def finished_ms(self) -> int | None:
        """Since when it is finished; None: it is not. What was opened again had not been."""
        since = None
        for stay in reversed(self.stays):
            if stay.kind not in FINISHED:
                break
            since = stay.start_ms
        return since

    @property
    def waited_ms(self) -> int | None:
        """From its creation until work on it began."""
        return _measure_between(self.created_ms, self.started_ms)

    @property
    def cycle_ms(self) -> int | None:
        """From when work on it began until it was finished."""
        return _measure_between(self.started_ms, self.finished_ms)

    def spent_ms(self, now_ms: int) -> dict[str, int]:
        """How long it was in each status before it was finished, in the order of first visits."""
        spent: dict[str, int] = {}
        for stay in self.stays:
            if stay.kind not in FINISHED:
                spent[stay.status] = spent.get(stay.status, 0) + stay.lasted_ms(now_ms)
        return spent


def build_journey(steps: Iterable[Step]) -> Journey:
    """Of one task, from at least one step, in any order. A step to the status that it has already,
    as when the same change was found twice, is none.
    """
    ordered = sorted(
        steps, key=lambda step: (step.at_ms, not step.is_creation, step.status, step.kind)
    )
    created = next((step.at_ms for step in ordered if step.is_creation), None)
    # A creation without its status is no stay of its own, if the status is known.
    with_status = [step for step in ordered if step.status] or ordered
    firsts = [
        next(repeated)
        for _, repeated in groupby(with_status, key=lambda step: (step.status, step.kind))
    ]
    starts = [step.at_ms for step in firsts]
    if created is not None:
        starts[0] = min(starts[0], created) if firsts[0].kind == OPEN else starts[0]
    ends = [*starts[1:], None]
    stays = (
        Stay(step.status, step.kind, start, end)
        for step, start, end in zip(firsts, starts, ends, strict=True)
    )
    return Journey(ordered[0].task_id, created, tuple(stays))


def build_journeys(steps: Iterable[Step]) -> list[Journey]:
    """Of each task, by id."""
    by_task: dict[str, list[Step]] = {}
    for step in steps:
        by_task.setdefault(step.task_id, []).append(step)
    return [build_journey(by_task[task_id]) for task_id in sorted(by_task)]


def _measure_between(start_ms: int | None, end_ms: int | None) -> int | None:
    return None if start_ms is None or end_ms is None else max(0, end_ms - start_ms)
