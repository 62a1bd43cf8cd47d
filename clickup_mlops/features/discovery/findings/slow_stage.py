"""`slow_stage`: work in a stage takes much longer than in the same stage elsewhere."""

from collections.abc import Iterator
from typing import Final

from clickup_mlops.features.discovery.findings import waiting_stage
from clickup_mlops.features.discovery.findings._measuring import (
    DAY_MS,
    median,
    times_in,
    worked_stages,
)
from clickup_mlops.features.discovery.model import Finding, FindingType, Group
from clickup_mlops.views.text import format_duration

_TIMES: Final = 2.0


def look(group: Group) -> Iterator[Finding]:
    """A stage of work that takes over twice as long as where it is usual."""
    finished = group.finished
    elsewhere = [trace for trace in group.others if trace.is_finished]
    queues = {finding.stage for finding in waiting_stage.look(group)}
    for stage in worked_stages(finished):
        if stage in queues:
            continue
        times_ms = times_in(finished, stage)
        length = median(times_ms, f"{group.place} {stage}")
        usual = median(times_in(elsewhere, stage), f"others {stage}")
        if length and usual and length.low >= max(DAY_MS, _TIMES * usual.high):
            says = (
                f'"{stage}" takes {format_duration(int(length.value))}, elsewhere '
                f"{format_duration(int(usual.value))} (medians)."
            )
            yield Finding(group.place, length, "ms", len(times_ms), says, stage)


FINDING: Final = FindingType(
    title="A stage of work takes longer than elsewhere",
    definition="Median time of finished tasks in a stage of work, and that of all other places in "
    "the stage of the same name. Found: twice as long, by the near ends of both intervals.",
    needs=frozenset({"stages"}),
    look=look,
    advice="Compare how both teams do it; split the stage if it hides a queue.",
)
