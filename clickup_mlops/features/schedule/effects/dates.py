"""`dates`: the task's start and due date in one call; each in Unix milliseconds, or None."""

from typing import Any

from clickup_mlops.automations.effect_client import EffectClient
from clickup_mlops.automations.model import Change, Effect, LostWrite, unless_chosen
from clickup_mlops.clickup.model import HistoryItem, Task
from clickup_mlops.json_types import JsonObject
from clickup_mlops.store.journal_rows import ANY


def read(task: Task) -> dict[str, Any]:
    """The dates of a task, as `before` and `after` have them."""
    return {"start": task.start_ms, "due": task.due_ms}


def write(clickup: EffectClient, task_id: str, change: Change) -> None:
    """One call, whose effect is the same when it is repeated."""
    clickup.tasks.update(task_id, start_ms=change.after["start"], due_ms=change.after["due"])


def find(_clickup: EffectClient, task: Task, change: Change, _lost_write: LostWrite) -> bool | None:
    """The task shows both."""
    return read(task) == change.after or None


def echo(item: HistoryItem) -> tuple[str, Any] | None:
    """ClickUp reports each date by an item of its own, and neither of them shows the other one."""
    return ("dates", ANY) if item.field in ("start_date", "due_date", "duration") else None


def patch(raw: JsonObject, change: Change) -> JsonObject:
    """As digits."""
    texts = {name: None if at_ms is None else str(at_ms) for name, at_ms in change.after.items()}
    return {**raw, "start_date": texts["start"], "due_date": texts["due"]}


EFFECT = Effect(
    summary="The task's start and due date.",
    write=write,
    find=find,
    left=unless_chosen(lambda task, _: read(task)),
    echo=echo,
    patch=patch,
    history=lambda _change: "start_date",
    mirrored=True,
    events=("taskDueDateUpdated", "taskUpdated"),
    touches=("task.due", "task.has_due", "task.start"),
)
