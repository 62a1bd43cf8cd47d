"""History over Prometheus' range API, for what comes from a source of kind `prometheus`.

Wire: prometheus.io/docs/prometheus/latest/querying/api, range queries: at most 11,000 points a
series. Here there are at most `MOST_POINTS`, at multiples of the step, so that two looks at the
same hour ask the same.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from clickup_mlops.features.metrics.bindings import Binding
from clickup_mlops.features.metrics.derive.histogram import native, quantile
from clickup_mlops.features.metrics.placement.recorded import bounded, labels_of
from clickup_mlops.features.metrics.scrape import Labels
from clickup_mlops.features.metrics.source import Reader, SourceError, SourceTable, format_address
from clickup_mlops.features.metrics.sources import prometheus
from clickup_mlops.features.metrics.sources.prometheus import Range
from clickup_mlops.series.history import History, broken, width_ms
from clickup_mlops.store.tables.history import Series
from clickup_mlops.views.model import Line

_LEAST_STEP_MS: Final = 15_000
_HINT: Final = "Is the server up, and does it keep this time? Try the query in its own page."

Found = Mapping[Labels, Mapping[int, float]]
"""Values by time (Unix ms), by labels."""


class PrometheusHistory:
    """Series of these sources are drawn from Prometheus; all others, and which there are, from
    `kept`. A query is asked once, however many lines are drawn of its answer.
    """

    def __init__(
        self,
        stored: History,
        sources: Mapping[str, SourceTable],
        bindings: Iterable[Binding],
        reader: Reader,
    ) -> None:
        self._kept, self._reader = stored, reader
        self._tables = {
            name: table for name, table in sources.items() if isinstance(table, prometheus.Settings)
        }
        self._bindings = {
            (binding.source, bounded(binding.measure), binding.field): binding
            for binding in bindings
        }
        self._answers: dict[tuple[str, Range], Found] = {}

    def of_task(self, task_id: str) -> Sequence[Series]:
        """As of every history."""
        return self._kept.of_task(task_id)

    def all(self, since_ms: int = 0) -> Sequence[Series]:
        """As of every history."""
        return self._kept.all(since_ms)

    def shared(self, since_ms: int) -> Sequence[Series]:
        """As of every history."""
        return self._kept.shared(since_ms)

    def line(self, series: Series, start_ms: int, end_ms: int, *, name: str = "") -> Line:
        """As of every history.

        Raises:
            SourceError: Prometheus does not answer, refuses the query, or gives no series of it.
        """
        request = self._build_request(series, start_ms, end_ms)
        if request is None:
            return self._kept.line(series, start_ms, end_ms, name=name)
        points = _merged(series, self._answer(series.source, request), self._binding(series))
        # It looks back five minutes itself: what it does not give is missing.
        return Line(name or series.measure, broken(points, request.step_ms))

    def source(self, series: Series, start_ms: int, end_ms: int) -> str:
        """As of every history."""
        request = self._build_request(series, start_ms, end_ms)
        if request is None:
            return self._kept.source(series, start_ms, end_ms)
        where = format_address(self._tables[series.source].url)
        labels = f" of {{{series.labels}}}" if series.labels else ""
        return (
            f"{series.source} ({where}): {request.query}{labels}, every {request.step_ms // 1000} s"
        )

    def _build_request(self, series: Series, start_ms: int, end_ms: int) -> Range | None:
        table = self._tables.get(series.source)
        query = self._query(series, table) if table else None
        if query is None:
            return None
        step = width_ms(start_ms, end_ms, _LEAST_STEP_MS)
        return Range(query, -(-start_ms // step) * step, end_ms // step * step, step)

    def _query(self, series: Series, table: prometheus.Settings) -> str | None:
        """None: the settings do not have it any more."""
        binding = self._binding(series)
        if binding and binding.query:
            return binding.query
        measure = binding.measure if binding else series.measure
        return prometheus.query_of(table, measure)

    def _binding(self, series: Series) -> Binding | None:
        return self._bindings.get((series.source, series.measure, series.field))

    def _answer(self, source: str, request: Range) -> Found:
        if (source, request) not in self._answers:
            self._answers[source, request] = self._ask(source, request)
        return self._answers[source, request]

    def _ask(self, source: str, request: Range) -> Found:
        table = self._tables[source]
        try:
            answer = prometheus.ask_range(table, self._reader, request)
            return dict(_series(answer, table.quantile))
        except SourceError as problem:
            raise SourceError(
                f"source {source}: {problem}", hint=problem.hint or _HINT
            ) from problem
        except (KeyError, TypeError, ValueError, IndexError) as problem:
            why = f"source {source}: its answer makes no sense: {type(problem).__name__}"
            raise SourceError(why, hint=_HINT) from problem


def _series(answer: Any, q: float) -> Iterator[tuple[Labels, Mapping[int, float]]]:
    if answer["data"]["resultType"] != "matrix":
        raise ValueError("not a matrix")
    for result in answer["data"]["result"]:
        pairs = frozenset(
            (name, text) for name, text in result["metric"].items() if name != "__name__"
        )
        values = [(at, float(text)) for at, text in result.get("values", ())]
        values += [(at, _quantile(histogram, q)) for at, histogram in result.get("histograms", ())]
        yield pairs, {round(at * 1000): value for at, value in values if math.isfinite(value)}


def _quantile(histogram: Any, q: float) -> float:
    result = quantile(q, native(histogram.get("buckets", ())))
    return math.nan if result is None else result.value


def _merged(series: Series, by_labels: Found, binding: Binding | None) -> list[tuple[int, float]]:
    """The series that are meant, as one: what several give at a time as the binding says."""
    required = labels_of(series.labels) | frozenset(binding.where.items() if binding else ())
    matches = [values for labels, values in by_labels.items() if required <= labels]
    at_all = sorted({at for values in matches for at in values})
    merged = ((at, [values[at] for values in matches if at in values]) for at in at_all)
    return [
        (at, value) for at, at_once in merged if (value := _value(at_once, binding)) is not None
    ]


def _value(values: Sequence[float], binding: Binding | None) -> float | None:
    if binding is None:
        return values[0] if len(values) == 1 else None
    return binding.of_values(values)
