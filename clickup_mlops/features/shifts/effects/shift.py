"""`shift:<rotation>:<begin>:<said at>` (Unix ms): somebody is on call for some time, whatever the
rotation says.

Kept in the bot's own store, as `ShiftOverrides` has it; None: the rotation holds. Costs no call.
"""

from clickup_mlops.automations.effect_client import EffectClient
from clickup_mlops.automations.model import Change, Effect, LostWrite
from clickup_mlops.clickup.model import Task
from clickup_mlops.features.shifts.tables.shift_overrides import ShiftOverrides


def write(clickup: EffectClient, _task_id: str, change: Change) -> None:
    """Twice is the same as once."""
    overrides, (rotation, *moments) = clickup.service(ShiftOverrides), _split(change)
    if change.after is None:
        overrides.remove(rotation, *moments)
    else:
        overrides.put(rotation, change.after)


def find(clickup: EffectClient, _task: Task, change: Change, _lost_write: LostWrite) -> bool | None:
    """The store shows it."""
    return clickup.service(ShiftOverrides).get(*_split(change)) == change.after or None


def _split(change: Change) -> tuple[str, int, int]:
    rotation, begin, at = change.subject.rsplit(":", 2)
    return rotation, int(begin), int(at)


EFFECT = Effect("Somebody takes over a shift of a rotation.", write, find, local=True)
