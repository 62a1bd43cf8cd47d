"""What is measured of networks, load balancing, GPUs and collectives, by the place where it is.

A place is a source, or a host of it if the source names hosts. A part is what of it has the other
labels: a port, a GPU, a job. A page's target is `<source>` or `<source>/<host>`.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import fmean
from typing import Final

from clickup_mlops.features.metrics.placement.recorded import labels_of
from clickup_mlops.features.metrics.presentation.comparisons import is_stale
from clickup_mlops.features.metrics.presentation.subjects import short
from clickup_mlops.ports.sections.cells import digits
from clickup_mlops.ports.sections.model import Data, Query
from clickup_mlops.series.topics import topic
from clickup_mlops.store.tables.history import Series
from clickup_mlops.views import measures
from clickup_mlops.views.model import Badge, Chart, Line, Mark, Number, Tone

HOSTS: Final = ("hostname", "host", "switch", "node", "instance", "exported_instance")
"""Labels that name a host or a switch, the best first."""
MOST_LINES: Final = 8
MOST_ROWS: Final = 50
MOST_MARKS: Final = 40
SILENT: Final = Badge("silent", "warning")


@dataclass(frozen=True, slots=True)
class Part:
    """A port, a GPU or the like: its place, its own labels, and its series by measure.

    `fresh` are the measures that are not silent: only those have a value now.
    """

    place: str
    name: str
    series: Mapping[str, Series]
    fresh: frozenset[str]

    @property
    def title(self) -> str:
        """What the place is, and its name."""
        return " ".join(filter(None, (self.place, self.name)))

    def value(self, measure: str) -> float | None:
        """The newest value of a measure."""
        return self.series[measure].last if measure in self.fresh else None

    @property
    def values(self) -> Mapping[str, float]:
        """All of them."""
        newest = {name: self.series[name].last for name in self.fresh}
        return {name: value for name, value in newest.items() if value is not None}

    def number(self, measure: str, tone: Tone = "plain") -> Number | None:
        """The same as a cell; None: it is not measured now."""
        if measure not in self.fresh:
            return None
        series = self.series[measure]
        return Number(series.last, series.unit, digits(series.last, series.unit), tone)


def parts(data: Data, query: Query, *topics: str) -> list[Part]:
    """Of these topics, at the target if there is one, by name. What spoke in the range is there."""
    by_part: dict[tuple[str, str], dict[str, Series]] = defaultdict(dict)
    for line in data.history.shared(query.start_ms):
        if topic(line.measure) in topics:
            place, name = _where(line)
            if _is_at(place, query.target):
                by_part[place, name][line.measure] = line
    return [
        Part(*key, series, frozenset(_fresh(data, series, query.now_ms)))
        for key, series in sorted(by_part.items())
    ]


def _fresh(data: Data, by_measure: Mapping[str, Series], now_ms: int) -> Iterator[str]:
    return (name for name, series in by_measure.items() if not is_stale(data, series, now_ms))


def targets(data: Data) -> list[tuple[str, str]]:
    """The sources of which something is kept, and their hosts."""
    places = {_where(series)[0] for series in data.history.shared(0) if topic(series.measure)}
    sources = {place.partition("/")[0] for place in places}
    return [(place, short(place)) for place in sorted(places | sources)]


def _is_at(place: str, target: str) -> bool:
    return not target or place == target or place.startswith(f"{target}/")


def _where(series: Series) -> tuple[str, str]:
    labels = dict(labels_of(series.labels))
    label = next((name for name in HOSTS if labels.get(name)), None)
    host = labels.pop(label) if label else ""
    name = " ".join(f"{key}={value}" for key, value in sorted(labels.items()))
    return short(f"{series.source}/{host}" if host else series.source), short(name)


def charts(
    data: Data,
    query: Query,
    all_parts: Sequence[Part],
    measure_names: Iterable[str],
    *,
    lowest: bool = False,
) -> Iterator[Chart]:
    """One for each measure that is there; of many parts the highest by their newest value, or the
    lowest.
    """
    for measure in measure_names:
        having = [part for part in all_parts if measure in part.series]
        if having:
            ordered = sorted(having, key=lambda part: _rank(part, measure, lowest=lowest))
            yield _chart(data, query, ordered, measure)


def _rank(part: Part, measure: str, *, lowest: bool) -> tuple[bool, float, str]:
    """What is silent comes last."""
    value = part.value(measure)
    return value is None, (value or 0.0) * (1 if lowest else -1), part.title


def _chart(data: Data, query: Query, having: Sequence[Part], measure: str) -> Chart:
    drawn_parts = having[:MOST_LINES]
    drawn = query.draws in ("*", measure)
    first = drawn_parts[0].series[measure]
    source = data.history.source(replace(first, labels=""), query.start_ms, query.now_ms)
    more = f" ({len(drawn_parts)} of {len(having)})" if len(having) > len(drawn_parts) else ""
    return query.chart(
        measure,
        short(measures.format_title(measure)) + more,
        first.unit,
        lambda: _lines(data, query, drawn_parts, measure),
        marks=advice_marks(data, query) if drawn else (),
        source=source,
    )


def _lines(data: Data, query: Query, drawn_parts: Sequence[Part], measure: str) -> Iterator[Line]:
    for part in drawn_parts:
        name = part.title or measure
        yield data.history.line(part.series[measure], query.start_ms, query.now_ms, name=name)


def advice_marks(data: Data, query: Query) -> tuple[Mark, ...]:
    """When advice came and was over."""
    entries = data.store.timeline.newest_of_kind(
        data.workspace, "advice", query.start_ms, query.now_ms, limit=MOST_MARKS
    )
    safe = ((entry, entry.url if entry.url.startswith("https://") else "") for entry in entries)
    return tuple(Mark(entry.at_ms, entry.kind, short(entry.text), url) for entry, url in safe)


def by_place(all_parts: Iterable[Part]) -> Mapping[str, list[Part]]:
    """The parts of each place."""
    places: dict[str, list[Part]] = defaultdict(list)
    for part in all_parts:
        places[part.place].append(part)
    return places


def over(
    all_parts: Iterable[Part],
    measure: str,
    how: Callable[[Iterable[float]], float] = fmean,
    tone: Tone = "plain",
) -> Number | None:
    """One number of the parts: their mean, or `min`, `max`."""
    having = [part for part in all_parts if part.value(measure) is not None]
    values = [value for part in having if (value := part.value(measure)) is not None]
    if not values:
        return None
    result = how(values)
    unit = having[0].series[measure].unit
    return Number(result, unit, digits(result, unit), tone)
