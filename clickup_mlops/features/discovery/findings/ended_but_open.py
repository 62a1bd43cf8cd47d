"""`ended_but_open`: a task is open though its deployment, run or release has ended."""

from collections.abc import Iterator
from typing import Final

from clickup_mlops.features.discovery.findings._measuring import DAY_MS, share, to_percent
from clickup_mlops.features.discovery.model import Finding, FindingType, Group

_LEAST, _LEAST_SHARE = 5, 0.05


def look(group: Group) -> Iterator[Finding]:
    """At least five, and one in twenty of those whose run ended, a day after its end."""
    over = [
        trace
        for trace in group.traces
        if trace.ended_ms is not None and trace.ended_ms <= group.now_ms - DAY_MS
    ]
    still_open = sum(not trace.is_finished for trace in over)
    estimate = share(still_open, len(over))
    if estimate and still_open >= _LEAST and estimate.low >= _LEAST_SHARE:
        says = f"{still_open} of {len(over)} tasks are open though what they are about has ended."
        yield Finding(group.place, to_percent(estimate), "%", len(over), says)


FINDING: Final = FindingType(
    title="Open tasks whose deployment or run has ended",
    definition="Share of the tasks whose deployment, run or release ended over a day ago, that are "
    "open. Found: five, and 5% by the lower end of the interval.",
    needs=frozenset({"endings"}),
    look=look,
    advice="Let reports of the delivery pipeline and of the scheduler set the status.",
    automations=("deployment_done", "run_finished"),
)
