"""`list_mode:<List id>`: whether the bot writes in that List: `on`, `shadow`, or None: as the bot.

Kept in the bot's own store. Costs no call.
"""

from clickup_mlops.automations.effect_client import EffectClient
from clickup_mlops.automations.model import Change, Effect, LostWrite
from clickup_mlops.clickup.model import Task
from clickup_mlops.features.shadow.live_lists import LiveLists
from clickup_mlops.features.shadow.tables.list_modes import LIST_MODES


def write(clickup: EffectClient, _task_id: str, change: Change) -> None:
    """Twice is the same as once."""
    mode = next((mode for mode in LIST_MODES if mode == change.after), None)
    clickup.service(LiveLists).set(change.subject, mode)


def find(clickup: EffectClient, _task: Task, change: Change, _lost_write: LostWrite) -> bool | None:
    """The store shows it."""
    return clickup.service(LiveLists).modes().get(change.subject) == change.after or None


EFFECT = Effect("Whether the bot writes in a List.", write, find, local=True)
