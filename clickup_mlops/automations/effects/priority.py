"""`priority`: the task's priority, 1 (Urgent) to 4 (Low) or None."""

from collections.abc import Mapping
from typing import Any

from clickup_mlops.automations.effect_client import EffectClient
from clickup_mlops.automations.model import Change, Effect, LostWrite, unless_chosen
from clickup_mlops.clickup.model import HistoryItem, Task
from clickup_mlops.routing.decision import format_priority


def write(clickup: EffectClient, task_id: str, change: Change) -> None:
    """One call, whose effect is the same when it is repeated."""
    clickup.tasks.update(task_id, priority=change.after)


def find(_clickup: EffectClient, task: Task, change: Change, _lost_write: LostWrite) -> bool | None:
    """The task shows it."""
    return task.priority == change.after or None


def echo(item: HistoryItem) -> tuple[str, int | None] | None:
    """ClickUp reports `{"id": "2", ...}`, or nothing for none."""
    if item.field != "priority":
        return None
    # The id is the number that we write; the name is only shown.
    number = str(item.after.get("id")) if isinstance(item.after, dict) else ""
    return "priority", int(number) if number in {"1", "2", "3", "4"} else None


def patch(raw: Mapping[str, Any], change: Change) -> Mapping[str, Any]:
    """With ClickUp's own form of a priority."""
    after = change.after
    priority = after and {"id": str(after), "priority": format_priority(after).lower()}
    return {**raw, "priority": priority}


EFFECT = Effect(
    summary="The task's priority.",
    write=write,
    find=find,
    left=unless_chosen(lambda task, _: task.priority),
    echo=echo,
    patch=patch,
    history=lambda _change: "priority",
    mirrored=True,
    events=("taskPriorityUpdated", "taskUpdated"),
    touches=("task.priority",),
)
