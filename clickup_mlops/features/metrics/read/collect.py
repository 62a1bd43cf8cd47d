"""Scrapes sources and remembers the scrape before, which rates need."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from math import isfinite
from typing import Any, Final

from clickup_mlops.features.metrics.derive.counters import is_another
from clickup_mlops.features.metrics.derive.formulas import read
from clickup_mlops.features.metrics.quantity import is_possible, unit_of
from clickup_mlops.features.metrics.scrape import Labels, Reading, Scrape, TooManySeries, Window
from clickup_mlops.features.metrics.source import Reader, Source, SourceError, SourceTable

_SWAPPED: Final = (
    "another process answered than before, so rates are unknown: if replicas share this address, "
    "give each its own source, or read them through Prometheus"
)
WORKERS: Final = 8
"""Sources that are read at the same time."""
Kinds = Callable[[], Mapping[str, Source[Any]]]


@dataclass(frozen=True, slots=True)
class Collected:
    """What one source gave. `problems` says what could not be read, `remark` what was read and
    looks odd; `at_ms` is in Unix ms.
    """

    source: str
    at_ms: int
    readings: tuple[Reading, ...]
    problems: tuple[str, ...] = ()
    remark: str = ""

    @property
    def messages(self) -> tuple[str, ...]:
        """What people should know of it: problems and the remark."""
        return (*self.problems, *filter(None, [self.remark]))


class Collector:
    """Of all configured sources, each by its name. One source at a time has one caller."""

    def __init__(self, tables: Mapping[str, SourceTable], kinds: Kinds, reader: Reader) -> None:
        self.tables, self._kinds, self._reader = tables, kinds, reader
        self._before: dict[str, Scrape] = {}
        self._compared: set[str] = set()

    def has_rates(self, name: str) -> bool:
        """Whether two scrapes of the source were compared: with one alone rates are unknown."""
        return name in self._compared

    def scrape_all(self, names: Sequence[str], clock: Callable[[], int]) -> tuple[Collected, ...]:
        """Several sources, a few at a time, each at its own time: one that takes as long as its
        timeout keeps no other waiting. `clock` gives now in Unix ms.
        """
        if len(names) <= 1:
            return tuple(self.scrape(name, clock()) for name in names)
        with ThreadPoolExecutor(min(WORKERS, len(names)), "scrape") as workers:
            return tuple(workers.map(lambda name: self.scrape(name, clock()), names))

    def scrape(self, name: str, now_ms: int) -> Collected:
        """A source's readings; those that need an earlier scrape come with the second one.

        A source that cannot be read gives a problem and no reading; an earlier scrape is kept.
        """
        table = self.tables[name]
        kind = self._kinds()[table.kind]
        try:
            now = kind.collect(table, self._reader, now_ms)
            before = self._before.get(name)
            window = Window(now, before)
            swapped = any(is_another(part) for _labels, part in window.parts())
            readings = tuple(_readings(kind, window))
        except (SourceError, TooManySeries) as problem:
            return Collected(name, now_ms, (), (_format_problem(problem),))
        except Exception as problem:  # whatever a server answers, other sources go on
            why = f"its answer makes no sense: {type(problem).__name__}: {problem}"
            return Collected(name, now_ms, (), (why,))
        self._before[name] = now
        if before:
            self._compared.add(name)
        return Collected(name, now_ms, readings, now.problems, _SWAPPED if swapped else now.remark)


def _readings(kind: Source[Any], window: Window) -> Iterator[Reading]:
    """Without infinities, which no field can show, and numbers that their quantity cannot have."""
    for labels, part in window.parts():
        part_readings = _read(kind, Window(part.now) if is_another(part) else part)
        for reading in part_readings:
            if isfinite(reading.value) and is_possible(reading.measure, reading.value):
                yield replace(reading, labels=_with(reading.labels, labels)) if labels else reading


def _read(kind: Source[Any], window: Window) -> Iterable[Reading]:
    """What the kind derives, or each sample by its name, with the unit that such a name has."""
    if kind.measures:
        return read(kind.measures, window)
    at_ms = window.now.at_ms
    return (
        Reading(s.name, unit_of(s.name), s.value, s.at_ms or at_ms, s.labels)
        for s in window.now.samples
    )


def _with(labels: Labels, more: Labels) -> Labels:
    """A target's labels count before those of its series."""
    return frozenset((dict(labels) | dict(more)).items()) if labels else more


def _format_problem(problem: SourceError | TooManySeries) -> str:
    return f"{problem}. {problem.hint}" if problem.hint else str(problem)
