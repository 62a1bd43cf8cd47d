"""`decisions_in_comments`: decisions stand in comments, and in no field."""

from collections.abc import Iterator
from typing import Final

from clickup_mlops.features.discovery.findings._measuring import share, to_percent
from clickup_mlops.features.discovery.model import Finding, FindingType, Group

_LEAST_RATE, _LEAST_SHARE = 0.10, 0.5


def look(group: Group) -> Iterator[Finding]:
    """A tenth of the tasks have decisions, and half of these no record of it."""
    decided = [
        trace for trace in group.traces if any(remark.is_decision for remark in trace.remarks)
    ]
    rate = share(len(decided), len(group.traces))
    estimate = share(sum(not trace.is_recorded for trace in decided), len(decided))
    if rate and estimate and rate.low >= _LEAST_RATE and estimate.low >= _LEAST_SHARE:
        says = f"{estimate.value:.0%} of {len(decided)} decisions stand in comments alone."
        yield Finding(group.place, to_percent(estimate), "%", len(decided), says)


FINDING: Final = FindingType(
    title="Decisions stand in comments alone",
    definition="Share of the tasks with a comment that says that something was decided, whose "
    "fields for a decision or an outcome are empty. Found: 10% of the tasks have one, and 50% of "
    "these no record, by the lower ends of the intervals.",
    needs=frozenset({"comments"}),
    look=look,
    advice="Give the tasks a field for the decision; roll-outs are decided at a gate.",
    is_about_people=True,
    automations=("rollout_gate",),
)
