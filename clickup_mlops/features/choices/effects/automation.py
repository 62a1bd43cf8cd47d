"""`automation:<name>`: what people chose about an automation: the keys of `automations.by_name`.

Kept in the bot's own store; None: as the settings have it. Costs no call.
"""

from clickup_mlops.automations.effect_client import EffectClient
from clickup_mlops.automations.model import Change, Effect, LostWrite
from clickup_mlops.clickup.model import Task
from clickup_mlops.features.choices.tables.automation_choices import AutomationChoices


def write(clickup: EffectClient, _task_id: str, change: Change) -> None:
    """Twice is the same as once."""
    choices = clickup.service(AutomationChoices)
    if change.after is None:
        choices.remove(change.subject)
    else:
        choices.put(change.subject, change.after)


def find(clickup: EffectClient, _task: Task, change: Change, _lost_write: LostWrite) -> bool | None:
    """The store shows it."""
    return clickup.service(AutomationChoices).all().get(change.subject) == change.after or None


EFFECT = Effect("What people chose about an automation.", write, find, local=True)
