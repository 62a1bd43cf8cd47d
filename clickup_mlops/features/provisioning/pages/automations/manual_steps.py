"""What provisioning leaves to people, because ClickUp's API cannot do it, and is not yet done."""

from typing import Final

from clickup_mlops.features.provisioning.operations.manual_steps import Open, still_open
from clickup_mlops.ports.sections.cells import short
from clickup_mlops.ports.sections.model import Data, Query, SectionType
from clickup_mlops.views.model import Cell, Column, Moment, Section, Table

SHOWN: Final = 50
_COLUMNS: Final = (Column("Template"), Column("What"), Column("Why by hand"), Column("As of"))


def _build(data: Data, query: Query) -> Section | None:
    open_lists = still_open(data.store, data.workspace)
    if not open_lists:
        return None
    rows = [_row(of, *step) for of in open_lists for step in of.steps]
    total = sum(of.total for of in open_lists)
    table = Table(
        "steps",
        "Manual steps, not yet done",
        _COLUMNS,
        tuple(rows[:SHOWN]),
        "All are done.",
        total if total > SHOWN else None,
    )
    source = "The last provision apply or provision verify of each template."
    return Section("manual_steps", "Manual steps", (table,), source)


def _row(of: Open, step: str, why: str) -> tuple[Cell, ...]:
    return of.template, short(step), short(why), Moment(of.at_ms)


SECTION = SectionType("Manual steps", _build, 70, targeted=False)
