"""Labels a task as a live incident, or as none, by a tag. Pure."""

from collections.abc import Iterator

from clickup_mlops.automations.model import Change
from clickup_mlops.clickup.model import Task
from clickup_mlops.errors import InputError
from clickup_mlops.routing.policy import Policy


def changes(task: Task, live: bool, policy: Policy) -> Iterator[Change]:
    """What makes routing read this from the task; nothing if it does already.

    Raises:
        InputError: no tag stands for an incident.
    """
    bars = policy.incident
    desired, opposite = (bars.tags, bars.refused) if live else (bars.refused, bars.tags)
    if not desired:
        raise InputError("no tag stands for an incident: routing.incident.tags is empty")
    opposite_names, desired_names = _folded(opposite), _folded(desired)
    for tag in task.tags:
        if tag.casefold() in opposite_names:
            yield Change(f"tag:{tag}", True, False, f"- tag {tag}", {"tag": tag})
    if desired_names.isdisjoint(_folded(task.tags)):
        yield Change(f"tag:{desired[0]}", False, True, f"+ tag {desired[0]}", {"tag": desired[0]})


def kinds(policy: Policy) -> set[str]:
    """The kinds of change by which anybody says whether it is one."""
    return {f"tag:{tag}" for tag in _folded((*policy.incident.tags, *policy.incident.refused))}


def _folded(tags: tuple[str, ...]) -> set[str]:
    return {tag.casefold() for tag in tags}
