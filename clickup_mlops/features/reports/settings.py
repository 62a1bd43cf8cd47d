"""What the feature adds to the settings file: `[reports.<name>]` and `[mail]`."""

from typing import Annotated, Final

from pydantic import Field

from clickup_mlops.config import FileSettings
from clickup_mlops.features.reports.delivery.mail_settings import MailSettings
from clickup_mlops.features.reports.delivery.settings import NAME, ReportSettings


class ReportTables(FileSettings):
    """What reports add to the configuration."""

    reports: dict[Annotated[str, Field(pattern=NAME)], ReportSettings] = Field({})
    """Reports that are sent by the clock: `[reports.weekly]` and so on, each with `every`, `at` and
    `[reports.<name>.targets.<target>]`. The page "Schedule a report" has their keys."""
    mail: MailSettings = MailSettings()
    """How e-mail is sent."""


SETTINGS: Final = ReportTables
