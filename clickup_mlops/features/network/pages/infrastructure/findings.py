"""Faults of the fabric that are open: one row for each cause, the costliest first."""

from typing import Final

from clickup_mlops.features.metrics.presentation.places import MOST_ROWS
from clickup_mlops.features.metrics.presentation.subjects import short
from clickup_mlops.features.network.diagnosis.course import Episode
from clickup_mlops.features.network.reporting import SCOPE
from clickup_mlops.ports.sections.model import Data, Query, SectionType
from clickup_mlops.views.model import Badge, Cell, Column, Moment, Number, Section, Table

_COLUMNS: Final = (
    Column("Finding"),
    Column("Where"),
    Column("Since"),
    Column("Goodput lost, Gbit/s", "end"),
    Column("State"),
)
_SOURCE: Final = (
    'The diagnosis of the last ten minutes. "clickup-mlops network findings" shows evidence, next '
    "steps and what would disprove each."
)


def _build(data: Data, query: Query) -> Section | None:
    host = query.target.partition("/")[2]
    episodes = [Episode(**note.value) for note in data.store.notes.all(SCOPE).values()]
    entries = [entry for entry in episodes if not host or entry.place.partition("/")[0] == host]
    if not entries:
        return None
    ranked = sorted(entries, key=lambda entry: (-entry.lost, entry.key))
    total = len(ranked) if len(ranked) > MOST_ROWS else None
    rows = tuple(_row(entry) for entry in ranked[:MOST_ROWS])
    table = Table("findings", "Open findings", _COLUMNS, rows, total=total)
    return Section("findings", "Faults of the fabric", (table,), _SOURCE)


def _row(entry: Episode) -> tuple[Cell, ...]:
    absent = entry.absent_ms is not None
    return (
        short(entry.title),
        short(entry.place),
        Moment(entry.since_ms),
        Number(entry.lost, "", 0) if entry.lost >= 1 else None,
        Badge("not seen just now", "good") if absent else Badge("holds", "warning"),
    )


SECTION = SectionType("Faults of the fabric", _build, 5)
