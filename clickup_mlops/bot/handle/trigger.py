"""Triggers an automation by hand, for one task: by a command, or from the command line."""

from typing import Final

from clickup_mlops.automations.events import MANUAL, SUBTASK
from clickup_mlops.automations.model import Automation
from clickup_mlops.bot.inbox_writer import InboxWriter
from clickup_mlops.bot.internal_events import own_body
from clickup_mlops.errors import InputError
from clickup_mlops.store.ranks import Urgency, compute_rank

SOURCE: Final = MANUAL


def trigger(inbox: InboxWriter, automation: Automation, task_id: str, once: str) -> str:
    """Stores the event; its key. Condition, cap, mode and mutes hold as for any other event.

    `once`: with the same text it is stored once. Raises like `check`.
    """
    check(automation)
    key, kind = f"{SOURCE}:{automation.name}:{task_id}:{once}", _kind(automation)
    # By hand it is evaluated for this task, as if a subtask of it had changed.
    subtask = {SUBTASK: ""} if automation.per == "parent" else {}
    body = own_body(kind, task_id, automation.name, **subtask)
    rank = compute_rank(Urgency.LIVE)
    inbox.put(inbox.event(key, kind, source=SOURCE, lane=task_id, body=body, rank=rank))
    return key


def check(automation: Automation) -> None:
    """Nothing, if it can be triggered by hand.

    Raises:
        InputError: it is off, or not evaluated for tasks.
    """
    name = automation.name
    if automation.is_off:
        hint = f'[automations.by_name.{name}] with mode = "on", "canary" or "shadow".'
        raise InputError(f"{name} is off", hint=hint)
    if automation.per == "workspace":
        raise InputError(f"{name} is evaluated once for the workspace, not for a task")


def _kind(automation: Automation) -> str:
    """By hand if it listens for that, else its own schedule's, else the first by name."""
    own_kinds = (kind for kind in (MANUAL, automation.kind) if kind in automation.on)
    return next(own_kinds, min(automation.on))
