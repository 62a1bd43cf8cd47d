"""`status`: the task's status, by name in lower case."""

from collections.abc import Mapping
from typing import Final

from clickup_mlops.automations.effect_client import EffectClient
from clickup_mlops.automations.model import Change, Effect, LostWrite, unless_chosen
from clickup_mlops.clickup.model import HistoryItem, Task
from clickup_mlops.json_types import JsonObject

_CLOSED: Final = frozenset({"closed", "complete", "completed", "done", "cancelled", "canceled"})


def write(clickup: EffectClient, task_id: str, change: Change) -> None:
    """One call, whose effect is the same when it is repeated. Raises InputError: no such status."""
    clickup.tasks.update(task_id, status=change.after)


def find(_clickup: EffectClient, task: Task, change: Change, _lost_write: LostWrite) -> bool | None:
    """The task shows it."""
    # A List may spell its status otherwise; ClickUp treats the names alike.
    return task.status.name.casefold() == change.after or None


def echo(item: HistoryItem) -> tuple[str, str] | None:
    """ClickUp reports the status object."""
    if item.field != "status" or not isinstance(item.after, Mapping):
        return None
    return "status", str(item.after.get("status") or "").casefold()


def patch(raw: JsonObject, change: Change) -> JsonObject:
    """Whether the new status ends the work is guessed from its name: the change has no more."""
    kind = "closed" if change.after in _CLOSED else "custom"
    return {**raw, "status": {"status": change.after, "type": kind}}


EFFECT = Effect(
    summary="The task's status.",
    write=write,
    find=find,
    left=unless_chosen(lambda task, _: task.status.name.casefold()),
    echo=echo,
    patch=patch,
    history=lambda _change: "status",
    mirrored=True,
    events=("taskStatusUpdated", "taskUpdated"),
    touches=("task.status", "task.open"),
)
