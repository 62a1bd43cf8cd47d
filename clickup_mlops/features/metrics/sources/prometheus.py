"""A Prometheus server (or Thanos, Mimir, VictoriaMetrics): PromQL over its HTTP API.

Wire: prometheus.io/docs/prometheus/latest/querying/api, instant queries.
"""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import Annotated, Any, Final

from pydantic import Field, HttpUrl, SecretStr

from clickup_mlops.features.metrics.derive.histogram import native, quantile
from clickup_mlops.features.metrics.quantity import is_raw
from clickup_mlops.features.metrics.scrape import Sample, Scrape, scrape
from clickup_mlops.features.metrics.source import Reader, Source, SourceError, SourceTable
from clickup_mlops.json_types import Json

RECORDED: Final = "clickup_mlops:"
"""How the series begin that `deploy/prometheus/recording_rules.yml` records; a measure follows."""
_QUERY: Final = "/api/v1/query"
_RANGE: Final = "/api/v1/query_range"
_NOT_RECORDED: Final = (
    "nothing is recorded: load deploy/prometheus/recording_rules.yml with `rule_files:`"
)
NamedQuery = tuple[str, str]
"""The name that the result gets, and PromQL."""


class Settings(SourceTable):
    """`[metrics.sources.<name>]` with `kind = "prometheus"`."""

    url: HttpUrl
    """Of the server, without `/api/v1`."""
    bearer: SecretStr = SecretStr("")
    """Sent as `Authorization: Bearer …`."""
    queries: Mapping[str, str] = Field({})
    """PromQL by the name that its result gets. With the name of a measure, such as
    `ecn_marked_pct`, advice and pages know what it is."""
    recorded: tuple[Annotated[str, Field(pattern=r"^[a-z0-9_*]+$")], ...] = ()
    """Measures that the shipped recording rules make for a whole fleet, or patterns: `["*"]`. One
    query asks for all of them."""
    selector: str = ""
    """Of those only series with these labels, as in PromQL: `cluster="a",host=~"gpu-.*"`."""
    quantile: float = Field(0.99, gt=0, lt=1)
    """What is taken of a native histogram that a query gives: its P99, unless this says otherwise.
    """


class SettingsWithTemplates(Settings):
    """The same with the queries of templates."""

    added: tuple[NamedQuery, ...] = ()
    """Measure and PromQL, of each binding of a template."""


def with_templates(table: Settings, added: Iterable[NamedQuery]) -> Settings:
    """The source that is asked more. A query that several templates have is asked once."""
    values = {name: getattr(table, name) for name in Settings.model_fields}
    return SettingsWithTemplates(**values, added=tuple(dict.fromkeys(added)))


def query_of(settings: Settings, measure: str) -> str | None:
    """What gives this measure, without templates; None: nothing does."""
    if measure in settings.queries:
        return settings.queries[measure]
    is_recorded = any(fnmatchcase(measure, pattern) for pattern in settings.recorded)
    return f"{RECORDED}{measure}{_selector(settings)}" if is_recorded else None


def recorded_query(settings: Settings) -> str:
    """One query for all that is recorded; empty: nothing is asked of it."""
    if not settings.recorded:
        return ""
    names = "|".join(pattern.replace("*", ".*") for pattern in settings.recorded)
    parts = (f'__name__=~"{RECORDED}({names})"', settings.selector)
    return f"{{{','.join(filter(None, parts))}}}"


def _selector(settings: Settings) -> str:
    return f"{{{settings.selector}}}" if settings.selector else ""


def _queries(settings: Settings) -> Iterator[NamedQuery]:
    """All that it is asked. Recorded series have names of their own."""
    yield from settings.queries.items()
    if recorded := recorded_query(settings):
        yield "", recorded
    if isinstance(settings, SettingsWithTemplates):
        yield from settings.added


def parse(name: str, answer: Any, q: float = 0.99) -> Iterator[Sample]:
    """Samples of the answer to an instant query, as `name`, or if that is empty by the name of a
    recorded series; of a native histogram its q-quantile. NaN is no sample, nor is a histogram
    without observations.

    Raises:
        SourceError: the query gives something else than one value per series.
    """
    data = answer["data"]
    for labels, value in _series(data["resultType"], data["result"], q):
        pairs = frozenset((key, text) for key, text in labels.items() if key != "__name__")
        if not math.isnan(number := float(value)):
            yield Sample(name or labels["__name__"].removeprefix(RECORDED), pairs, number)


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
    for name, query in _queries(settings):
        try:
            samples += parse(name, ask(settings, reader, query, now_ms), settings.quantile)
        except SourceError as problem:
            problems.append(f"{name or 'recorded'}: {problem}")
    result = scrape(now_ms, samples, problems)
    if settings.recorded and not problems and all(is_raw(sample.name) for sample in samples):
        return replace(result, remark=_NOT_RECORDED)
    return result


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
