"""Calls used: how many requests the bot's writes to ClickUp took."""

from typing import Final

from clickup_mlops.ports.sections import figures
from clickup_mlops.ports.sections.model import CALENDAR, Data, Period, Query, SectionType
from clickup_mlops.store.queries.periods import Writes
from clickup_mlops.views.model import Align, Column, Figures, Note, Number, Section, Table

_ORIGIN: Final = "audit"
_END: Final[Align] = "end"
_COLUMNS: Final = (Column("Written by"), Column("Writes", _END), Column("Calls", _END))
_ONLY_WRITES: Final = (
    "Calls that read are not recorded by time: clickup_mlops_calls_total of /metrics counts all."
)


def build(data: Data, query: Query) -> Section | None:
    """The section; None if nothing was written in both periods."""
    writes = figures.compared(query, lambda period: _writes(data, period))
    if not (writes.now or writes.before):
        return None
    head = Figures(
        (
            figures.count("Writes", query, _ORIGIN, writes.map(_count)),
            figures.count("Calls of writes", query, _ORIGIN, writes.map(_calls)),
        )
    )
    blocks = (head, _table(writes.now), Note(_ONLY_WRITES))
    return Section("calls", SECTION.title, blocks, figures.source(query, _ORIGIN))


def _writes(data: Data, period: Period) -> list[Writes]:
    return data.store.periods.writes(period.start_ms, period.end_ms)


def _count(writes: list[Writes]) -> int:
    return sum(write.count for write in writes)


def _calls(writes: list[Writes]) -> int:
    return sum(write.calls for write in writes)


def _table(writes: list[Writes]) -> Table:
    by_name: dict[str, list[Writes]] = {}
    for write in writes:
        by_name.setdefault(write.automation or "people", []).append(write)
    ordered = sorted(by_name, key=lambda name: (-_calls(by_name[name]), name))
    rows = tuple(
        (name, Number(_count(by_name[name])), Number(_calls(by_name[name]))) for name in ordered
    )
    return Table("calls", "By automation", _COLUMNS, rows, empty="Nothing was written.")


SECTION = SectionType("Calls", build, order=90, reports=CALENDAR)
