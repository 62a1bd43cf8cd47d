"""`[incidents]`: how the rooms of incidents are read."""

from datetime import timedelta
from typing import Final

from pydantic import Field

from clickup_mlops.config import FileSettings, Table


class IncidentSettings(Table):
    """Rooms of incidents."""

    read_rooms: timedelta = Field(default=timedelta(seconds=20), ge=timedelta(0))
    """How often the room of each open incident is read for `/lead` and `/incident`, as ClickUp
    sends no events about chat. One call each time. 0: never."""


class IncidentTables(FileSettings):
    """What incidents add to the configuration."""

    incidents: IncidentSettings = IncidentSettings()
    """Rooms of incidents."""


SETTINGS: Final = IncidentTables
