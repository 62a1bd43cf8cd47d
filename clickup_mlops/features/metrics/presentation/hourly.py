"""Means of whole hours from Prometheus' range API, also of a time before the bot. Times in Unix ms.

Wire: prometheus.io/docs/prometheus/latest/querying/api, range queries: at most 11,000 points a
series. The mean of an hour is a subquery, so that it is that of all points and not of a single one.
"""

import math
from collections.abc import Iterator, Mapping
from typing import Any, Final

from clickup_mlops.features.metrics.source import Reader, SourceError, SourceTable
from clickup_mlops.features.metrics.sources import prometheus
from clickup_mlops.features.metrics.sources.prometheus import Range

HOUR_MS: Final = 3_600_000
_MOST_HOURS: Final = 2_000
"""Of one request; the answer is read as a whole."""
_MOST_VALUES: Final = 1_000_000
"""Of a measure: of more the rest is not read."""


def read_hours(
    sources: Mapping[str, SourceTable],
    reader: Reader,
    measure: str,
    period: tuple[int, int],
) -> Mapping[int, list[float]]:
    """The mean of each series in each hour, by the hour's beginning; of sources of this kind that
    have the measure.

    Raises:
        SourceError: a source does not answer, or not with series.
    """
    hours: dict[int, list[float]] = {}
    count = 0
    for name, table in sources.items():
        query = _query(table, measure)
        for request in _requests(query, *period) if query else ():
            for at_ms, value in _values(name, table, reader, request):
                hours.setdefault(at_ms - HOUR_MS, []).append(value)
                count += 1
                if count >= _MOST_VALUES:
                    return hours
    return hours


def _query(table: SourceTable, measure: str) -> str | None:
    if not isinstance(table, prometheus.Settings):
        return None
    query = prometheus.query_of(table, measure)
    return f"avg_over_time(({query})[1h:5m])" if query else None


def _requests(query: str, start_ms: int, end_ms: int) -> Iterator[Range]:
    """Of the ends of the whole hours of the period."""
    first, last = -(-start_ms // HOUR_MS) + 1, end_ms // HOUR_MS
    for hour in range(first, last + 1, _MOST_HOURS):
        until = min(hour + _MOST_HOURS - 1, last)
        yield Range(query, hour * HOUR_MS, until * HOUR_MS, HOUR_MS)


def _values(name: str, table: Any, reader: Reader, request: Range) -> Iterator[tuple[int, float]]:
    try:
        answer: Any = prometheus.ask_range(table, reader, request)
        pairs = [pair for series in answer["data"]["result"] for pair in series.get("values", ())]
        points = [(round(at * 1000), float(text)) for at, text in pairs]
    except SourceError as problem:
        raise SourceError(f"source {name}: {problem}", hint=problem.hint) from problem
    except (KeyError, TypeError, ValueError, AttributeError) as problem:
        why = f"source {name}: its answer makes no sense: {type(problem).__name__}"
        raise SourceError(why, hint="Try the query in Prometheus' own page.") from problem
    yield from ((at_ms, value) for at_ms, value in points if math.isfinite(value))
