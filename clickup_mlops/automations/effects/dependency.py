"""`dependency:waits:<task id>` and `dependency:blocks:<task id>`: which task waits for which."""

from collections.abc import Mapping
from typing import Any

from clickup_mlops.automations.effect_client import EffectClient
from clickup_mlops.automations.model import Change, Effect, LostWrite
from clickup_mlops.clickup.model import HistoryItem, Task

WAITS = "waits"


def write(clickup: EffectClient, task_id: str, change: Change) -> None:
    """One call, whose effect is the same when it is repeated."""
    way, other_id = _read(change)
    relations = clickup.relations
    if way == WAITS:
        call = relations.wait_for if change.after else relations.stop_waiting_for
    else:
        call = relations.block if change.after else relations.stop_blocking
    call(task_id, other_id)


def _read(change: Change) -> tuple[str, str]:
    way, _, other_id = change.subject.partition(":")
    return way, other_id


def find(_clickup: EffectClient, task: Task, change: Change, _lost_write: LostWrite) -> bool | None:
    """The task shows it."""
    way, other_id = _read(change)
    is_present = other_id in (task.depends_on if way == WAITS else task.blocks)
    return is_present == change.after or None


def echo(item: HistoryItem) -> tuple[str, bool] | None:
    """ClickUp reports the task that waits; the other is in `after`, or in `before` if removed."""
    if item.field != "dependency":
        return None
    return f"dependency:{WAITS}:{item.after or item.before}", bool(item.after)


def patch(raw: Mapping[str, Any], change: Change) -> Mapping[str, Any]:
    """With or without the dependency."""
    way, other_id = _read(change)
    # A task shows both directions in one list; which end it is decides what it means.
    waiting, on = (raw["id"], other_id) if way == WAITS else (other_id, raw["id"])
    dependencies = raw.get("dependencies") or ()
    remaining = [
        dependency
        for dependency in dependencies
        if (dependency["task_id"], dependency["depends_on"]) != (waiting, on)
    ]
    new = {"task_id": waiting, "depends_on": on}
    return {**raw, "dependencies": remaining + [new] * bool(change.after)}


EFFECT = Effect(
    summary="Which task waits for which.",
    write=write,
    find=find,
    echo=echo,
    patch=patch,
    events=("taskUpdated",),
    touches=("task.waits_for", "task.blocks"),
)
