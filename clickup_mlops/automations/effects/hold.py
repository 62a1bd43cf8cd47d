"""`hold`: a priority that routing leaves alone for a while, as it does with a person's choice.

Kept in the bot's own store: `{"priority", "since_ms", "until_ms"}`, with `automation` (the
automation or command that holds it), and `user_id`, `user` and `because` if a person asked for it;
`origin` and `created_ms` if the task had it when it was first seen; or None. Costs no call.
"""

from collections.abc import Mapping
from typing import Any

from clickup_mlops.automations.effect_client import EffectClient
from clickup_mlops.automations.model import Change, Effect, LostWrite
from clickup_mlops.clickup.model import Task
from clickup_mlops.json_types import JsonObject
from clickup_mlops.store.tables.overrides import CHANGE, Override


def write(clickup: EffectClient, task_id: str, change: Change) -> None:
    """Twice is the same as once."""
    before, after = change.before, change.after
    if after is None:
        if before is None or _is_held(clickup, task_id, before):
            clickup.overrides.release(task_id)
        return
    clickup.overrides.put(
        task_id,
        after["priority"],
        after.get("user_id"),
        after["since_ms"],
        after["until_ms"],
        set_by=after.get("automation", ""),
        user_name=after.get("user", ""),
        because=after.get("because", ""),
        origin=after.get("origin", CHANGE),
        created_ms=after.get("created_ms", 0),
        # What is put back is older: it would not be kept.
        instead=before is not None and _is_held(clickup, task_id, before),
    )


def as_effect(override: Override) -> JsonObject:
    """What is kept of a task's priority, as this effect has it."""
    times = {"since_ms": override.since_ms, "until_ms": override.until_ms}
    author = {
        "automation": override.set_by,
        "user_id": override.user_id,
        "user": override.user_name,
    }
    first = {"origin": override.origin, "created_ms": override.created_ms}
    return {"priority": override.priority, **times, **author, "because": override.because, **first}


def _is_held(clickup: EffectClient, task_id: str, hold: Mapping[str, Any]) -> bool:
    # The end tells two holds of the same task apart; the priority may be the same.
    override = clickup.overrides.get(task_id, hold["since_ms"])
    return override is not None and override.until_ms == hold["until_ms"]


def find(clickup: EffectClient, task: Task, change: Change, _lost_write: LostWrite) -> bool | None:
    """The store shows it."""
    hold = change.after or change.before or {}
    if change.after is None:
        return clickup.overrides.get(task.id, hold["since_ms"]) is None or None
    return _is_held(clickup, task.id, hold) or None


EFFECT = Effect("A priority that routing leaves alone for a while.", write, find, local=True)
