"""The values of a model now: against their objectives, how old, and where from."""

from typing import Final

from clickup_mlops.features.metrics.presentation.comparisons import is_stale
from clickup_mlops.features.metrics.presentation.subjects import (
    Subject,
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
    subject = of_one(data, query)
    if subject is None:
        return None
    ordered = sorted(subject.newest, key=lambda series: series.field.casefold())
    rows = tuple(_row(data, query, subject, series) for series in ordered)
    table = Table("values", "Values now", _COLUMNS, rows)
    blocks = (_figures(subject), table) if subject.limits else (table,)
    url = task_link(subject.id, subject.task).url
    return Section("current", subject.name, blocks, "The newest reading of each source.", url)


def _figures(subject: Subject) -> Figures:
    """Of what has an objective."""
    compared = [
        (series, comparison) for series in subject.newest if (comparison := subject.limit(series))
    ]
    return Figures(
        tuple(
            Figure(
                series.field,
                number(series, tone(comparison)),
                f"objective: {'at most' if comparison.slo.worse == 'above' else 'at least'} "
                f"{comparison.limit:g} {series.unit}".rstrip(),
            )
            for series, comparison in compared
        )
    )


def _row(data: Data, query: Query, subject: Subject, series: Series) -> tuple[Cell, ...]:
    comparison = subject.limit(series)
    silent = is_stale(data, series, query.now_ms)
    limit = (
        Number(comparison.limit, series.unit, digits(comparison.limit, series.unit))
        if comparison
        else None
    )
    badge = Badge("silent", "warning") if silent else state(comparison)
    value = number(series, tone(comparison))
    return series.field, value, limit, badge, Moment(series.last_ms), described(series)


SECTION = SectionType("Values now", _build, 12, targeted=True)
