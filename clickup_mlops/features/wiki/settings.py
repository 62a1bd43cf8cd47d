"""Settings of the wiki."""

from datetime import timedelta
from typing import Final

from pydantic import Field

from clickup_mlops.config import FileSettings, Table

JOB: Final = "wiki"
"""The job that writes what is new."""


class WikiSettings(Table):
    """Pages in ClickUp Docs, one for each model or service that has metric fields."""

    doc: str = ""
    """Name of the doc that has the pages; it is made if there is none. Empty: no pages."""
    update_every: timedelta = Field(default=timedelta(hours=1), ge=timedelta(minutes=5))
    """How often they are brought up to date. A page on which nothing has changed costs no call,
    any other three."""
    model_field: str = "Model"
    """Custom field whose value names the page; tasks with the same value share one. A task without
    it has a page under its own name."""
    writes_per_hour: int = Field(default=60, ge=1)
    """At most so many writes in an hour; the next time goes on."""


class WikiTables(FileSettings):
    """What the wiki adds to the configuration."""

    wiki: WikiSettings = WikiSettings()
    """Pages about models in ClickUp Docs."""


SETTINGS: Final = WikiTables
