"""Settings of migrations."""

from typing import Final

from clickup_mlops.config import FileSettings
from clickup_mlops.monday.settings import MondaySettings


class MigrationTables(FileSettings):
    """What migrations add to the configuration."""

    monday: MondaySettings = MondaySettings()
    """How to reach Monday.com, to migrate from it."""


SETTINGS: Final = MigrationTables
