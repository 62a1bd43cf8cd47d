"""What the charts of a page are drawn from."""

from typing import TYPE_CHECKING

from clickup_mlops.bot.clock import to_ms
from clickup_mlops.series.history import History, StoreHistory

if TYPE_CHECKING:
    from clickup_mlops.bot.packages import Packages


def open_history(bot: "Packages", now_ms: int) -> History:
    """The store's, or what a feature has instead, such as Prometheus. For one page."""
    retention = bot.settings.retention
    history: History = StoreHistory(
        bot.store,
        bot.workspace_id,
        now_ms,
        raw_ms=to_ms(retention.history_raw),
        five_minutes_ms=to_ms(retention.history_5min),
    )
    for package in bot.packages:
        history = package.page_history(history)
    return history
