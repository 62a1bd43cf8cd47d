"""`assignee:<user id>`: whether this person is assigned."""

from collections.abc import Mapping
from typing import Any

from clickup_mlops.automations.effect_client import EffectClient
from clickup_mlops.automations.model import Change, Effect, LostWrite
from clickup_mlops.clickup.model import HistoryItem, Task
from clickup_mlops.errors import Forbidden


def write(clickup: EffectClient, task_id: str, change: Change) -> None:
    """One call, whose effect is the same when it is repeated.

    Raises:
        Forbidden: ClickUp answered with success and assigned nobody.
    """
    # One person per change: what somebody else adds meanwhile is not overwritten.
    user_id = int(change.subject)
    if not change.after:
        clickup.tasks.update(task_id, assignees_rem=[user_id])
        return
    task = clickup.tasks.update(task_id, assignees_add=[user_id])
    # Measured live: so it answers for a guest who cannot see the task.
    if user_id not in {person.id for person in task.assignees}:
        name = change.shown.get("user") or user_id
        raise Forbidden(
            f"ClickUp did not assign {name}: a guest who cannot see the task?",
            status=200,
            hint="Share the List with the person.",
        )


def find(_clickup: EffectClient, task: Task, change: Change, _lost_write: LostWrite) -> bool | None:
    """The task shows it."""
    is_assigned = int(change.subject) in {person.id for person in task.assignees}
    return is_assigned == change.after or None


def echo(item: HistoryItem) -> tuple[str, bool] | None:
    """ClickUp reports the person: in `after` when added, in `before` when removed."""
    person = {"assignee_add": item.after, "assignee_rem": item.before}.get(item.field)
    if not isinstance(person, Mapping):
        return None
    return f"assignee:{person.get('id')}", item.field == "assignee_add"


def patch(raw: Mapping[str, Any], change: Change) -> Mapping[str, Any]:
    """With or without the person; the name is the one that the change shows."""
    user_id = int(change.subject)
    assignees = [
        assignee for assignee in raw.get("assignees") or () if int(assignee["id"]) != user_id
    ]
    person = {"id": user_id, "username": change.shown.get("user", "")}
    return {**raw, "assignees": assignees + [person] * bool(change.after)}


EFFECT = Effect(
    summary="Somebody who works on the task.",
    write=write,
    find=find,
    echo=echo,
    patch=patch,
    history=lambda change: "assignee_add" if change.after else "assignee_rem",
    mirrored=True,
    events=("taskAssigneeUpdated", "taskUpdated"),
    touches=("task.assignees",),
)
