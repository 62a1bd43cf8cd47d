"""`stale_work`: work that was begun has stopped moving."""

from collections.abc import Iterator
from typing import Final

from clickup_mlops.features.discovery.findings._measuring import DAY_MS, share, to_percent
from clickup_mlops.features.discovery.model import FEW_TASKS, Finding, FindingType, Group, Trace
from clickup_mlops.flow.spread import compute_spread
from clickup_mlops.views.text import format_duration

_LEAST, _LEAST_SHARE = 5, 0.25


def look(group: Group) -> Iterator[Finding]:
    """A quarter of the work under way is in its stage for longer than nearly all work took."""
    cycles = [cycle_ms for trace in group.finished if (cycle_ms := trace.cycle_ms) is not None]
    spread = compute_spread(cycles, FEW_TASKS)
    under_way = [trace for trace in group.traces if _is_under_way(trace)]
    if spread is None:
        return
    limit_ms = max(7 * DAY_MS, spread.p95)
    stale = sum(group.now_ms - (trace.since_ms or group.now_ms) > limit_ms for trace in under_way)
    estimate = share(stale, len(under_way))
    if estimate and stale >= _LEAST and estimate.low >= _LEAST_SHARE:
        says = (
            f"{stale} of {len(under_way)} tasks under way have not moved for "
            f"{format_duration(limit_ms)}, in which 95% of the tasks are finished."
        )
        yield Finding(group.place, to_percent(estimate), "%", len(under_way), says)


def _is_under_way(trace: Trace) -> bool:
    """What has ended outside is another matter: `ended_but_open`."""
    return trace.kind == "custom" and trace.since_ms is not None and trace.ended_ms is None


FINDING: Final = FindingType(
    title="Work under way has stopped",
    definition="Share of the tasks under way that are in their stage for longer than 95% of the "
    "finished ones took in all, and over a week. Found: five, and 25% by the lower end of the "
    "interval.",
    needs=frozenset({"stages"}),
    look=look,
    advice="Close or continue each of them; let the bot ask for an update in time.",
    automations=("stale_training_run",),
)
