"""Settings of the slash commands."""

from datetime import timedelta
from typing import Literal

from pydantic import Field

from clickup_mlops.config import Table

Notice = Literal["log", "comment", "off"]


class CommandSettings(Table):
    """Slash commands in task comments, such as `/why`."""

    enabled: bool = True
    """Whether slash commands are executed and answered."""
    allow: dict[str, Literal["guest", "member", "admin", "owner"]] = Field(default_factory=dict)
    """Minimum role by command name, where it differs from the default; for example
    `mute = "admin"`."""
    hold_notice: Notice = "log"
    """How people are notified, once, that a priority that a person chose ends within a day: in the
    `log`, by a `comment` on the task, or not (`off`). For a shorter hold: within its last
    quarter."""
    remember_roles: timedelta = timedelta(minutes=10)
    """How long a member's role is cached. Each refresh costs one call."""
