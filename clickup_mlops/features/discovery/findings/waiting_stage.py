"""`waiting_stage`: work that has begun waits in a stage, such as a queue for review."""

from collections.abc import Iterator
from typing import Final

from clickup_mlops.features.discovery.findings._measuring import (
    DAY_MS,
    median,
    times_in,
    worked_stages,
)
from clickup_mlops.features.discovery.model import Finding, FindingType, Group
from clickup_mlops.features.discovery.words import is_waiting, waits_for
from clickup_mlops.views.text import format_duration

_LEAST_SHARE: Final = 0.35
"""Of the time since work began."""


def look(group: Group) -> Iterator[Finding]:
    """A stage whose name says that work waits, in which it spends over a third of its time."""
    finished = group.finished
    for stage in filter(is_waiting, worked_stages(finished)):
        times_ms = times_in(finished, stage)
        shares = [
            sum(spent.ms for spent in trace.worked if spent.stage == stage) / cycle_ms
            for trace in finished
            if (cycle_ms := trace.cycle_ms) and any(part.stage == stage for part in trace.worked)
        ]
        length, part = median(times_ms, f"{group.place} {stage}"), median(shares, stage)
        if length and part and length.low >= DAY_MS and part.low >= _LEAST_SHARE:
            says = (
                f'Half of the tasks wait over {format_duration(int(length.value))} in "{stage}": '
                f"{part.value:.0%} of the time since work on them began. By its name they wait for "
                f"{waits_for(stage)}."
            )
            yield Finding(group.place, length, "ms", len(times_ms), says, stage)


FINDING: Final = FindingType(
    title="Work waits in a stage",
    definition="Median time of finished tasks in a stage whose name says that they wait. Found: "
    "at least a day, and 35% of the time since work began, by the lower ends of both intervals. "
    "Names such as In review, Awaiting approval, QA and Blocked say so, in ten languages.",
    needs=frozenset({"stages"}),
    look=look,
    advice="Limit how many tasks are in work at the same time, and say who takes the next one.",
    automations=("blocked_inference",),
)
