"""`tool_switches`: work on a task goes from tool to tool. A proxy: addresses stand for tools."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from clickup_mlops.features.discovery.findings._measuring import median
from clickup_mlops.features.discovery.model import Finding, FindingType, Group, Trace

_MOST: Final = 4
_TRACKER: Final = ""


def look(group: Group) -> Iterator[Finding]:
    """Half of the tasks with addresses of other tools switch at least four times."""
    counts = [count_switches(trace) for trace in group.traces if _has_links(trace)]
    estimate = median(counts, group.place)
    if estimate and estimate.low >= _MOST:
        says = f"Half of these tasks switch the tool at least {estimate.value:.0f} times (a proxy)."
        yield Finding(group.place, estimate, "count", len(counts), says)


def count_switches(trace: Trace) -> int:
    """How often the host changes from event to event; what names no host happened in the tool."""
    moves = [(stay.start_ms, _TRACKER) for stay in trace.stays]
    links = [
        (remark.at_ms, host) for remark in trace.remarks for host in remark.hosts or (_TRACKER,)
    ]
    hosts = [host for _, host in sorted([*moves, *links], key=lambda event: event[0])]
    return sum(before != after for before, after in pairwise(hosts))


def _has_links(trace: Trace) -> bool:
    return any(remark.hosts for remark in trace.remarks)


FINDING: Final = FindingType(
    title="Work switches between tools",
    definition="Median number of changes of the host in the events of a task, in time order: "
    "addresses in comments, and the tool itself for all else. A proxy: what people open without "
    "leaving an address is not counted. Found: four, by the lower end of the interval.",
    needs=frozenset({"links"}),
    look=look,
    advice="Let the tools report into the task: results, alerts and numbers come to the work.",
    is_about_people=True,
    automations=("model_registered", "pipeline_failed"),
)
