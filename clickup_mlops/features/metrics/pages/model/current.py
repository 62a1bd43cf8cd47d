"""The values of a model now: against their objectives, how old, and where from."""

from typing import Final

from clickup_mlops.features.metrics.presentation.subjects import (
    Subject,
    is_silent,
    number,
    of_one,
    state,
    task_link,
    tone,
)
from clickup_mlops.ports.sections.cells import digits
from clickup_mlops.ports.sections.model import Data, Query, SectionType
from clickup_mlops.series.history import described
from clickup_mlops.store.tables.history import Series
from clickup_mlops.views.model import (
    Badge,
    Cell,
    Column,
    Figure,
    Figures,
    Moment,
    Number,
    Section,
    Table,
)

_COLUMNS: Final = (
    Column("Field"),
    Column("Value", "end"),
    Column("Objective", "end"),
    Column("State"),
    Column("Read"),
    Column("Source"),
)


def _build(data: Data, query: Query) -> Section | None:
    one = of_one(data, query)
    if one is None:
        return None
    ordered = sorted(one.newest, key=lambda each: each.field.casefold())
    rows = tuple(_row(data, query, one, each) for each in ordered)
    table = Table("values", "Values now", _COLUMNS, rows)
    blocks = (_figures(one), table) if one.limits else (table,)
    url = task_link(one.id, one.task).url
    return Section("current", one.name, blocks, "The newest reading of each source.", url)


def _figures(one: Subject) -> Figures:
    """Of what has an objective."""
    shown = [(series, found) for series in one.newest if (found := one.limit(series))]
    return Figures(
        tuple(
            Figure(
                series.field,
                number(series, tone(found)),
                f"objective: {'at most' if found.slo.worse == 'above' else 'at least'} "
                f"{found.limit:g} {series.unit}".rstrip(),
            )
            for series, found in shown
        )
    )


def _row(data: Data, query: Query, one: Subject, series: Series) -> tuple[Cell, ...]:
    found = one.limit(series)
    silent = is_silent(data, series, query.now_ms)
    limit = Number(found.limit, series.unit, digits(found.limit, series.unit)) if found else None
    badge = Badge("silent", "warning") if silent else state(found)
    value = number(series, tone(found))
    return series.field, value, limit, badge, Moment(series.last_ms), described(series)


SECTION = SectionType("Values now", _build, 12, targeted=True)
