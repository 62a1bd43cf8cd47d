"""What of a pass is kept over time: as what series. Pure.

A field of a task has one series, whatever the readings are that its value comes from. Besides,
readings about networks, load balancing, GPUs and collectives are kept as they are.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from math import isfinite
from typing import Final

from clickup_mlops import logs
from clickup_mlops.features.metrics.bindings import Binding
from clickup_mlops.features.metrics.placement.placing import Placed
from clickup_mlops.features.metrics.scrape import Labels, Reading
from clickup_mlops.pace import paced
from clickup_mlops.routing.objectives import unit_of
from clickup_mlops.series.topics import topic
from clickup_mlops.store.tables.history import Series

Kept = tuple[Series, int, float]
"""A series, the time of its reading (Unix ms) and the value."""
MOST_BYTES: Final = 700
"""Of each text of a series: an index of PostgreSQL takes 2,700 bytes of all together."""
_LARGEST, _SMALLEST = 1e100, 1e-100
_ESCAPED: Final = re.compile(r"([\\,])")
_PAIR: Final = re.compile(r"([^=]*)=((?:[^\\,]|\\.)*)(?:, |$)", re.DOTALL)


def recorded(
    workspace: str, placed: Iterable[Placed], readings: Mapping[str, Sequence[Reading]]
) -> Iterator[Kept]:
    """The values of fields whose source is among `readings` (by source); then what else is kept."""
    for value in paced(placed):
        if value.binding.source in readings and _fits(value.value):
            yield _of_field(workspace, value), value.at_ms, _plain(value.value)
    for source, of_source in readings.items():
        for reading in paced(of_source):
            if topic(reading.measure) and _fits(reading.value):
                series = _of_reading(workspace, source, reading)
                yield series, reading.at_ms, _plain(reading.value)


def named(binding: Binding, readings: Iterable[Reading]) -> Labels:
    """The labels that a task is found by: they stay when replicas come and go."""
    common = frozenset.intersection(*(reading.labels for reading in readings))
    return frozenset(pair for pair in common if not binding.match or pair[0] in binding.match)


def text_of(labels: Labels) -> str:
    """Labels as a series has them: `model=a, version=1`. A comma of a value has a backslash."""
    pairs = ((name, _ESCAPED.sub(r"\\\1", value)) for name, value in sorted(labels))
    return bounded(", ".join(f"{name}={value}" for name, value in pairs))


def labels_of(text: str) -> Labels:
    """Back from `text_of`."""
    pairs = _PAIR.findall(text)
    return frozenset((name, re.sub(r"\\(.)", r"\1", value)) for name, value in pairs)


def bounded(text: str) -> str:
    """Without control characters, which PostgreSQL refuses, and not too long for its index."""
    escaped = logs.escape_controls(text)
    if len(escaped.encode()) <= MOST_BYTES:
        return escaped
    beginning = escaped.encode()[: MOST_BYTES - 20].decode(errors="ignore")
    return f"{beginning}… {sha256(escaped.encode()).hexdigest()[:16]}"


def _of_field(workspace: str, placed: Placed) -> Series:
    units = {reading.unit for reading in placed.readings} if placed.binding.factor == 1 else set()
    unit = units.pop() if len(units) == 1 else ""
    return Series(
        workspace,
        placed.binding.source,
        bounded(placed.binding.measure),
        text_of(named(placed.binding, placed.readings)),
        placed.task.id,
        bounded(placed.field.name),
        bounded(unit or unit_of(placed.field.name)),
    )


def _of_reading(workspace: str, source: str, reading: Reading) -> Series:
    labels = text_of(reading.labels)
    return Series(
        workspace, source, bounded(reading.measure), labels, "", "", bounded(reading.unit)
    )


def _fits(value: float) -> bool:
    """Sums of what is larger could overflow, and no means would be made any more."""
    return isfinite(value) and abs(value) < _LARGEST


def _plain(value: float) -> float:
    return value if abs(value) > _SMALLEST else 0.0
