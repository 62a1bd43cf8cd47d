"""Peak hours from metrics: the hours of the week in which a measure of inference was high."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from statistics import fmean
from typing import TYPE_CHECKING, Final

from clickup_mlops.features.schedule.plan.model import DAY_MS, HOUR_MS, Window
from clickup_mlops.features.schedule.plan.peaks import join
from clickup_mlops.store.tables.history import HOUR

if TYPE_CHECKING:
    from clickup_mlops.store import Store

_WEEK_MS: Final = 7 * DAY_MS
_WEEKS: Final = 4


def read_loads(store: "Store", workspace: str, measure: str, now_ms: int) -> dict[int, float]:
    """The mean of each full hour of the last four weeks, summed over all series of the measure; by
    the hour's beginning (Unix ms).
    """
    start_ms = now_ms - _WEEKS * _WEEK_MS
    loads: dict[int, float] = defaultdict(float)
    for series in store.history.all([workspace], start_ms):
        if series.measure == measure:
            for point in store.history.points(series.id, HOUR, start_ms, now_ms):
                loads[point.at_ms] += point.mean
    return loads


def peaks(
    loads: Mapping[int, float], share: float, start_ms: int, end_ms: int
) -> tuple[Window, ...]:
    """The hours until `end_ms` in whose hour of the week the mean load was at least this share of
    the highest one.
    """
    by_hour: dict[int, list[float]] = defaultdict(list)
    for at_ms, load in loads.items():
        by_hour[_hour_of_week(at_ms)].append(load)
    means = {hour: fmean(values) for hour, values in by_hour.items()}
    highest = max(means.values(), default=0.0)
    high = {hour for hour, mean in means.items() if highest > 0 and mean >= share * highest}
    return join(_windows(high, start_ms, end_ms))


def _windows(hours: Iterable[int], start_ms: int, end_ms: int) -> Iterator[Window]:
    week_ms = start_ms - start_ms % _WEEK_MS
    while week_ms < end_ms:
        for hour in hours:
            begin_ms = week_ms + hour * HOUR_MS
            if start_ms < begin_ms + HOUR_MS and begin_ms < end_ms:
                yield Window(begin_ms, begin_ms + HOUR_MS)
        week_ms += _WEEK_MS


def _hour_of_week(at_ms: int) -> int:
    return at_ms % _WEEK_MS // HOUR_MS
