"""The bot's workspace as provisioning sees it: what was made, where to write, how fast."""

import time

from clickup_mlops import content
from clickup_mlops.bot.app import Bot
from clickup_mlops.features.provisioning.apply.journal import Journal
from clickup_mlops.features.provisioning.apply.session import Session
from clickup_mlops.features.provisioning.plan import cost
from clickup_mlops.features.provisioning.tables.provisions import Provisions


def journal(bot: Bot) -> Journal:
    """What was provisioned in the bot's workspace so far."""
    return Journal(bot.store.table(Provisions), bot.workspace_id, bot.now_ms)


def session(bot: Bot) -> Session:
    """The bot's workspace, to be changed."""
    sleep = time.sleep  # noqa: TID251 - whoever asked waits anyway
    policies = bot.store.space_policies
    return Session(bot.client, bot.workspace_id, bot.now_ms, sleep, policies)


def automations(bot: Bot) -> list[str]:
    """The names of the automations that a template may enable."""
    return [path.stem for path in content.list_toml_files(*bot.settings.automations.folders)]


def per_minute(bot: Bot) -> int:
    """Calls a minute that the token may make, as ClickUp's answers say; else the slowest plan's."""
    return bot.governor.budget().limit or cost.SLOWEST
