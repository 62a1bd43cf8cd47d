"""Which values are worth a call now, and in which order. Pure."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from math import isclose
from typing import Final, Literal, get_args

from clickup_mlops.clickup.model import FieldValue, Task
from clickup_mlops.features.metrics.placement.placing import Placed, Placement, Unplaced
from clickup_mlops.pace import paced
from clickup_mlops.routing.objectives import unit_of

Key = tuple[str, str]
"""A task's id and a field's."""
Reason = Literal["stale", "crossed", "first", "changed"]
"""In the order in which they are written."""
URGENT: Final = frozenset[Reason](["stale", "crossed"])
"""Written whenever they come up: a number that is wrong, and one that changes what is urgent."""
STALE_AFTER: Final = 2
"""Intervals of a source without a reading."""
_ORDER: Final = {reason: place for place, reason in enumerate(get_args(Reason))}
_WHOLES: Final = {"%": 100.0, "index": 1.0, "share": 1.0, "ratio": 1.0}
"""What is a share of a whole, by its unit, and that whole."""
_SHARES: Final = frozenset(
    [
        "accuracy",
        "auc",
        "auroc",
        "availability",
        "f1",
        "map",
        "ndcg",
        "precision",
        "recall",
        "uptime",
    ]
)
"""Words in names of what has no unit, but is a share: of 1, or of 100 if it is larger."""


@dataclass(frozen=True, slots=True)
class Last:
    """What the bot knows of a field that it keeps: the value that it wrote (None: it cleared it),
    the time of the newest reading, and when it wrote. All times in Unix ms.

    `held_until_ms`: a person has changed the field, and until then it is theirs.
    """

    value: float | None
    sample_ms: int
    held_until_ms: int = 0
    written_ms: int = 0


@dataclass(frozen=True, slots=True)
class Write:
    """A value that is worth a call; `after` None clears the field, as nothing new is said of it.

    `change` is how much of what the field shows has changed: see `compute_change`. `written_ms` is
    when the bot wrote the field last (Unix ms; 0: never).
    """

    task: Task
    field: FieldValue
    before: float | None
    after: float | None
    reason: Reason
    change: float = 0.0
    written_ms: int = 0

    @property
    def key(self) -> Key:
        """Task and field, by id."""
        return self.task.id, self.field.id

    @property
    def is_urgent(self) -> bool:
        """Whether it waits for no turn."""
        return self.reason in URGENT

    @property
    def turn(self) -> tuple[int, float, int, Key]:
        """What comes first is smaller: by reason, then the larger change, then what was written
        longest ago.
        """
        return _ORDER[self.reason], -self.change, self.written_ms, self.key

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
    for placed in paced([*placement.values.values()]):
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
    """The writes in their order. None for a field that is a person's."""
    writes = (_write(value, last.get(value.key), now_ms, limit) for value in paced(placed))
    return sorted(filter(None, writes), key=lambda write: write.turn)


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
            yield Write(task, field, current, None, "stale", written_ms=last.written_ms)


def field_of(task: Task | None, field_id: str) -> FieldValue | None:
    """The task's field by its id, which stays when people rename it."""
    fields = task.fields if task else ()
    return next((field for field in fields if field.id == field_id), None)


def compute_change(before: float, after: float, maximum: float | None = None) -> float:
    """The change as a share of the larger value.

    Of a share, near 0 or near its `maximum`, as a share of the distance to it: from 99.97% to
    99.91% the downtime is three times as long.
    """
    size = max(abs(before), abs(after))
    if maximum and min(before, after) >= 0 and max(before, after) <= maximum:
        size = min(size, maximum - min(before, after))
    return abs(after - before) / max(size, 1e-12)


def find_maximum(placed: Placed) -> float | None:
    """The value that a share in the field cannot exceed; None: it is no share."""
    unit = unit_of(placed.field.name)
    units = {reading.unit for reading in placed.readings}
    if len(units) == 1 and (maximum := _WHOLES.get(units.pop())):
        return maximum * placed.binding.factor
    if unit in _WHOLES:
        return _WHOLES[unit]
    words = {*_words(placed.field.name), *_words(placed.binding.measure)}
    if _SHARES.isdisjoint(words):
        return None
    return 1.0 if placed.value <= 1 else 100.0


def _words(name: str) -> list[str]:
    plain = "".join(letter if letter.isalnum() else " " for letter in name.casefold())
    return plain.split()


def _write(placed: Placed, last: Last | None, now_ms: int, limit: Limit) -> Write | None:
    before = number(placed.field)
    written_ms = last.written_ms if last else 0
    if before is None:
        return Write(placed.task, placed.field, None, placed.value, "first", 0, written_ms)
    if taken_over(placed, last) or (last and last.held_until_ms > now_ms):
        return None
    if is_same(before, placed.value):
        return None
    change = compute_change(before, placed.value, find_maximum(placed))
    crossed = _crossed(before, placed.value, limit(placed.task, placed.field.name))
    if not crossed and change < placed.binding.least_change:
        return None
    reason: Reason = "crossed" if crossed else "changed"
    return Write(placed.task, placed.field, before, placed.value, reason, change, written_ms)


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
