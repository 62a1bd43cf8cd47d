"""Triggers an automation by hand: the running bot evaluates it for a task."""

from clickup_mlops.automations.model import Automation
from clickup_mlops.bot.app import Bot
from clickup_mlops.bot.lanes.internal_events import own_body
from clickup_mlops.errors import InputError
from clickup_mlops.operations.automations.files import named

SOURCE = "manual"


def trigger(bot: Bot, name: str, task_id: str) -> str:
    """Stores the event; its key. Condition, cap, mode and mutes hold as for any other event.

    Raises:
        InputError: there is no such automation, it is off, or it is not evaluated for tasks.
    """
    (automation,) = named(bot.context.in_spaces, (name,), files=False)
    if automation.is_off:
        hint = f'[automations.by_name.{name}] with mode = "on", "canary" or "shadow".'
        raise InputError(f"{name} is off", hint=hint)
    if automation.per == "workspace":
        raise InputError(f"{name} is evaluated once for the workspace, not for a task")
    key, kind = f"{SOURCE}:{name}:{task_id}:{bot.now_ms()}", _kind(automation)
    body = own_body(kind, task_id, name)
    writer = bot.core.inbox_writer
    writer.put(writer.event(key, kind, source=SOURCE, lane=task_id, body=body))
    return key


def _kind(automation: Automation) -> str:
    """Its own schedule's, else the first by name that it listens for."""
    return automation.kind if automation.kind in automation.on else min(automation.on)
