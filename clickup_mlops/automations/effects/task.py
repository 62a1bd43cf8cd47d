"""`task:<key>`: a task that was made because of this one.

`after` is what it is made of. The last line of its description names the task and the key that it
was made for, so that it is found again when the answer to the call was lost.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

from clickup_mlops.automations.effect_client import EffectClient
from clickup_mlops.automations.model import Change, Effect, LostWrite, Receipt
from clickup_mlops.automations.report_subject import ABOUT
from clickup_mlops.clickup.model import Event, FieldDefinition, Task
from clickup_mlops.errors import NotFound
from clickup_mlops.routing.own_words import MARK


def write(clickup: EffectClient, task_id: str, change: Change) -> str | None:
    """One call; the new task's id. Nothing as `after` deletes the one that was made."""
    if change.after is None:
        with suppress(NotFound):  # a person may have removed it
            clickup.tasks.delete(change.before["id"])
        return None
    # A copy: what is popped here must stay in the journalled change.
    attributes = dict(change.after)
    list_id, name = attributes.pop("list_id"), attributes.pop("name")
    for ours in ("keep_ms", ABOUT):  # for whoever sees the task first
        attributes.pop(ours, None)
    text = f"{attributes.pop('text')}\n\n{_mark(task_id, change)}".strip()
    fields = [
        (FieldDefinition(field["id"], "", field["type"]), field["value"])
        for field in attributes.pop("fields", ())
    ]
    return clickup.tasks.create(list_id, name, markdown=text, raw_fields=fields, **attributes).id


def find(
    clickup: EffectClient, task: Task, change: Change, lost_write: LostWrite
) -> Receipt | bool:
    """One that carries the mark, wherever it was moved. A call for each 100 tasks that are as new;
    the oldest first, because it was made when the write began.
    """
    if change.after is None:
        return _is_gone(clickup, change.before["id"])
    mark = _mark(task.id, change)
    # The whole Workspace: an automation of the team's own may have moved it at once.
    recent = clickup.tasks.in_workspace(
        clickup.workspace_id, created_after_ms=lost_write.since_ms, order_by="created", reverse=True
    )
    ours = (
        candidate.id for candidate in recent if mark in map(str.strip, candidate.text.splitlines())
    )
    return next((task_id for task_id in ours if not lost_write.taken(task_id)), None)


def _is_gone(clickup: EffectClient, task_id: str) -> bool | None:
    try:
        clickup.tasks.get(task_id)
    except NotFound:
        return True
    return None


def _mark(task_id: str, change: Change) -> str:
    return f"{MARK}{task_id}/{change.subject}"


def left(task: Task, change: Change) -> Change:
    """A subtask belongs in the List that its parent is in by now."""
    desired = change.after
    if desired is None or desired.get("parent_id") != task.id:
        return change
    return replace(change, after={**desired, "list_id": task.list_id})


def undo(change: Change, receipt: Receipt) -> Change | None:
    """What was made goes to the trash. What went there only a person can bring back."""
    if change.after is None or receipt is None:
        return None
    before = {"id": receipt, **change.after}
    return Change(change.kind, before, None, f"undo: {change.text}", {"task": receipt})


def receipt_in(event: Event) -> str | None:
    """The id of a task that was created."""
    return event.task_id if event.creates else None


def made_task(receipt: Receipt) -> str | None:
    """The receipt is its id."""
    return None if receipt is None else str(receipt)


def makes(change: Change, task_id: str, now_ms: int) -> Mapping[str, Any] | None:
    """As ClickUp shows a new task; the name of its List is not known."""
    attributes = change.after
    if attributes is None:
        return None
    priority = attributes.get("priority")
    return {
        "id": task_id,
        "name": attributes["name"],
        "text_content": attributes.get("text", ""),
        "list": {"id": attributes["list_id"], "name": ""},
        "status": {"status": attributes.get("status") or "to do", "type": "open"},
        "priority": priority and {"id": str(priority)},
        "tags": [{"name": tag} for tag in attributes.get("tags") or ()],
        "parent": attributes.get("parent_id"),
        "date_created": str(now_ms),
        "date_updated": str(now_ms),
    }


EFFECT = Effect(
    summary="Another task, made because of this one.",
    write=write,
    find=find,
    undo=undo,
    left=left,
    receipt_in=receipt_in,
    made_task=made_task,
    makes=makes,
    makes_new=True,
    events=("taskCreated", "taskStatusUpdated"),
)
