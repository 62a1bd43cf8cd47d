"""`reopened`: finished work was not finished."""

from collections.abc import Iterator
from typing import Final

from clickup_mlops.features.discovery.findings._measuring import share, to_percent
from clickup_mlops.features.discovery.model import Finding, FindingType, Group, Trace
from clickup_mlops.flow.model import FINISHED

_LEAST_SHARE: Final = 0.10


def look(group: Group) -> Iterator[Finding]:
    """Over a tenth of what was finished was opened again."""
    closed = [trace for trace in group.traces if any(stay.kind in FINISHED for stay in trace.stays)]
    estimate = share(sum(map(_is_reopened, closed)), len(closed))
    if estimate and estimate.low >= _LEAST_SHARE:
        says = f"{estimate.value:.0%} of the tasks that were finished were opened again."
        yield Finding(group.place, to_percent(estimate), "%", len(closed), says)


def _is_reopened(trace: Trace) -> bool:
    kinds = [stay.kind in FINISHED for stay in trace.stays]
    return True in kinds and False in kinds[kinds.index(True) :]


FINDING: Final = FindingType(
    title="Finished work is opened again",
    definition="Share of the tasks that were finished once and were opened again later. Found: "
    "10%, by the lower end of the interval.",
    needs=frozenset({"order"}),
    look=look,
    advice="Close a task when its result was checked in production, not when it was handed over.",
    automations=("deployment_done",),
)
