"""Scrapes sources and remembers the scrape before, which rates need."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from math import isfinite
from typing import Any, Final

from clickup_mlops.features.metrics.derive.counters import is_another
from clickup_mlops.features.metrics.derive.formulas import read
from clickup_mlops.features.metrics.scrape import Reading, Scrape, TooManySeries, Window
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
            swapped = is_another(window)
            readings = tuple(_readings(kind, Window(now) if swapped else window))
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
    """Without infinities, which no field can show."""
    now = window.now
    readings = (
        read(kind.measures, window)
        if kind.measures
        else (
            Reading(sample.name, "", sample.value, now.at_ms, sample.labels)
            for sample in now.samples
        )
    )
    return (reading for reading in readings if isfinite(reading.value))


def _format_problem(problem: SourceError | TooManySeries) -> str:
    return f"{problem}. {problem.hint}" if problem.hint else str(problem)
