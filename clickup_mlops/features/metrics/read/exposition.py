"""Prometheus text exposition -> samples, only of the names that are wanted."""

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from io import StringIO
from itertools import islice
from typing import Final

from clickup_mlops.features.metrics.scrape import Labels, Sample, bounded
from clickup_mlops.pace import paced

IsWanted = Callable[[str], bool]
_LOOKED_AT: Final = 5
_KNOWN_SERIES: Final = 50_000
"""Of all sources; each takes about 400 bytes."""
_PAGE_LINE: Final = re.compile(r"#|[a-zA-Z_:][\w:.]*(\{.*\})?\s+\S+(\s+\S+)?$|\{.*\}\s+\S+")
_SHOWN: Final = 100
_SECONDS_END: Final = 1e11
"""As seconds it is the year 5138, as milliseconds 1973."""


@dataclass(frozen=True, slots=True)
class Exposition:
    """What was read, and a sentence for each line that could not be."""

    samples: tuple[Sample, ...]
    problems: tuple[str, ...] = ()


def parse(text: str, is_wanted: IsWanted) -> Exposition:
    """Samples whose name is wanted. A value that is not a number (NaN) is no sample.

    Lines of other names are dropped before they are parsed: a server exposes hundreds of series of
    which a few are read. Of a series that was read before, only the value is parsed. A bad line
    loses no other line.

    Raises:
        TooManySeries: too many are wanted; nothing was parsed.
    """
    samples, problems = list[Sample](), list[str]()
    for line in paced(list(bounded(_lines(text, is_wanted)))):
        try:
            samples += _samples(line)
        except ValueError as problem:
            problems.append(f"not the Prometheus text format: {line[:_SHOWN]!r} ({problem})")
    return Exposition(tuple(samples), tuple(problems))


def is_page(text: str) -> bool:
    """Whether it is a page in this format, perhaps with nothing on it."""
    lines = (line for line in map(str.strip, StringIO(text)) if line)
    return all(map(_PAGE_LINE.match, islice(lines, _LOOKED_AT)))


def _lines(text: str, is_wanted: IsWanted) -> Iterator[str]:
    for line in map(str.strip, StringIO(text)):
        if line and line[0] != "#" and is_wanted(_name(line)):
            # OpenMetrics adds exemplars, which the text format does not know.
            yield line.partition(" # {")[0]


def _name(line: str) -> str:
    return line.partition("{")[0].partition(" ")[0]


def _samples(line: str) -> Iterator[Sample]:
    """The sample of a line, if its value is a number."""
    labelled, brace, rest_of_line = line.rpartition("}")
    series, numbers = (labelled + brace, rest_of_line) if brace else line.split(maxsplit=1)
    number, *time = numbers.split()
    value = float(number)
    name, labels = _parse_series(series)
    if not math.isnan(value):
        yield Sample(name, labels, value, _at_ms(time[0]) if time else 0)


def _at_ms(text: str) -> int:
    """Milliseconds in the text format; seconds, with a fraction, in OpenMetrics."""
    time = float(text)
    return int(time * 1000) if time < _SECONDS_END else int(time)


@lru_cache(_KNOWN_SERIES)
def _parse_series(series: str) -> tuple[str, Labels]:
    """Name and labels. The same series come with every scrape, and this is most of the cost."""
    # The library's parser is slow to import, and only those who read text need it.
    from prometheus_client.parser import text_string_to_metric_families

    (family,) = text_string_to_metric_families(f"{series} 0\n")
    (sample,) = family.samples
    return sample.name, frozenset(sample.labels.items())


def prefixes(*beginnings: str) -> IsWanted:
    """Wants all names that begin so."""
    return lambda name: name.startswith(beginnings)
