"""`webhook:<automation>#<event>` and the like: a message to another system, `{"to", "body"}`.

Written is what goes into the bot's outbox; from there it is sent and, if need be, sent again.
"""

import hashlib
from collections.abc import Mapping
from typing import Any, Protocol

from clickup_mlops.automations.model import Change, Effect, Lost
from clickup_mlops.clickup.model import Task


class Outbox(Protocol):
    """Where messages wait for being sent."""

    def send(self, delivery: str, to: str, body: Mapping[str, Any]) -> None:
        """Keeps a message; twice is the same as once. Raises InputError: it cannot be sent."""

    def has(self, delivery: str) -> bool:
        """Whether it was kept."""


class ClickUp(Protocol):
    """The part of the bot's client that this effect uses."""

    @property
    def outbox(self) -> Outbox:
        """Messages to other systems."""


def write(clickup: ClickUp, task_id: str, change: Change) -> str:
    """No call; the delivery's id, which the receiver can tell repetitions by."""
    delivery = _delivery(task_id, change)
    clickup.outbox.send(delivery, change.after["to"], change.after["body"])
    return delivery


def find(clickup: ClickUp, task: Task, change: Change, _lost: Lost) -> str | None:
    """It is in the outbox."""
    delivery = _delivery(task.id, change)
    return delivery if clickup.outbox.has(delivery) else None


def _delivery(task_id: str, change: Change) -> str:
    about = f"{task_id} {change.kind}{change.after.get('ref', '')}"
    return f"msg_{hashlib.sha256(about.encode()).hexdigest()[:24]}"


def undo(_change: Change, _receipt: Any) -> None:
    """What was said cannot be taken back."""


EFFECT = Effect("A message to another system.", write, find, undo)
