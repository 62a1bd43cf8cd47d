"""What the feature adds to the settings file: `[survey]`."""

from datetime import timedelta
from pathlib import Path
from typing import Final

from pydantic import Field

from clickup_mlops.config import FileSettings, Table


class SurveySettings(Table):
    """Questions to the team before a move; see `clickup-mlops discover survey`."""

    enabled: bool = False
    """Serve the form at `/survey`. Without it, answers come from files."""
    public_url: str = ""
    """The server's address for people, such as https://bot.example.org."""
    folder: Path | None = None
    """Folder with questionnaires, a TOML file for each role. Unset: those of the installation."""
    link_lasts: timedelta = Field(timedelta(days=14), gt=timedelta(0))
    """How long a link can be used."""


class SurveyTables(FileSettings):
    """What discovery adds to the configuration."""

    survey: SurveySettings = SurveySettings()
    """Questions to the team."""


SETTINGS: Final = SurveyTables
"""The tables."""
