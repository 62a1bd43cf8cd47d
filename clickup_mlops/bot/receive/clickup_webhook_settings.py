"""`[hooks]`: the webhook that the bot keeps registered in ClickUp."""

from datetime import timedelta
from typing import Final, get_args

from pydantic import Field

from clickup_mlops.clickup.webhook import WebhookEvent
from clickup_mlops.config import Table

TASK_EVENTS: Final[tuple[WebhookEvent, ...]] = tuple(
    event for event in get_args(WebhookEvent) if event.startswith("task")
)


class HooksSettings(Table):
    """The webhook that the bot keeps registered in ClickUp."""

    public_url: str = ""
    """The address under which ClickUp reaches this bot, for example
    `https://bot.example.org/hooks/clickup`. Empty: no webhook is registered or healed."""
    space_id: str = ""
    """Only events of this Space. Empty: the whole Workspace."""
    list_id: str = ""
    """Only events of this List. Empty: the Space or the whole Workspace."""
    events: tuple[WebhookEvent, ...] = TASK_EVENTS
    """The events to ask for, or `["*"]` for all."""
    check_every: timedelta = Field(timedelta(seconds=30), gt=timedelta(0))
    """How often to check that the webhook exists, is active and is configured like this. One call
    each time. A broken webhook is noticed and repaired within this time."""
    rotation: timedelta = timedelta(hours=1)
    """After `hooks rotate` the old secret stays valid for this long, for deliveries on the way."""
