"""Reads all configured topology sources. One that fails loses no other."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from clickup_mlops.features.metrics.source import Reader, SourceError, format_address
from clickup_mlops.features.network.topology.kinds import loaders
from clickup_mlops.features.network.topology.loader import TopologyError
from clickup_mlops.features.network.topology.merge import merge
from clickup_mlops.features.network.topology.model import Topology
from clickup_mlops.features.network.topology.settings import TopologyTable
from clickup_mlops.views.text import format_duration


@dataclass(frozen=True, slots=True)
class Reading:
    """The last good reading of one place; `read_ms` (Unix ms): when."""

    topology: Topology
    read_ms: int


@dataclass(frozen=True, slots=True)
class LoadedTopology:
    """What is known, and a sentence for each source that could not be read."""

    topology: Topology
    problems: tuple[str, ...] = ()
    is_complete: bool = True
    """Every source was read now, or has a reading from before."""


class Readings:
    """The last good reading of each place, which counts for as long as the place cannot be read: a
    source that fails says nothing of what is gone.
    """

    def __init__(self) -> None:
        self._by_table: dict[int, dict[str, Reading]] = {}

    def load(self, tables: Sequence[TopologyTable], reader: Reader, now_ms: int) -> LoadedTopology:
        """All sources, merged in their order."""
        parts, problems, is_complete = list[Topology](), list[str](), True
        for number, table in enumerate(tables):
            before = self._by_table.get(number, {})
            after, failed = _read_table(table, reader, before, now_ms)
            self._by_table[number] = after
            parts += (reading.topology for reading in after.values())
            for problem, stale in failed:
                problems.append(_format_problem(problem, stale, now_ms))
                is_complete = is_complete and bool(stale)
        return LoadedTopology(merge(parts), tuple(problems), is_complete)


def load(tables: Sequence[TopologyTable], reader: Reader) -> LoadedTopology:
    """All sources, merged in their order; nothing is known from before."""
    return Readings().load(tables, reader, 0)


def _read_table(
    table: TopologyTable, reader: Reader, before: Mapping[str, Reading], now_ms: int
) -> tuple[dict[str, Reading], list[tuple[str, list[Reading]]]]:
    """The readings of its places, and why some are not of now, with what counts instead."""
    readings, failed = dict[str, Reading](), list[tuple[str, list[Reading]]]()
    try:
        for place, name, text in _texts(table, reader):
            topology = _parse(table.kind, place, name, text)
            if isinstance(topology, Topology):
                readings[place] = Reading(topology, now_ms)
                continue
            stale = {place: before[place]} if place in before else {}
            failed.append((topology, [*stale.values()]))
            readings |= stale
    except SourceError as problem:
        stale = {place: reading for place, reading in before.items() if place not in readings}
        failed.append((_describe(table.kind, problem), [*stale.values()]))
        readings |= stale
    return readings, failed


def _parse(kind: str, place: str, name: str, text: str) -> Topology | str:
    """What the text says, or why that is unknown."""
    try:
        return loaders()[kind](text, name)
    except TopologyError as problem:
        return _describe(f"{kind}: {place}", problem)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as problem:
        return f"{kind}: {place}: it makes no sense: {type(problem).__name__}: {problem}"


def _format_problem(problem: str, stale: Sequence[Reading], now_ms: int) -> str:
    if not stale:
        return problem
    age_ms = now_ms - min(reading.read_ms for reading in stale)
    return f"{problem} (what was read {format_duration(age_ms)} ago counts)"


def _texts(table: TopologyTable, reader: Reader) -> Iterator[tuple[str, str, str]]:
    """Where, whose it may be, and what is there."""
    seconds = table.timeout.total_seconds()
    for pattern in table.files:
        paths = reader.paths(pattern)
        if not paths:
            raise SourceError(f"{pattern}: no such file")
        for path in paths:
            yield path, table.host or Path(path).name.partition(".")[0], reader.file(path)
    if table.command:
        yield table.command[0], table.host, reader.output(table.command, seconds)
    if table.url is not None:
        token = table.bearer.get_secret_value()
        headers = {**table.headers, **({"Authorization": f"Bearer {token}"} if token else {})}
        yield format_address(table.url), table.host, reader.text(str(table.url), headers, seconds)


def _describe(place: str, problem: SourceError | TopologyError) -> str:
    return f"{place}: {problem}. {problem.hint}" if problem.hint else f"{place}: {problem}"
