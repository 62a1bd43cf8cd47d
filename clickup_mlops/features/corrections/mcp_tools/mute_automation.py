"""Stop one automation from acting on one task for some hours.

Use it where an automation is in people's way on a task. A mute that lasts longer stays as it is.
`clickup-mlops mutes end`, or `/unmute` in a comment, ends it.
"""

from typing import Annotated

from pydantic import Field

from clickup_mlops.features.corrections.mutes import mute
from clickup_mlops.ports.mcp.access import ACTOR, Access
from clickup_mlops.ports.mcp.model import Answer, AutomationName, TaskId, Tool, iso
from clickup_mlops.store import Mute

_HOUR_MS = 3_600_000
Hours = Annotated[int, Field(ge=1, le=720, description="For how long.")]
Because = Annotated[str, Field(max_length=200, description="The reason, which people read.")]


class Muted(Answer):
    """The mute that holds now."""

    automation: str
    task_id: str
    until: str
    """ISO 8601, UTC."""


def call(
    access: Access,
    *,
    automation: AutomationName,
    task: TaskId,
    hours: Hours = 24,
    because: Because = "",
) -> Muted:
    """Raises InputError: there is no such automation. NotFound: there is no such task."""
    until_ms = access.now_ms() + hours * _HOUR_MS
    with access.bot() as bot:
        held = mute(bot, Mute(task, automation, until_ms, "mcp", ACTOR, because))
    return Muted(automation=held.automation, task_id=held.task_id, until=iso(held.until_ms))


TOOL = Tool(call, writes=True)
