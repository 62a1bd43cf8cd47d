"""Figures of a report: a number with its interval, its period and source, and what changed. Pure.

Each is built from the same number of this period and of the period before.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from clickup_mlops.ports.sections import period as periods
from clickup_mlops.ports.sections import statistics
from clickup_mlops.ports.sections.model import Period, Query
from clickup_mlops.ports.sections.statistics import Estimate
from clickup_mlops.views import text
from clickup_mlops.views.model import NOT_ENOUGH, Duration, Figure, Number

T = TypeVar("T")
U = TypeVar("U")


def source(query: Query, *names: str) -> str:
    """What a section's numbers are from, and of which periods they are."""
    compared = f"; compared with {periods.text(query.before)}" if query.before else ""
    *first, last = names
    joined = f"{', '.join(first)} and {last}" if first else last
    return f"{joined}, {periods.text(query.period)}{compared}"


@dataclass(frozen=True, slots=True)
class Compared(Generic[T]):
    """The same of this period, and of the period before; None: there is none."""

    now: T
    before: T | None = None

    def map(self, change: Callable[[T], U]) -> "Compared[U]":
        """Of both."""
        return Compared(change(self.now), None if self.before is None else change(self.before))


def compared(query: Query, read: Callable[[Period], T]) -> Compared[T]:
    """What is read of the period and of the period before."""
    return Compared(read(query.period), None if query.before is None else read(query.before))


def count(label: str, query: Query, origin: str, counts: Compared[int]) -> Figure:
    """How many. The change is one of the rate: periods may differ in length."""
    change = None
    if query.before is not None and counts.before is not None:
        change = statistics.change_of_count(
            counts.before, counts.now, before_ms=_length(query.before), now_ms=_length(query.period)
        )
    note = _note(query, origin, _rate(change, query) if change else "")
    return Figure(label, Number(counts.now), note, counts.map(Number).before)


def share(label: str, query: Query, origin: str, portions: Compared[tuple[int, int]]) -> Figure:
    """A share in percent, of (part, whole)."""
    change = statistics.change_of_share(portions.before, portions.now) if portions.before else None
    part, total = portions.now
    note = _note(query, f"{part} of {total}, {origin}", _points(change) if change else "")
    return _estimated(
        label, note, portions.map(lambda portion: statistics.share(*portion)), _share_cell
    )


def typical(label: str, query: Query, origin: str, durations: Compared[list[float]]) -> Figure:
    """The median of lengths of time in ms."""
    seed, change = f"{query.period.name} {label}", None
    if durations.before is not None:
        change = statistics.change_of_median(durations.before, durations.now, seed)
    note = _note(
        query, f"median of {len(durations.now)}, {origin}", _times(change) if change else ""
    )
    medians = durations.map(lambda values: statistics.median(values, seed))
    return _estimated(label, note, medians, _duration_cell)


def _estimated(
    label: str,
    note: str,
    estimates: Compared[Estimate | None],
    cell: Callable[[float], Number | Duration],
) -> Figure:
    now, before = estimates.now, None if estimates.before is None else cell(estimates.before.value)
    if now is None:
        return Figure(label, NOT_ENOUGH, note, before)
    return Figure(label, cell(now.value), note, before, low=cell(now.low), high=cell(now.high))


def _share_cell(value: float) -> Number | Duration:
    return Number(value * 100, "%", 1)


def _duration_cell(value: float) -> Number | Duration:
    return Duration(round(value))


def _note(query: Query, origin: str, change: str) -> str:
    if query.before is None:
        return f"{query.period.name}, {origin}"
    return f"{query.period.name}, {origin}; change: {change or NOT_ENOUGH}"


def _rate(change: Estimate, query: Query) -> str:
    """The change of a count; per day, where the periods differ in length."""
    interval = _interval(change, lambda value: f"{value * 100:+.0f}%")
    if query.before is None or _length(query.before) == _length(query.period):
        return interval
    return f"{change.value * 100:+.0f}% per day, {interval}"


def _points(change: Estimate) -> str:
    return _interval(change, lambda value: f"{value * 100:+.1f} percentage points")


def _times(change: Estimate) -> str:
    return _interval(change, _signed)


def _interval(change: Estimate, format_value: Callable[[float], str]) -> str:
    return f"{format_value(change.low)} to {format_value(change.high)} (95%)"


def _signed(ms: float) -> str:
    """A change of a length of time, such as `+1 h 30 min`."""
    return f"{'+' if ms > 0 else ''}{text.format_duration(round(ms))}"


def _length(period: Period) -> int:
    return max(1, period.end_ms - period.start_ms)
