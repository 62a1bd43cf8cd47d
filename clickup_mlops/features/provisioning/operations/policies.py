"""Policies of Spaces that are gone."""

from clickup_mlops.bot.app import Bot
from clickup_mlops.errors import NotFound


def prune(bot: Bot) -> list[str]:
    """Forget the policies of this workspace's deleted Spaces; the names of the Spaces."""
    stored = [
        policy for policy in bot.store.space_policies.all() if policy.workspace == bot.workspace_id
    ]
    if not stored:
        return []
    existing = {policy.id for policy in bot.client.spaces.all(bot.workspace_id)}
    orphaned = [
        policy
        for policy in stored
        if policy.space_id not in existing and _is_gone(bot, policy.space_id)
    ]
    for policy in orphaned:
        bot.store.space_policies.remove(policy.id)
    return [policy.space for policy in orphaned]


def _is_gone(bot: Bot, space_id: str) -> bool:
    """Archived Spaces are not listed, but still there."""
    try:
        bot.client.spaces.get(space_id)
    except NotFound:
        return True
    return False
