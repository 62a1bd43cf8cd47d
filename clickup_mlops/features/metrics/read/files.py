"""What sources share that read files, each of which is about a part of a fleet."""

from collections.abc import Callable, Iterable
from pathlib import PurePath

from clickup_mlops.features.metrics.scrape import Sample, Scrape, scrape
from clickup_mlops.features.metrics.source import Reader, SourceError

Parse = Callable[[str, str], Iterable[Sample]]
"""The text of a file and its name without its end -> samples. Raises SourceError."""


def collect_files(patterns: Iterable[str], reader: Reader, now_ms: int, parse: Parse) -> Scrape:
    """All files of all patterns. One that cannot be read, or makes no sense, loses no other."""
    samples, problems = list[Sample](), list[str]()
    for pattern in patterns:
        paths = reader.paths(pattern)
        if not paths:
            problems.append(f"{pattern}: no such file")
        for path in paths:
            try:
                samples += [*parse(reader.file(path), PurePath(path).stem)]
            except SourceError as problem:
                problems.append(f"{path}: {problem}")
    return scrape(now_ms, samples, problems)
