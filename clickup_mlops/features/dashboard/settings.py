"""Settings of the dashboard and of its saved views."""

from datetime import timedelta
from typing import Final, Literal

from pydantic import Field, SecretStr

from clickup_mlops.config import FileSettings, Table


class SavedView(Table):
    """A page as somebody wants to find it again."""

    page: str
    """The page: `now`, `model`, `infrastructure`, `flow` or `automations`."""
    target: str = ""
    """What the page is about, such as a model's name or a task's id. Empty: its overview."""
    range: Literal["1h", "6h", "24h", "7d", "30d", "90d"] = "24h"
    """How far back charts go."""
    sections: tuple[str, ...] = ()
    """Only these sections, by key. Empty: all."""


class DashboardSettings(Table):
    """The dashboard, under `/dashboard` of the server."""

    enabled: bool = False
    """Whether it is served."""
    public_url: str = ""
    """Address at which people reach the server, such as `https://bot.example.org`; for sign-in and
    links. Empty: `http://<host>:<port>` of `[server]`."""
    client_id: str = ""
    """Client id of the OAuth app in ClickUp. Empty: people get in by `clickup-mlops dashboard open`
    alone."""
    client_secret: SecretStr = SecretStr("")
    """Its secret. Put it into the environment or the secrets folder."""
    operators: tuple[str, ...] = ()
    """E-mail addresses or user ids of members who may also undo and replay. All other members may
    look."""
    session_duration: timedelta = Field(default=timedelta(hours=12), gt=timedelta(0))
    """How long a sign-in lasts."""
    access_duration: timedelta = Field(
        default=timedelta(minutes=5), ge=timedelta(0), le=timedelta(hours=1)
    )
    """How long it is remembered which Lists a person sees who signed in with ClickUp. Asking takes
    2 calls with the person's own token, and 2 for each Space."""
    embed_duration: timedelta = Field(default=timedelta(days=90), gt=timedelta(0))
    """How long a link for ClickUp's Embed view works, unless the command says otherwise."""
    refresh_every: timedelta = Field(default=timedelta(seconds=15), ge=timedelta(seconds=5))
    """How often an open page looks for news."""
    views: dict[str, SavedView] = Field({})
    """Saved views by name: `[dashboard.views.<name>]`."""

    @property
    def shared_url(self) -> str:
        """Its address for people elsewhere, without a slash at its end; empty: it has none."""
        return self.public_url.rstrip("/") if self.enabled else ""


class DashboardTables(FileSettings):
    """What the dashboard adds to the configuration."""

    dashboard: DashboardSettings = DashboardSettings()
    """The dashboard."""


SETTINGS: Final = DashboardTables
