"""Policies of Spaces that are gone."""

from clickup_mlops.bot.app import Bot
from clickup_mlops.errors import NotFound


def prune(bot: Bot) -> list[str]:
    """Forget the policies of this workspace's deleted Spaces; the names of the Spaces."""
    kept = [one for one in bot.store.space_policies.all() if one.workspace == bot.workspace_id]
    if not kept:
        return []
    there = {one.id for one in bot.client.spaces.all(bot.workspace_id)}
    gone = [one for one in kept if one.space_id not in there and _is_gone(bot, one.space_id)]
    for one in gone:
        bot.store.space_policies.remove(one.id)
    return [one.space for one in gone]


def _is_gone(bot: Bot, space_id: str) -> bool:
    """Archived Spaces are not listed, but still there."""
    try:
        bot.client.spaces.get(space_id)
    except NotFound:
        return True
    return False
