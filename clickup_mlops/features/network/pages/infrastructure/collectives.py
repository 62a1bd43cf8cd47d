"""Collective operations: NCCL's bus bandwidth, by job."""

from typing import Final

from clickup_mlops.features.metrics.presentation.places import MOST_ROWS, SILENT, charts, parts
from clickup_mlops.features.metrics.presentation.subjects import short
from clickup_mlops.ports.sections.model import Data, Query, SectionType
from clickup_mlops.views import measures
from clickup_mlops.views.model import Cell, Column, Section, Table

MOST_CHARTS: Final = 6
_COLUMNS: Final = (Column("Where"), Column("Measure"), Column("Value", "end"))
_SOURCE: Final = (
    "The newest readings of measures whose names begin with nccl_, bus_bandwidth or collective_."
)


def _build(data: Data, query: Query) -> Section | None:
    jobs = parts(data, query, "collectives")
    rows: list[tuple[Cell, ...]] = [
        (job.title, short(measures.format_title(measure)), job.number(measure) or SILENT)
        for job in jobs
        for measure in sorted(job.series)
    ]
    if not rows:
        return None
    total = len(rows) if len(rows) > MOST_ROWS else None
    table = Table("values", "Collectives", _COLUMNS, tuple(rows[:MOST_ROWS]), total=total)
    charted = sorted({measure for job in jobs for measure in job.series})[:MOST_CHARTS]
    drawn = charts(data, query, jobs, charted, lowest=True)
    return Section("collectives", "NCCL bus bandwidth", (table, *drawn), _SOURCE)


SECTION = SectionType("NCCL bus bandwidth", _build, 40)
