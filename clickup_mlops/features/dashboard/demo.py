"""The dashboard of the demonstration, with a link into it."""

import getpass
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from clickup_mlops.ports.demo.model import Demo

if TYPE_CHECKING:
    from clickup_mlops.config import Table
    from clickup_mlops.ports.demo.environment import Environment


def dashboard_link(demo: "Environment") -> str:
    """A link into the dashboard for one person, who may do everything there."""
    from clickup_mlops.features.dashboard import grants
    from clickup_mlops.features.dashboard.address import dashboard_url

    viewer = grants.Person("", getpass.getuser(), "operator")
    created = grants.link(demo.bot.store, viewer, demo.bot.now_ms())
    return f"{dashboard_url(demo.settings)}/open/{created.token}"


def _settings(url: str) -> "Iterable[Table]":
    from clickup_mlops.features.dashboard.settings import DashboardSettings

    yield DashboardSettings(enabled=True, public_url=url)


def _hint(demo: "Environment") -> str:
    link = dashboard_link(demo)
    return f"The dashboard, by a link that works once, within ten minutes:\n  {link}"


DEMO: Final = Demo(settings=_settings, hint=_hint)
