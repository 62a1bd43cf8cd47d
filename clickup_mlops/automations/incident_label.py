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
    wanted, others = (bars.tags, bars.refused) if live else (bars.refused, bars.tags)
    if not wanted:
        raise InputError("no tag stands for an incident: routing.incident.tags is empty")
    unwanted, known = _folded(others), _folded(wanted)
    for tag in task.tags:
        if tag.casefold() in unwanted:
            yield Change(f"tag:{tag}", True, False, f"- tag {tag}", {"tag": tag})
    if known.isdisjoint(_folded(task.tags)):
        yield Change(f"tag:{wanted[0]}", False, True, f"+ tag {wanted[0]}", {"tag": wanted[0]})


def kinds(policy: Policy) -> set[str]:
    """The kinds of change by which anybody says whether it is one."""
    return {f"tag:{tag}" for tag in _folded((*policy.incident.tags, *policy.incident.refused))}


def _folded(tags: tuple[str, ...]) -> set[str]:
    return {tag.casefold() for tag in tags}
