"""Scrapes sources and remembers the scrape before, which rates need."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from clickup_mlops.metrics.derive.formulas import read
from clickup_mlops.metrics.scrape import Reading, Scrape, Window
from clickup_mlops.metrics.source import Reader, Source, SourceError, SourceTable

Kinds = Callable[[], Mapping[str, Source[Any]]]


@dataclass(frozen=True, slots=True)
class Collected:
    """What one source gave. `problems` says what could not be read; `at_ms` is in Unix ms."""

    source: str
    at_ms: int
    readings: tuple[Reading, ...]
    problems: tuple[str, ...] = ()


class Collector:
    """Of all configured sources, each by its name. One source at a time has one caller."""

    def __init__(self, tables: Mapping[str, SourceTable], kinds: Kinds, reader: Reader) -> None:
        self.tables, self._kinds, self._reader = tables, kinds, reader
        self._before: dict[str, Scrape] = {}

    def scrape(self, name: str, now_ms: int) -> Collected:
        """A source's readings; those that need an earlier scrape come with the second one.

        A source that cannot be read gives a problem and no reading; an earlier scrape is kept.
        """
        table = self.tables[name]
        kind = self._kinds()[table.kind]
        try:
            now = kind.collect(table, self._reader, now_ms)
        except SourceError as problem:
            return Collected(name, now_ms, (), (_said(problem),))
        readings = _readings(kind, Window(now, self._before.get(name)))
        self._before[name] = now
        return Collected(name, now_ms, readings, now.problems)


def _readings(kind: Source[Any], window: Window) -> tuple[Reading, ...]:
    if kind.measures:
        return tuple(read(kind.measures, window))
    now = window.now
    return tuple(Reading(one.name, "", one.value, now.at_ms, one.labels) for one in now.samples)


def _said(problem: SourceError) -> str:
    return f"{problem} {problem.hint}".strip()
