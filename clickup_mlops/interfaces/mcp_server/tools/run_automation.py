"""Trigger an automation for a task, without waiting for an event.

The running bot evaluates it at once; its condition, cap, mode and mutes hold as for any event.
`automation_runs` shows the result. Use `simulate_automation` first if you are not sure.
"""

from clickup_mlops.operations.automations.trigger import trigger
from clickup_mlops.ports.mcp.access import Access
from clickup_mlops.ports.mcp.model import Answer, AutomationName, TaskId, Tool


class Triggered(Answer):
    """It is in the inbox of the running bot."""

    event: str
    """Key of the event."""
    automation: str
    task_id: str


def call(access: Access, *, automation: AutomationName, task: TaskId) -> Triggered:
    """Raises InputError: there is no such automation, or it is off. NotFound: no such task."""
    with access.bot() as bot:
        key = trigger(bot, automation, task)
    return Triggered(event=key, automation=automation, task_id=task)


TOOL = Tool(call, writes=True)
