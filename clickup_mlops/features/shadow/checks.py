"""In which Lists the bot proposes, and in which it is live."""

from typing import Final

from clickup_mlops.bot.app import Bot
from clickup_mlops.features.shadow.package import ShadowPackage
from clickup_mlops.operations.findings import Check
from clickup_mlops.spelling import format_count


def _check_shadow(bot: Bot) -> str:
    package = bot.get(ShadowPackage)
    settings, modes = package.settings, package.live_lists.modes()
    live_count = sum(mode == "on" for mode in modes.values())
    if not settings.lists and not modes:
        return "no List is configured for proposals"
    place = f"#{settings.channel.lstrip('#')}" if settings.channel else settings.doc
    where = f"proposed in {place}" if place else "proposed on the dashboard only"
    picked_count = sum(mode == "shadow" for mode in modes.values())
    lists = format_count(len(settings.lists) + picked_count, "place")
    return f"{lists} {where}; {format_count(live_count, 'List')} live by itself"


CHECKS: Final = (Check("shadow", ("store",), _check_shadow),)
