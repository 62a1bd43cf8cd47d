"""Which values are worth a call now, and in which order. Pure."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from math import inf, isclose
from typing import Final, Literal

from clickup_mlops.clickup.model import FieldValue, Task
from clickup_mlops.features.metrics.placement.placing import Placed, Placement, Unplaced

Key = tuple[str, str]
"""A task's id and a field's."""
Reason = Literal["first", "crossed", "changed", "stale"]
STALE_AFTER: Final = 2
"""Intervals of a source without a reading."""


@dataclass(frozen=True, slots=True)
class Last:
    """What the bot knows of a field that it keeps: the value that it wrote (None: it cleared it),
    and the time of the newest reading. All times in Unix ms.

    `held_until_ms`: a person has changed the field, and until then it is theirs.
    """

    value: float | None
    sample_ms: int
    held_until_ms: int = 0


@dataclass(frozen=True, slots=True)
class Write:
    """A value that is worth a call; `after` None clears the field, as nothing new is said of it."""

    task: Task
    field: FieldValue
    before: float | None
    after: float | None
    reason: Reason
    worth: float
    """What is written first, if not all can be: the larger."""

    @property
    def key(self) -> Key:
        """Task and field, by id."""
        return self.task.id, self.field.id

    def describe(self) -> str:
        """One line for people."""
        after = "cleared: no new value" if self.after is None else format_value(self.after)
        return f"{self.field.name}: {format_value(self.before)} -> {after}"


Limit = Callable[[Task, str], float | None]
"""The objective that a field of a task has, by the field's name; None: none."""


def set_aside_unsure(placement: Placement, limit: Limit) -> None:
    """Move values that do not tell on which side of their objective they are to `unsure`: written,
    "at most 300" would be a breach of 250, though all may be well.
    """
    for placed in [*placement.values.values()]:
        objective, least = limit(placed.task, placed.field.name), placed.least
        if objective is not None and least is not None and least <= objective < placed.value:
            placement.unsure.append(placement.values.pop(placed.key))
            why = (
                f"known only to be at most {placed.value:g}: "
                f"it may meet the objective, {objective:g}"
            )
            placement.unplaced.append(Unplaced(placed.binding, tuple(sorted(placed.labels)), why))


def plan(
    placed: Iterable[Placed],
    last: Mapping[Key, Last],
    now_ms: int,
    limit: Limit,
) -> list[Write]:
    """The writes, the most valuable first. None for a field that is a person's."""
    writes = (_write(value, last.get(value.key), now_ms, limit) for value in placed)
    return sorted(filter(None, writes), key=lambda write: (-write.worth, write.key))


def taken_over(placed: Placed, last: Last | None) -> bool:
    """Whether a person has changed the field since the bot wrote it, and it was not known yet.

    A field that a person has cleared is given back, and so is one whose time is over.
    """
    if last is None or last.held_until_ms:
        return False
    current = number(placed.field)
    return current is not None and not is_same(current, last.value)


def stale(tasks: Mapping[str, Task], silent: Mapping[Key, Last]) -> Iterator[Write]:
    """Fields whose sources are silent for too long: cleared, so that no old number looks new.

    Only if the field still shows what the bot wrote.
    """
    for key, last in silent.items():
        task = tasks.get(key[0])
        field = field_of(task, key[1])
        current = number(field) if field else None
        if task and field and current is not None and is_same(current, last.value):
            yield Write(task, field, current, None, "stale", inf)


def field_of(task: Task | None, field_id: str) -> FieldValue | None:
    """The task's field by its id, which stays when people rename it."""
    fields = task.fields if task else ()
    return next((field for field in fields if field.id == field_id), None)


def _write(placed: Placed, last: Last | None, now_ms: int, limit: Limit) -> Write | None:
    before = number(placed.field)
    if before is None:
        return Write(placed.task, placed.field, None, placed.value, "first", inf)
    if taken_over(placed, last) or (last and last.held_until_ms > now_ms):
        return None
    share = abs(placed.value - before) / max(abs(placed.value), abs(before), 1e-12)
    if is_same(before, placed.value):
        return None
    if _crossed(before, placed.value, limit(placed.task, placed.field.name)):
        return Write(placed.task, placed.field, before, placed.value, "crossed", inf)
    if share < placed.binding.least_change:
        return None
    return Write(placed.task, placed.field, before, placed.value, "changed", share)


def number(field: FieldValue) -> float | None:
    """The field's value as a number; None if it has none."""
    value = field.read()
    return float(value) if isinstance(value, int | float) else None


def _crossed(before: float, after: float, limit: float | None) -> bool:
    return limit is not None and (before > limit) != (after > limit)


def is_same(first: float | None, second: float | None) -> bool:
    """Whether a field would show no difference. None: it is empty."""
    if first is None or second is None:
        return first is second
    return isclose(first, second, rel_tol=1e-9, abs_tol=1e-9)


def format_value(value: float | None) -> str:
    """A field's value for people, with all digits that it has."""
    return "empty" if value is None else f"{value:.10g}"
