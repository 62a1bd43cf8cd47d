"""What a page is made of for a reader: the store and the history, as far as they may see them."""

from typing import TYPE_CHECKING

from clickup_mlops.bot.clock import to_ms
from clickup_mlops.ports.sections.model import BotFacts, Data
from clickup_mlops.series.history import History, StoreHistory
from clickup_mlops.store import Store
from clickup_mlops.store.access import Access

if TYPE_CHECKING:
    from clickup_mlops.bot.app import Bot
    from clickup_mlops.bot.packages import Packages


def open_data(bot: "Bot", access: Access, now_ms: int) -> Data:
    """For one page, with the bot's automations, jobs and settings."""
    store = bot.store.seen_with(access)
    history = open_history(bot, store, now_ms)
    return Data(store, history, bot.workspace_id, bot.settings.routing, BotFacts(bot), access)


def open_history(bot: "Packages", store: Store, now_ms: int) -> History:
    """The store's, or what a feature has instead, such as Prometheus. For one page."""
    retention = bot.settings.retention
    history: History = StoreHistory(
        store,
        bot.workspace_id,
        now_ms,
        raw_ms=to_ms(retention.history_raw),
        five_minutes_ms=to_ms(retention.history_5min),
    )
    for package in bot.packages:
        history = package.page_history(history)
    return history
