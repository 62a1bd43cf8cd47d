"""`move`: the task's home List, by id. A status that was mapped on the way is not mapped back."""

from collections.abc import Iterable, Mapping

from clickup_mlops.automations.effect_client import EffectClient
from clickup_mlops.automations.model import Change, Effect, LostWrite, unless_chosen
from clickup_mlops.clickup.model import HistoryItem, Status, Task
from clickup_mlops.errors import ApiError, NotFound, RetryableApiError
from clickup_mlops.json_types import JsonObject


def write(clickup: EffectClient, task_id: str, change: Change) -> None:
    """One call; four if the task's status does not exist in the new List."""
    try:
        clickup.tasks.move(clickup.workspace_id, task_id, change.after)
    # Another try with mapped statuses would not help against these.
    except (RetryableApiError, NotFound):
        raise
    except ApiError:
        statuses = _mapped(clickup, task_id, change.after)
        clickup.tasks.move(clickup.workspace_id, task_id, change.after, statuses=statuses)


def _mapped(clickup: EffectClient, task_id: str, list_id: str) -> list[tuple[str, str]]:
    current = clickup.tasks.get(task_id).status
    target = most_similar(current, clickup.lists.get(list_id).statuses)
    return [(current.id or "", target.id or "")] if target else []


def most_similar(current: Status, candidates: Iterable[Status]) -> Status | None:
    """The status of another List that is most like this one: its name, else its kind, else any."""
    # A status that is only similar loses less than a move that fails.
    ranked = sorted(
        candidates,
        key=lambda status: (
            status.name.casefold() != current.name.casefold(),
            status.kind != current.kind,
        ),
    )
    return next(iter(ranked), None)


def find(_clickup: EffectClient, task: Task, change: Change, _lost_write: LostWrite) -> bool | None:
    """The task shows it."""
    return task.list_id == change.after or None


def echo(item: HistoryItem) -> tuple[str, str] | None:
    """ClickUp reports both Lists."""
    if item.field != "section_moved" or not isinstance(item.after, Mapping):
        return None
    return "move", str(item.after.get("id"))


def patch(raw: JsonObject, change: Change) -> JsonObject:
    """The List's id; its name if the change shows it."""
    return {**raw, "list": {"id": change.after, "name": change.shown.get("list", "")}}


EFFECT = Effect(
    summary="The List that the task is in.",
    write=write,
    find=find,
    left=unless_chosen(lambda task, _: task.list_id),
    echo=echo,
    patch=patch,
    history=lambda _change: "section_moved",
    events=("taskMoved", "taskUpdated"),
    touches=("task.list", "task.list_id", "task.folder_id", "task.space_id", "task.status"),
)
