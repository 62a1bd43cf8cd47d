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
    """By the words of the field's name, or else of the measure."""
    for text in (series.field, series.measure):
        for found, words in _WORDS.items():
            if re.search(words, text.casefold()):
                return found
    return "other"


def families(subjects: Sequence[Subject], wanted: Aspect) -> list[Family]:
    """By title."""
    make = _of_one if len(subjects) == 1 else _of_many
    found = make(subjects, wanted)
    numbered = enumerate(sorted(found, key=lambda one: one.title.casefold()))
    return [_keyed(one, number) for number, one in numbered]


def percentile(series: Series) -> float:
    """Of 99 for P99; 0: it is none."""
    found = _PERCENTILE.search(series.field)
    return float(found[1]) if found else 0.0


def headline(series: Iterable[Series], wanted: Aspect) -> Series | None:
    """The one that stands for an aspect: the highest percentile, and of those the first by name.
    For errors that is a rate of errors, not an availability if there is both.
    """
    own = [one for one in series if aspect(one) == wanted]
    return min(own, key=_headline_order, default=None)


def availability(series: Iterable[Series]) -> Series | None:
    """The first by name of those that say how available something is."""
    own = [one for one in series if _is_availability(one)]
    return min(own, key=lambda one: one.field.casefold(), default=None)


def _headline_order(one: Series) -> tuple[bool, float, str]:
    return _is_availability(one), -percentile(one), one.field.casefold()


def _is_availability(one: Series) -> bool:
    return any(re.search(_AVAILABILITY, text.casefold()) for text in (one.field, one.measure))


def _of_one(subjects: Sequence[Subject], wanted: Aspect) -> list[Family]:
    (subject,) = subjects
    groups: dict[tuple[str, str], list[Series]] = defaultdict(list)
    for one in subject.series:
        if aspect(one) == wanted:
            groups[_PERCENTILE.sub("", one.field).strip().casefold(), one.unit].append(one)
    return [_family(subject, own) for own in groups.values()]


def _family(subject: Subject, own: Sequence[Series]) -> Family:
    ordered = sorted(own, key=lambda one: (percentile(one), one.field))
    title = ordered[0].field if len(own) == 1 else _PERCENTILE.sub("", ordered[0].field)
    limits = {found.limit for one in own if (found := subject.limit(one))}
    lines = tuple((_name(one, own), one) for one in ordered)
    title = " ".join(title.split())
    return Family("", title[:1].upper() + title[1:], own[0].unit, lines, _only(limits))


def _name(one: Series, own: Sequence[Series]) -> str:
    """The field's; its source and labels too if it has several series."""
    same = [each for each in own if each.field == one.field]
    return one.field if len(same) == 1 else f"{one.field} ({described(one)})"


def _of_many(subjects: Sequence[Subject], wanted: Aspect) -> list[Family]:
    fields: dict[tuple[str, str], list[tuple[Subject, Series]]] = defaultdict(list)
    for subject in subjects:
        for one in _headlines(subject, wanted):
            fields[one.field.casefold(), one.unit].append((subject, one))
    return [_compared(own) for own in fields.values()]


def _headlines(subject: Subject, wanted: Aspect) -> Iterator[Series]:
    first = headline(subject.newest, wanted)
    other = availability(subject.newest) if wanted == "errors" else None
    yield from (one for one in dict.fromkeys((first, other)) if one is not None)


def _compared(own: Sequence[tuple[Subject, Series]]) -> Family:
    worst = sorted(own, key=lambda one: (-one[0].breached, one[0].name.casefold(), one[0].id))
    shown = worst[:MOST_LINES]
    limits = {found.limit for subject, one in shown if (found := subject.limit(one))}
    lines = tuple((subject.name, one) for subject, one in shown)
    first = own[0][1]
    return Family("", first.field, first.unit, lines, _only(limits), len(own) - len(shown))


def _keyed(one: Family, number: int) -> Family:
    """Names that others gave make no key of an address: what is left of them, and a number."""
    plain = re.sub(r"[^a-z0-9]+", "-", one.title.casefold()).strip("-")[:_LEAST_NAME]
    key = f"{plain or 'chart'}-{number}"
    return Family(key, one.title, one.unit, one.lines, one.limit, one.left_out)


def _only(values: Iterable[float]) -> float | None:
    found: Mapping[float, None] = dict.fromkeys(values)
    return next(iter(found)) if len(found) == 1 else None
