"""Parked events: they failed for good and wait for a person. Replay for who may."""

from typing import Final

from clickup_mlops.ports.sections.cells import short
from clickup_mlops.ports.sections.model import Data, Query, SectionType
from clickup_mlops.store import PARKED, InboxRow
from clickup_mlops.views.model import Button, Cell, Column, Moment, Number, Section, Table

SHOWN: Final = 25
_COLUMNS: Final = (
    Column("Event", "end"),
    Column("Received"),
    Column("Kind"),
    Column("Lane"),
    Column("Tries", "end"),
    Column("Error"),
    Column("Replay"),
)


def _build(data: Data, query: Query) -> Section:
    events = data.store.inbox.list(PARKED, SHOWN)
    total = data.store.stats.parked()
    rows = tuple(_row(event, query.may) for event in events)
    more = total if total > len(rows) else None
    table = Table("events", "Parked events", _COLUMNS, rows, "No event is parked.", more)
    return Section("parked", "Parked events", (table,), "The inbox, newest first.")


def _row(event: InboxRow, may: frozenset[str]) -> tuple[Cell, ...]:
    return (
        Number(event.id),
        Moment(event.received_ms),
        short(event.kind),
        short(event.lane),
        Number(event.attempts),
        short(event.error) or None,
        _replay(event) if "replay" in may else None,
    )


def _replay(event: InboxRow) -> Button:
    confirm = f"Have event {event.id} handled again?"
    return Button("Replay", "replay", (("event", str(event.id)),), confirm)


SECTION = SectionType("Parked events", _build, 50, targeted=False)
