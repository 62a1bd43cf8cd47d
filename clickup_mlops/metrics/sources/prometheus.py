"""A Prometheus server (or Thanos, Mimir, VictoriaMetrics): PromQL over its HTTP API.

Wire: prometheus.io/docs/prometheus/latest/querying/api, instant queries.
"""

import math
from collections.abc import Iterator, Mapping
from typing import Any, Final

from pydantic import Field, HttpUrl, SecretStr

from clickup_mlops.json_types import Json
from clickup_mlops.metrics.scrape import Sample, Scrape, scrape
from clickup_mlops.metrics.source import Reader, Source, SourceError, SourceTable

_QUERY: Final = "/api/v1/query"


class Settings(SourceTable):
    """`[metrics.sources.<name>]` with `kind = "prometheus"`."""

    url: HttpUrl
    """Of the server, without `/api/v1`."""
    bearer: SecretStr = SecretStr("")
    """Sent as `Authorization: Bearer …`."""
    queries: Mapping[str, str] = Field({})
    """PromQL by the name that its result gets."""


def parse(name: str, answer: Json) -> Iterator[Sample]:
    """Samples of the answer to an instant query, as `name`. NaN is no sample.

    Raises:
        SourceError: the query gives something else than one value per series.
    """
    data = answer["data"]
    for labels, (_, value) in _series(data["resultType"], data["result"]):
        pairs = frozenset((key, text) for key, text in labels.items() if key != "__name__")
        if not math.isnan(number := float(value)):
            yield Sample(name, pairs, number)


def _series(kind: str, result: Json) -> Iterator[tuple[Mapping[str, str], Json]]:
    if kind == "scalar":
        yield {}, result
    elif kind == "vector":
        # A native histogram has no single value: the query has to make one of it.
        yield from ((one["metric"], one["value"]) for one in result if "value" in one)
    else:
        raise SourceError(
            f"a query gives a {kind}, not one value per series",
            hint="Ranges such as `[5m]` need a function around them.",
        )


def collect(settings: Settings, reader: Reader, now_ms: int) -> Scrape:
    """Every query once. One that fails loses no other."""
    samples, problems = list[Sample](), list[str]()
    for name, query in settings.queries.items():
        try:
            samples += parse(name, ask(settings, reader, query, now_ms))
        except SourceError as problem:
            problems.append(f"{name}: {problem}")
    return scrape(now_ms, samples, problems)


def ask(settings: Settings, reader: Reader, query: str, now_ms: int) -> Json:
    """Prometheus' answer to an instant query."""
    token = settings.bearer.get_secret_value()
    return reader.json(
        str(settings.url).rstrip("/") + _QUERY,
        {"query": query, "time": f"{now_ms / 1000:.3f}"},
        {"Authorization": f"Bearer {token}"} if token else {},
        settings.timeout.total_seconds(),
    )


SOURCE: Source[Any] = Source(Settings, collect)
