"""`link:<task id>`: whether the task and another one show each other."""

from collections.abc import Mapping
from typing import Any

from clickup_mlops.automations.effect_client import EffectClient
from clickup_mlops.automations.model import Change, Effect, LostWrite
from clickup_mlops.clickup.model import HistoryItem, Task


def write(clickup: EffectClient, task_id: str, change: Change) -> None:
    """One call, whose effect is the same when it is repeated."""
    call = clickup.relations.link if change.after else clickup.relations.unlink
    call(task_id, change.subject)


def find(_clickup: EffectClient, task: Task, change: Change, _lost_write: LostWrite) -> bool | None:
    """The task shows it."""
    return (change.subject in task.links) == change.after or None


def echo(item: HistoryItem) -> tuple[str, bool] | None:
    """ClickUp reports the other task: in `after` when linked, in `before` when not any more."""
    if item.field != "linked_task":
        return None
    return f"link:{item.after or item.before}", bool(item.after)


def patch(raw: Mapping[str, Any], change: Change) -> Mapping[str, Any]:
    """With or without the link."""
    # A link has no direction: either task may be first.
    ends = {raw["id"], change.subject}
    links = raw.get("linked_tasks") or ()
    remaining = [entry for entry in links if {entry["task_id"], entry["link_id"]} != ends]
    link = {"task_id": raw["id"], "link_id": change.subject}
    return {**raw, "linked_tasks": remaining + [link] * bool(change.after)}


EFFECT = Effect(
    summary="A link between two tasks.",
    write=write,
    find=find,
    echo=echo,
    patch=patch,
    events=("taskUpdated",),
)
