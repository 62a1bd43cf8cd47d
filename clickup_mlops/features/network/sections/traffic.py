"""Traffic of the back end by job, over a period."""

from typing import Final

from clickup_mlops.features.metrics.placement.recorded import labels_of
from clickup_mlops.features.metrics.sections import _measured as measured
from clickup_mlops.features.metrics.sections._measured import Days
from clickup_mlops.features.network.traffic.series import SOURCE
from clickup_mlops.ports.sections import figures
from clickup_mlops.ports.sections.model import CALENDAR, Data, Query, SectionType
from clickup_mlops.store.tables.history import Series
from clickup_mlops.views import measures
from clickup_mlops.views.model import Cell, Column, Section, Table

MEASURES: Final = (
    "job_bytes_s",
    "job_peak",
    "cross_rail_pct",
    "cross_pod_pct",
    "bus_bandwidth_pct",
)
MOST: Final = 100
"""Rows of the table."""
_ORIGIN: Final = "history (means over an hour)"
_COLUMNS: Final = (Column("Job"), Column("Measure"), *measured.COLUMNS)


def build(data: Data, query: Query) -> Section | None:
    """The section; None if no job is measured."""
    days = measured.of(data, query, tasks=False)
    before = days.before or {}
    of_jobs = sorted(
        (
            line
            for line in data.history.all()
            if line.source == SOURCE
            and line.measure in MEASURES
            and (line.id in days.now or line.id in before)
        ),
        key=lambda line: (line.labels, MEASURES.index(line.measure)),
    )
    if not of_jobs:
        return None
    rows = tuple(_row(query, line, days.now, before) for line in of_jobs[:MOST])
    total = len(of_jobs) if len(of_jobs) > MOST else None
    table = Table("jobs", "Jobs", _COLUMNS, rows, total=total)
    return Section("traffic", SECTION.title, (table,), figures.source(query, _ORIGIN))


def _row(query: Query, line: Series, now: Days, before: Days) -> tuple[Cell, ...]:
    labels = dict(labels_of(line.labels))
    cells = measured.cells(
        measured.together(now, [line]),
        measured.together(before, [line]),
        line.unit,
        f"{query.period.name} {line.measure} {line.labels}",
    )
    title = measures.format_title(line.measure)
    collective = labels.get("collective", "")
    return (labels.get("job", ""), f"{title}, {collective}" if collective else title, *cells)


SECTION = SectionType("Traffic by job", build, order=62, reports=CALENDAR)
