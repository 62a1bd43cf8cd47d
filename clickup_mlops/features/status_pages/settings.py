"""`[status_pages]`: pages on which providers report their incidents."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from pydantic import Field, HttpUrl

from clickup_mlops.config import FileSettings, Table


class StatusPage(Table):
    """A page of a provider."""

    url: HttpUrl
    """Its address, such as `https://status.example.com`. Read is `/api/v2/incidents.json` below it,
    the public form of Atlassian Statuspage, which other makers offer, too."""
    names: tuple[str, ...] = ()
    """Words by which tasks name what it is about: `["Example AI", "example-large"]`. Without them,
    the name of the table."""


class StatusPagesSettings(Table):
    """Providers' incidents support reports of incidents in tasks that name the provider."""

    pages: Mapping[str, StatusPage] = Field(default_factory=dict)
    """The pages by name: `[status_pages.pages.example]`."""
    every: timedelta = Field(default=timedelta(minutes=1), ge=timedelta(seconds=30))
    """How often they are read. While a page does not answer, its last answer holds for an hour."""


class StatusPagesTables(FileSettings):
    """What status pages add to the configuration."""

    status_pages: StatusPagesSettings = StatusPagesSettings()
    """What providers report."""


SETTINGS: Final = StatusPagesTables
