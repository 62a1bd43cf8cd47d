"""Shows what the bot would do in a List, in shadow mode, or no more; the viewer is recorded."""

from collections.abc import Mapping

from clickup_mlops.bot.app import Bot
from clickup_mlops.errors import InputError
from clickup_mlops.features.shadow import operations
from clickup_mlops.features.shadow.proposing import count
from clickup_mlops.ports.dashboard.model import ActionType, Viewer


def _run(bot: Bot, viewer: Viewer, fields: Mapping[str, str]) -> str:
    """Fields `list` (an id) and `follow` (`yes`, or `no`).

    Raises:
        InputError: there is no such List, or it is so already.
    """
    list_id = fields.get("list", "")
    path = bot.context.directory.lists().get(list_id)
    if path is None or not viewer.access.sees(list_id):
        raise InputError(f"there is no List {list_id}", hint="Reload the page, and try again.")
    if fields.get("follow") == "no":
        operations.leave_out(bot, list_id, actor=viewer.actor)
        return f"{path} is left out."
    proposals = operations.follow(bot, list_id, actor=viewer.actor)
    return f"{path}: the bot {count(proposals).sentence}. Nothing was written."


ACTION = ActionType(_run, "live")
