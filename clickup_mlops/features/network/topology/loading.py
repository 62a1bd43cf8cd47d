"""Reads all configured topology sources. One that fails loses no other."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from clickup_mlops.features.metrics.source import Reader, SourceError, format_address
from clickup_mlops.features.network.topology.kinds import loaders
from clickup_mlops.features.network.topology.loader import TopologyError
from clickup_mlops.features.network.topology.merge import merge
from clickup_mlops.features.network.topology.model import Topology
from clickup_mlops.features.network.topology.settings import TopologyTable


@dataclass(frozen=True, slots=True)
class LoadedTopology:
    """What is known, and a sentence for each source that could not be read."""

    topology: Topology
    problems: tuple[str, ...] = ()


def load(tables: Sequence[TopologyTable], reader: Reader) -> LoadedTopology:
    """All sources, merged in their order."""
    parts, problems = list[Topology](), list[str]()
    for table in tables:
        try:
            for place, name, text in _texts(table, reader):
                try:
                    parts.append(loaders()[table.kind](text, name))
                except TopologyError as problem:
                    problems.append(_describe(f"{table.kind}: {place}", problem))
                except (KeyError, TypeError, ValueError, AttributeError, IndexError) as problem:
                    why = f"{type(problem).__name__}: {problem}"
                    problems.append(f"{table.kind}: {place}: it makes no sense: {why}")
        except SourceError as problem:
            problems.append(_describe(table.kind, problem))
    return LoadedTopology(merge(parts), tuple(problems))


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
