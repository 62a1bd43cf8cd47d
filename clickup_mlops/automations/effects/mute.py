"""`mute:<automation>`: the automation, or `metrics`, leaves the task alone for a while.

Kept in the bot's own store: `{"until_ms", "automation", "user", "user_id", "because"}`, in which
`automation` is the command or `undo` that muted it; or None. Costs no call.
"""

from clickup_mlops.automations.effect_client import EffectClient
from clickup_mlops.automations.model import Change, Effect, LostWrite
from clickup_mlops.clickup.model import Task
from clickup_mlops.store.tables.mutes import Mute


def write(clickup: EffectClient, task_id: str, change: Change) -> None:
    """Twice is the same as once."""
    if change.after is None:
        clickup.mutes.end(task_id, change.subject)
    else:
        clickup.mutes.put(_mute(task_id, change))


def find(clickup: EffectClient, task: Task, change: Change, _lost_write: LostWrite) -> bool | None:
    """The store shows it; that it ended by itself is the same as nobody's mute."""
    mute = clickup.mutes.of(task.id, 0).get(change.subject)
    if change.after is None:
        return mute is None or None
    return mute == _mute(task.id, change) or None


def _mute(task_id: str, change: Change) -> Mute:
    after = change.after
    return Mute(
        task_id,
        change.subject,
        after["until_ms"],
        after["automation"],
        after["user"],
        after["because"],
        after.get("user_id"),
    )


EFFECT = Effect("An automation leaves the task alone for a while.", write, find, local=True)
