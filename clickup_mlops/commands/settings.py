"""Settings of the slash commands."""

from datetime import timedelta
from typing import Literal

from pydantic import Field

from clickup_mlops.config import Table


class CommandSettings(Table):
    """Slash commands in task comments, such as `/why`."""

    enabled: bool = True
    """Whether they are answered."""
    allow: dict[str, Literal["guest", "member", "admin", "owner"]] = Field(default_factory=dict)
    """The least role that may use a command, by its name, where it is not the usual one; for
    example `mute = "admin"`."""
    believe_roles: timedelta = timedelta(minutes=10)
    """So long a member's role is believed before ClickUp is asked again. One call each time."""
