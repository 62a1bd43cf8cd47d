"""How evenly load is spread: over the ports or uplinks of a host, and over a model's replicas."""

from typing import Final

from clickup_mlops.features.metrics.diagnosis.model import UNEVEN
from clickup_mlops.features.metrics.presentation.places import (
    MOST_ROWS,
    SILENT,
    Part,
    charts,
    parts,
)
from clickup_mlops.ports.sections.model import Data, Query, SectionType
from clickup_mlops.views.model import Cell, Column, Number, Section, Table, Tone

EVEN: Final = 0.95
"""Jain's index from which load is even."""
_INDEX: Final = ("rail_balance", "uplink_balance", "replica_balance")
_EFFICIENCY: Final = tuple(f"{name}_efficiency_pct" for name in _INDEX)
_PEAK: Final = ("rail_peak", "uplink_peak", "replica_peak")
_COLUMNS: Final = (
    Column("Where"),
    Column("Of"),
    Column("Jain's index", "end"),
    Column("Efficiency", "end"),
    Column("Hottest over mean", "end"),
)
_SOURCE: Final = (
    "The newest readings. An index of 1 is even; efficiency is the share of the capacity that is "
    "reachable before the hottest is full."
)


def _build(data: Data, query: Query) -> Section | None:
    balanced = parts(data, query, "balance")
    rows = [
        (part, kind) for part in balanced for kind in range(len(_INDEX)) if _is_measured(part, kind)
    ]
    if not rows:
        return None
    ordered = sorted(rows, key=lambda row: (_index(*row), row[0].title))
    cells = tuple(_row(*row) for row in ordered[:MOST_ROWS])
    total = len(rows) if len(rows) > MOST_ROWS else None
    table = Table("groups", "Uplink groups and replica sets", _COLUMNS, cells, total=total)
    drawn = charts(data, query, balanced, (*_INDEX, *_EFFICIENCY), lowest=True)
    return Section("balance", "Load balancing", (table, *drawn), _SOURCE)


def _is_measured(part: Part, kind: int) -> bool:
    return bool(part.series.keys() & {_INDEX[kind], _EFFICIENCY[kind], _PEAK[kind]})


def _index(part: Part, kind: int) -> float:
    index = part.value(_INDEX[kind])
    return 1.0 if index is None else index


def _row(part: Part, kind: int) -> tuple[Cell, ...]:
    index = part.value(_INDEX[kind])
    cell = None if index is None else Number(index, "", 2, _tone(index))
    of = ("rails", "uplinks", "replicas")[kind]
    efficiency, peak = part.number(_EFFICIENCY[kind]), part.number(_PEAK[kind])
    if not part.fresh:
        return part.title, of, SILENT, None, None
    return part.title, of, cell, efficiency, peak


def _tone(index: float) -> Tone:
    return "good" if index >= EVEN else "warning" if index >= UNEVEN else "bad"


SECTION = SectionType("Load balancing", _build, 20)
