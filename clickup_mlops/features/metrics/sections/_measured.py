"""What was measured in a period, by series: a mean for each day, from means over an hour.

Days have 24 hours here, counted from the period's start.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Final

from clickup_mlops.ports.sections import figures, statistics
from clickup_mlops.ports.sections.figures import Compared
from clickup_mlops.ports.sections.model import Data, Period, Query
from clickup_mlops.ports.sections.statistics import Estimate
from clickup_mlops.store.queries.periods import Day
from clickup_mlops.store.tables.history import Series
from clickup_mlops.views import text
from clickup_mlops.views.model import NOT_ENOUGH, Align, Cell, Column, Number

END: Final[Align] = "end"
COLUMNS: Final = (
    Column("Mean", END),
    Column("Before", END),
    Column("Change (95%)", END),
    Column("Lowest", END),
    Column("Highest", END),
)
"""What `cells` gives."""


@dataclass(frozen=True, slots=True)
class Numbers:
    """A mean for each day, the lowest and the highest reading, and the series that had them."""

    days: tuple[float, ...]
    low: float
    high: float
    lowest: int
    highest: int

    @property
    def mean(self) -> float:
        """Of all days."""
        return fmean(self.days)


Days = Mapping[int, Sequence[Day]]
"""By the series' id."""


def of(data: Data, query: Query, *, tasks: bool) -> Compared[Days]:
    """What was measured, of the series that fields of tasks show, or of all others."""
    return figures.compared(query, lambda period: _days(data, period, tasks))


def _days(data: Data, period: Period, tasks: bool) -> Days:
    by_series: dict[int, list[Day]] = {}
    times = (period.start_ms, period.end_ms)
    for day in data.store.periods.measured(data.workspace, *times, of_tasks=tasks):
        by_series.setdefault(day.series_id, []).append(day)
    return by_series


def together(days: Days, chosen: Sequence[Series]) -> Numbers | None:
    """These series as one: the mean over them of each day. None: nothing was measured.

    Of several with the same lowest or highest reading it is the first one's.
    """
    all_days = [day for series in chosen for day in days.get(series.id, ())]
    if not all_days:
        return None
    by_day: dict[int, list[float]] = {}
    for day in all_days:
        by_day.setdefault(day.number, []).append(_even(day.mean))
    lowest, highest = (
        min(all_days, key=lambda day: day.low),
        max(all_days, key=lambda day: day.high),
    )
    means = tuple(fmean(by_day[number]) for number in sorted(by_day))
    return Numbers(means, lowest.low, highest.high, lowest.series_id, highest.series_id)


def _even(value: float) -> float:
    """Without the last digits: a database may add up in any order."""
    return float(f"{value:.12g}")


def cells(now: Numbers | None, before: Numbers | None, unit: str, seed: str) -> tuple[Cell, ...]:
    """Of a table's row, under `COLUMNS`."""
    old = number(before.mean, unit) if before else None
    if now is None:
        return (NOT_ENOUGH, old, None, None, None)
    change = statistics.change_of_mean(before.days, now.days, seed) if before else None
    return (
        number(now.mean, unit),
        old,
        _change(change, unit) if change else NOT_ENOUGH,
        number(now.low, unit),
        number(now.high, unit),
    )


def number(value: float, unit: str) -> Number:
    """To about three digits."""
    return Number(value, unit, _digits(value))


def _change(change: Estimate, unit: str) -> str:
    low, high = (
        f"{'+' if bound > 0 else ''}{text.format_number(bound, unit, _digits(bound))}"
        for bound in (change.low, change.high)
    )
    return f"{low} to {high}"


def _digits(value: float) -> int:
    if value == int(value):
        return 0
    return next((n for n, limit in enumerate((100, 10, 1, 0.1)) if abs(value) >= limit), 4)
