"""`ping_pong`: a task goes back and forth between the same stages."""

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from clickup_mlops.features.discovery.findings._measuring import share, to_percent
from clickup_mlops.features.discovery.model import Finding, FindingType, Group, Trace
from clickup_mlops.flow.model import FINISHED

_RETURNS: Final = 2
_LEAST_SHARE: Final = 0.15


def look(group: Group) -> Iterator[Finding]:
    """Tasks come back into the same stage at least twice."""
    finished = [trace for trace in group.finished if trace.stays]
    returns = [counts for trace in finished if (counts := _returns(trace)).total() >= _RETURNS]
    estimate = share(len(returns), len(finished))
    if estimate and estimate.low >= _LEAST_SHARE:
        both, _ = sum(returns, Counter[str]()).most_common(1)[0]
        says = f"{estimate.value:.0%} of the tasks go back and forth between {both}."
        yield Finding(group.place, to_percent(estimate), "%", len(finished), says)


def _returns(trace: Trace) -> Counter[str]:
    """How often it came back to a stage of work, by both stages."""
    stages = [stay.status for stay in trace.stays if stay.kind not in FINISHED]
    seen_stages: set[str] = set()
    counts: Counter[str] = Counter()
    for before, after in pairwise(stages):
        seen_stages.add(before)
        if after in seen_stages and after != before:
            counts['"{}" and "{}"'.format(*sorted((before, after)))] += 1
    return counts


FINDING: Final = FindingType(
    title="Tasks go back and forth",
    definition="Share of finished tasks that came back into an earlier stage at least twice. "
    "Found: 15%, by the lower end of the interval.",
    needs=frozenset({"order"}),
    look=look,
    advice="Write down what must be true before a task enters the later stage: a checklist in it.",
    automations=("rollout_gate",),
)
