"""`hand_offs`: a task goes from person to person."""

from collections.abc import Iterator
from typing import Final

from clickup_mlops.features.discovery.findings._measuring import median
from clickup_mlops.features.discovery.model import Finding, FindingType, Group

_MOST: Final = 3


def look(group: Group) -> Iterator[Finding]:
    """Half of the finished tasks change hands at least three times."""
    changes = [len(trace.owners) - 1 for trace in group.finished if trace.owners]
    estimate = median(changes, group.place)
    if estimate and estimate.low >= _MOST:
        says = f"Half of the tasks change hands at least {estimate.value:.0f} times."
        yield Finding(group.place, estimate, "count", len(changes), says)


FINDING: Final = FindingType(
    title="Tasks change hands often",
    definition="Median number of changes of the assignee of finished tasks. Found: at least three, "
    "by the lower end of the interval.",
    needs=frozenset({"people"}),
    look=look,
    advice="Give a task one owner until it is finished; let others take subtasks.",
    is_about_people=True,
    automations=("inference_unassigned",),
)
