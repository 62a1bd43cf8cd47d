"""`tools_per_task`: to how many tools work on a task goes, from the tool map's hosts."""

from collections.abc import Iterator

from clickup_mlops.features.discovery.model import Trace
from clickup_mlops.features.impact.measures._tasks import sample_finished
from clickup_mlops.features.impact.model import Evidence, Measure, Sample


def collect(evidence: Evidence) -> Iterator[Sample]:
    """Of each task that was finished in the period and names an address."""
    return sample_finished(evidence, _count)


def _count(trace: Trace) -> float | None:
    hosts = {*trace.hosts, *(host for remark in trace.remarks for host in remark.hosts)}
    return float(len(hosts)) or None


MEASURE = Measure(
    title="Tools per task",
    definition="Different hosts in the addresses of a finished task and its comments.",
    source="timeline, or the export's fields and comments",
    unit="count",
    better="less",
    collect=collect,
    order=42,
)
