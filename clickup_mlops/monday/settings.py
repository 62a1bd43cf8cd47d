"""Settings: how to reach Monday.com."""

from datetime import timedelta

from pydantic import Field, SecretStr

from clickup_mlops.config import Table


class MondaySettings(Table):
    """How to reach Monday.com, to migrate from it."""

    token: SecretStr = SecretStr("")
    """Personal API token. Better kept in the environment as `CLICKUP_MLOPS_MONDAY__TOKEN`, or in
    the secrets folder, than in a file."""
    base_url: str = "https://api.monday.com"
    """Where the API is. Point it at the sandbox to try things out."""
    api_version: str = Field(default="2026-10", pattern=r"\d{4}-(01|04|07|10)")
    """The version of the API, sent with every call. The queries are written for the default."""
    timeout: timedelta = Field(timedelta(seconds=60), gt=timedelta(0))
    """How long one call may take; Monday.com itself ends a call after 60 seconds."""
