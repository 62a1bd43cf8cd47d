"""`due`: the task's due date in Unix milliseconds, or None."""

from typing import Any

from clickup_mlops.automations.effect_client import EffectClient
from clickup_mlops.automations.model import Change, Effect, LostWrite, unless_chosen
from clickup_mlops.clickup.model import HistoryItem, Task, parse_number
from clickup_mlops.json_types import JsonObject
from clickup_mlops.store.journal_rows import ANY


def write(clickup: EffectClient, task_id: str, change: Change) -> None:
    """One call, whose effect is the same when it is repeated."""
    clickup.tasks.update(task_id, due_ms=change.after)


def find(_clickup: EffectClient, task: Task, change: Change, _lost_write: LostWrite) -> bool | None:
    """The task shows it."""
    return task.due_ms == change.after or None


def echo(item: HistoryItem) -> tuple[str, Any] | None:
    """ClickUp reports the new date as digits, or nothing for none; before it may stand how the
    duration changed by that.
    """
    # Reported first, without the date: recognised, so that it does not count as a person's change.
    if item.field == "duration":
        return "due", ANY
    return ("due", parse_number(item.after)) if item.field == "due_date" else None


def patch(raw: JsonObject, change: Change) -> JsonObject:
    """As digits."""
    return {**raw, "due_date": None if change.after is None else str(change.after)}


EFFECT = Effect(
    summary="The task's due date.",
    write=write,
    find=find,
    left=unless_chosen(lambda task, _: task.due_ms),
    echo=echo,
    patch=patch,
    history=lambda _change: "due_date",
    mirrored=True,
    events=("taskDueDateUpdated", "taskUpdated"),
    touches=("task.due", "task.has_due"),
)
