"""A Prometheus server (or Thanos, Mimir, VictoriaMetrics): PromQL over its HTTP API.

Wire: prometheus.io/docs/prometheus/latest/querying/api, instant queries.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from pydantic import Field, HttpUrl, SecretStr

from clickup_mlops.features.metrics.derive.histogram import native, quantile
from clickup_mlops.features.metrics.scrape import Sample, Scrape, scrape
from clickup_mlops.features.metrics.source import Reader, Source, SourceError, SourceTable
from clickup_mlops.json_types import Json

_QUERY: Final = "/api/v1/query"
_RANGE: Final = "/api/v1/query_range"


class Settings(SourceTable):
    """`[metrics.sources.<name>]` with `kind = "prometheus"`."""

    url: HttpUrl
    """Of the server, without `/api/v1`."""
    bearer: SecretStr = SecretStr("")
    """Sent as `Authorization: Bearer …`."""
    queries: Mapping[str, str] = Field({})
    """PromQL by the name that its result gets."""
    quantile: float = Field(0.99, gt=0, lt=1)
    """What is taken of a native histogram that a query gives: its P99, unless this says otherwise.
    """


def parse(name: str, answer: Any, q: float = 0.99) -> Iterator[Sample]:
    """Samples of the answer to an instant query, as `name`; of a native histogram its q-quantile.
    NaN is no sample, nor is a histogram without observations.

    Raises:
        SourceError: the query gives something else than one value per series.
    """
    data = answer["data"]
    for labels, value in _series(data["resultType"], data["result"], q):
        pairs = frozenset((key, text) for key, text in labels.items() if key != "__name__")
        if not math.isnan(number := float(value)):
            yield Sample(name, pairs, number)


def _series(kind: str, result: Any, q: float) -> Iterator[tuple[Mapping[str, str], Any]]:
    if kind == "scalar":
        yield {}, result[1]
    elif kind == "vector":
        yield from ((series["metric"], _value(series, q)) for series in result)
    else:
        raise SourceError(
            f"a query gives a {kind}, not one value per series",
            hint="Ranges such as `[5m]` need a function around them.",
        )


def _value(series: Any, q: float) -> Any:
    if "histogram" not in series:
        return series.get("value", (0, "nan"))[1]
    result = quantile(q, native(series["histogram"][1].get("buckets", ())))
    return math.nan if result is None else result.value


def collect(settings: Settings, reader: Reader, now_ms: int) -> Scrape:
    """Every query once. One that fails loses no other."""
    samples, problems = list[Sample](), list[str]()
    for name, query in settings.queries.items():
        try:
            samples += parse(name, ask(settings, reader, query, now_ms), settings.quantile)
        except SourceError as problem:
            problems.append(f"{name}: {problem}")
    return scrape(now_ms, samples, problems)


def ask(settings: Settings, reader: Reader, query: str, now_ms: int) -> Json:
    """Prometheus' answer to an instant query."""
    return _get(settings, reader, _QUERY, {"query": query, "time": _seconds(now_ms)})


@dataclass(frozen=True, slots=True)
class Range:
    """A range query; both ends are in it. Times and step in ms."""

    query: str
    start_ms: int
    end_ms: int
    step_ms: int


def ask_range(settings: Settings, reader: Reader, request: Range) -> Json:
    """Prometheus' answer to a range query."""
    params = {
        "query": request.query,
        "start": _seconds(request.start_ms),
        "end": _seconds(request.end_ms),
        "step": _seconds(request.step_ms),
        "timeout": f"{settings.timeout.total_seconds():g}s",
    }
    return _get(settings, reader, _RANGE, params)


def _seconds(ms: int) -> str:
    return f"{ms / 1000:.3f}"


def _get(settings: Settings, reader: Reader, path: str, params: Mapping[str, str]) -> Json:
    token = settings.bearer.get_secret_value()
    return reader.json(
        str(settings.url).rstrip("/") + path,
        params,
        {"Authorization": f"Bearer {token}"} if token else {},
        settings.timeout.total_seconds(),
    )


SOURCE: Source[Any] = Source(Settings, collect)
