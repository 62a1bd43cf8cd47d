"""The dashboard as a site of the bot's server, where the settings enable it."""

from typing import TYPE_CHECKING

from clickup_mlops.features.dashboard.settings import DashboardSettings
from clickup_mlops.ports.web.site import Site

if TYPE_CHECKING:
    from clickup_mlops.bot.app import Bot


def build_site(bot: "Bot") -> Site | None:
    """The dashboard of this bot; None: it is not enabled.

    Raises:
        ConfigError: a setting of it cannot be used.
    """
    if not bot.settings.table(DashboardSettings).enabled:
        return None
    from clickup_mlops.features.dashboard.web.app import serve

    return serve(bot)


SITE = build_site
