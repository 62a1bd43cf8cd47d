"""Has the bot write in a List, or not; the viewer is recorded as who asked for it."""

from collections.abc import Mapping

from clickup_mlops.bot.app import Bot
from clickup_mlops.errors import InputError
from clickup_mlops.features.shadow import operations
from clickup_mlops.features.shadow.tables.list_modes import ListMode
from clickup_mlops.ports.dashboard.model import ActionType, Viewer


def _run(bot: Bot, viewer: Viewer, fields: Mapping[str, str]) -> str:
    """Fields `list` (an id) and `mode` (`on`, or `shadow`).

    Raises:
        InputError: it is so already.
    """
    list_id = fields.get("list", "")
    if not viewer.access.sees(list_id):
        raise InputError(f"there is no List {list_id}", hint="Reload the page, and try again.")
    mode: ListMode = "on" if fields.get("mode") == "on" else "shadow"
    operations.switch(bot, list_id, mode, actor=viewer.actor)
    return "The List is live." if mode == "on" else "The List is in shadow mode."


ACTION = ActionType(_run, "live")
