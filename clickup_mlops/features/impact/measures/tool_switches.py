"""`tool_switches`: how often work on a task goes from tool to tool. A proxy."""

from collections.abc import Iterator

from clickup_mlops.features.discovery.findings.tool_switches import count_switches
from clickup_mlops.features.discovery.model import Trace
from clickup_mlops.features.impact.measures._tasks import sample_finished
from clickup_mlops.features.impact.model import Evidence, Measure, Sample


def collect(evidence: Evidence) -> Iterator[Sample]:
    """Of each task that was finished in the period and has an address in a comment."""
    return sample_finished(evidence, _count)


def _count(trace: Trace) -> float | None:
    return count_switches(trace) if any(remark.hosts for remark in trace.remarks) else None


MEASURE = Measure(
    title="Tool switches per task",
    definition="Changes of the host in the events of a finished task with addresses in comments: a "
    "proxy for changes of the tool.",
    source="timeline, or the export's comments",
    unit="count",
    better="less",
    collect=collect,
    order=40,
)
