"""Settings of the first week."""

from datetime import timedelta
from typing import Final

from pydantic import Field

from clickup_mlops.config import FileSettings, Table

JOB: Final = "onboarding"
"""The job that writes what is new."""


class OnboardingSettings(Table):
    """Tasks with the tag of the first week: the bot completes them from what it observes. The
    template part `first_week` brings them, a List for each role.
    """

    enabled: bool = False
    """Whether the bot observes and completes."""
    tag: str = "first-week"
    """Tag of the tasks. What a task is about is another tag of it, such as `learn-why`."""
    doc: str = ""
    """Name of the doc whose page shows the progress; it is made if there is none. Empty: no
    page."""
    page: str = "First week"
    """Name of the page."""
    every: timedelta = Field(default=timedelta(minutes=10), ge=timedelta(minutes=1))
    """How often tasks are completed and the page is brought up to date: a call for each hundred
    tasks of the first week."""
    fewest: int = Field(default=5, ge=2)
    """Of a role with fewer people the page shows no numbers, only names of those who agreed."""
    writes_per_hour: int = Field(default=200, ge=1)
    """At most so many writes in an hour; the next time goes on."""


class OnboardingTables(FileSettings):
    """What the first week adds to the configuration."""

    onboarding: OnboardingSettings = OnboardingSettings()
    """Tasks of the first week with the bot."""


SETTINGS: Final = OnboardingTables
