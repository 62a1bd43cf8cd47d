"""`tag:<name>`: whether the task has the tag."""

from collections.abc import Mapping
from typing import Any

from clickup_mlops.automations.effect_client import EffectClient
from clickup_mlops.automations.model import Change, Effect, LostWrite
from clickup_mlops.clickup.model import HistoryItem, Task


def write(clickup: EffectClient, task_id: str, change: Change) -> None:
    """One call, whose effect is the same when it is repeated."""
    call = clickup.tags.add if change.after else clickup.tags.remove
    call(task_id, change.subject)


def find(_clickup: EffectClient, task: Task, change: Change, _lost_write: LostWrite) -> bool | None:
    """The task shows it."""
    return (change.subject in task.tags) == change.after or None


def echo(item: HistoryItem) -> tuple[str, bool] | None:
    """ClickUp reports a list of tags: in `after` what was added, in `before` what was removed."""
    if item.field not in ("tag", "tag_removed"):
        return None
    # Removals come with `after` empty, under the same field name or another.
    named = item.after or item.before
    if not isinstance(named, list) or not named:
        return None
    return f"tag:{named[-1].get('name')}", bool(item.after)


def patch(raw: Mapping[str, Any], change: Change) -> Mapping[str, Any]:
    """With or without the tag."""
    tags = [tag for tag in raw.get("tags") or () if tag["name"] != change.subject]
    return {**raw, "tags": tags + [{"name": change.subject}] * bool(change.after)}


EFFECT = Effect(
    summary="A tag of the task.",
    write=write,
    find=find,
    echo=echo,
    patch=patch,
    history=lambda change: "tag" if change.after else "tag_removed",
    events=("taskTagUpdated", "taskUpdated"),
    touches=("task.tags",),
)
