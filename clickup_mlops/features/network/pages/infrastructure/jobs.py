"""Traffic of the back end by job."""

from typing import Final

from clickup_mlops.features.metrics.presentation.places import MOST_ROWS, SILENT, charts, parts
from clickup_mlops.ports.sections.model import Data, Query, SectionType
from clickup_mlops.views import measures
from clickup_mlops.views.model import Column, Section, Table

MEASURES: Final = (
    "job_bytes_s",
    "job_peak",
    "job_off_leaf_pct",
    "cross_rail_pct",
    "cross_pod_pct",
)
_COLUMNS: Final = (
    Column("Job"),
    *(Column(measures.format_title(name), "end") for name in MEASURES),
)
_SOURCE: Final = (
    "Ports of the job's hosts and uplinks of their leaves, of the last ten minutes. "
    '"clickup-mlops network traffic" says why a value is missing.'
)


def _build(data: Data, query: Query) -> Section | None:
    jobs = parts(data, query, "jobs")
    if not jobs:
        return None
    rows = tuple(
        (
            job.name.removeprefix("job="),
            *(
                (job.number(measure) for measure in MEASURES)
                if job.fresh
                else (SILENT,) * len(MEASURES)
            ),
        )
        for job in jobs[:MOST_ROWS]
    )
    total = len(jobs) if len(jobs) > MOST_ROWS else None
    table = Table("jobs", "Jobs", _COLUMNS, rows, total=total)
    drawn = charts(data, query, jobs, MEASURES)
    return Section("jobs", "Traffic by job", (table, *drawn), _SOURCE)


SECTION = SectionType("Traffic by job", _build, 35)
