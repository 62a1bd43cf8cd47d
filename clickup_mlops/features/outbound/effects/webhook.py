"""`webhook:<automation>#<event>` and the like: a message to another system, `{"to", "body"}`.

Written is what goes into the bot's outbox; from there it is sent and, if need be, sent again.
"""

import hashlib

from clickup_mlops.automations.effect_client import EffectClient
from clickup_mlops.automations.model import Change, Effect, LostWrite, Receipt
from clickup_mlops.clickup.model import Task
from clickup_mlops.features.outbound.outbound import Outbound


def write(clickup: EffectClient, task_id: str, change: Change) -> str:
    """No call; the delivery's id, by which the receiver recognises repetitions."""
    delivery = _delivery(task_id, change)
    clickup.service(Outbound).send(delivery, change.after["to"], change.after["body"], task_id)
    return delivery


def find(clickup: EffectClient, task: Task, change: Change, _lost_write: LostWrite) -> str | None:
    """It is in the outbox."""
    delivery = _delivery(task.id, change)
    return delivery if clickup.service(Outbound).is_stored(delivery) else None


def _delivery(task_id: str, change: Change) -> str:
    # The same change gives the same id, so that a repetition is recognised by both sides.
    about = f"{task_id} {change.kind}{change.after.get('ref', '')}"
    return f"msg_{hashlib.sha256(about.encode()).hexdigest()[:24]}"


def undo(_change: Change, _receipt: Receipt) -> None:
    """A message that was sent cannot be undone."""


EFFECT = Effect("A message to another system.", write, find, undo)
