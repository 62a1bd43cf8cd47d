"""Which series are drawn in one chart, and in which section of a page about a model. Pure.

Percentiles of the same thing are a family, with their objective. Of several models each field is
one, with a line for each model.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from clickup_mlops.features.metrics.presentation.subjects import Subject
from clickup_mlops.features.metrics.quantity import quantities
from clickup_mlops.series.history import described
from clickup_mlops.store.tables.history import Series

Aspect = Literal["latency", "throughput", "errors", "quality", "queue", "other"]
MOST_LINES: Final = 8
"""Of a chart: more look alike."""
_WORDS: Final[Mapping[Aspect, str]] = {
    "queue": r"queue|waiting|pending|cache|preempt|batch|running|prefix",
    "errors": r"error|availab|uptime|fail|abort|refus|restart",
    "quality": r"accura|correct|quality|drift|\bf1\b|\bauc\b|precision|recall|score|loss|"
    r"grounded|relevan|perplex|sufficien|speculat|fresh",
    "latency": r"latency|ttft|first token|per token|inter.token|duration|\bms\b|_ms\b",
    "throughput": r"/s\b|per_s\b|per s\b|throughput|tokens|requests|goodput|rows|\b[rq]ps\b",
}
_AVAILABILITY: Final = r"availab|uptime"
_PERCENTILE: Final = re.compile(r"\bp(\d{1,2}(?:\.\d+)?)\b", re.IGNORECASE)
_LEAST_NAME: Final = 48
_OF_MODELS: Final = ("model", "replica")


@dataclass(frozen=True, slots=True)
class Family:
    """A chart: its lines with their names, its unit, and the objective of all of them.

    `key` is unique among those of a page. `left_out` are lines that are too many.
    """

    key: str
    title: str
    unit: str
    lines: tuple[tuple[str, Series], ...]
    limit: float | None = None
    left_out: int = 0


def aspect(series: Series) -> Aspect:
    """By the words of the field's name, or else of the measure. What is measured of a port or a
    GPU is none of a model's.
    """
    quantity = quantities().get(series.measure)
    if quantity is not None and quantity.scope not in _OF_MODELS:
        return "other"
    for text in (series.field, series.measure):
        for candidate, words in _WORDS.items():
            if re.search(words, text.casefold()):
                return candidate
    return "other"


def families(subjects: Sequence[Subject], chosen: Aspect) -> list[Family]:
    """The families of measures, by title."""
    make = _of_one if len(subjects) == 1 else _of_many
    unnamed = make(subjects, chosen)
    numbered = enumerate(sorted(unnamed, key=lambda family: family.title.casefold()))
    return [_keyed(family, number) for number, family in numbered]


def percentile(series: Series) -> float:
    """Of 99 for P99; 0: it is none."""
    match = _PERCENTILE.search(series.field)
    return float(match[1]) if match else 0.0


def headline(series: Iterable[Series], chosen: Aspect) -> Series | None:
    """The one that stands for an aspect: the highest percentile, and of those the first by name.
    For errors that is a rate of errors, not an availability if there is both.
    """
    candidates = [line for line in series if aspect(line) == chosen]
    return min(candidates, key=_headline_order, default=None)


def availability(series: Iterable[Series]) -> Series | None:
    """The first by name of those that say how available something is."""
    candidates = [line for line in series if _is_availability(line)]
    return min(candidates, key=lambda line: line.field.casefold(), default=None)


def _headline_order(series: Series) -> tuple[bool, float, str]:
    return _is_availability(series), -percentile(series), series.field.casefold()


def _is_availability(series: Series) -> bool:
    return any(re.search(_AVAILABILITY, text.casefold()) for text in (series.field, series.measure))


def _of_one(subjects: Sequence[Subject], chosen: Aspect) -> list[Family]:
    (subject,) = subjects
    groups: dict[tuple[str, str], list[Series]] = defaultdict(list)
    for series in subject.series:
        if aspect(series) == chosen:
            groups[_PERCENTILE.sub("", series.field).strip().casefold(), series.unit].append(series)
    return [_family(subject, group) for group in groups.values()]


def _family(subject: Subject, group: Sequence[Series]) -> Family:
    ordered = sorted(group, key=lambda series: (percentile(series), series.field))
    title = ordered[0].field if len(group) == 1 else _PERCENTILE.sub("", ordered[0].field)
    limits = {comparison.limit for series in group if (comparison := subject.limit(series))}
    lines = tuple((_name(series, group), series) for series in ordered)
    title = " ".join(title.split())
    return Family("", title[:1].upper() + title[1:], group[0].unit, lines, _only(limits))


def _name(series: Series, group: Sequence[Series]) -> str:
    """The field's; its source and labels too if it has several series."""
    namesakes = [line for line in group if line.field == series.field]
    return series.field if len(namesakes) == 1 else f"{series.field} ({described(series)})"


def _of_many(subjects: Sequence[Subject], chosen: Aspect) -> list[Family]:
    fields: dict[tuple[str, str], list[tuple[Subject, Series]]] = defaultdict(list)
    for subject in subjects:
        for series in _headlines(subject, chosen):
            fields[series.field.casefold(), series.unit].append((subject, series))
    return [_compared(pairs) for pairs in fields.values()]


def _headlines(subject: Subject, chosen: Aspect) -> Iterator[Series]:
    first = headline(subject.newest, chosen)
    second = availability(subject.newest) if chosen == "errors" else None
    yield from (series for series in dict.fromkeys((first, second)) if series is not None)


def _most_breached_first(pair: tuple[Subject, Series]) -> tuple[int, str, str]:
    subject, _series = pair
    return -subject.breached, subject.name.casefold(), subject.id


def _compared(pairs: Sequence[tuple[Subject, Series]]) -> Family:
    worst = sorted(pairs, key=_most_breached_first)
    drawn = worst[:MOST_LINES]
    limits = {
        comparison.limit for subject, series in drawn if (comparison := subject.limit(series))
    }
    lines = tuple((subject.name, series) for subject, series in drawn)
    first = pairs[0][1]
    return Family("", first.field, first.unit, lines, _only(limits), len(pairs) - len(drawn))


def _keyed(family: Family, number: int) -> Family:
    """Names that others gave make no key of an address: what is left of them, and a number."""
    plain = re.sub(r"[^a-z0-9]+", "-", family.title.casefold()).strip("-")[:_LEAST_NAME]
    key = f"{plain or 'chart'}-{number}"
    return Family(key, family.title, family.unit, family.lines, family.limit, family.left_out)


def _only(values: Iterable[float]) -> float | None:
    distinct: Mapping[float, None] = dict.fromkeys(values)
    return next(iter(distinct)) if len(distinct) == 1 else None
