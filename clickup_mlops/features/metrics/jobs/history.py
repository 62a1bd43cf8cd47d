"""What charts and reports are drawn from: Prometheus where it is the source, else the store."""

from typing import TYPE_CHECKING

from clickup_mlops.bot.clock import to_ms
from clickup_mlops.features.metrics.package import MetricsPackage
from clickup_mlops.features.metrics.settings import MetricsSettings
from clickup_mlops.series.history import History, StoreHistory

if TYPE_CHECKING:
    from clickup_mlops.bot.packages import Packages


def history(bot: "Packages", now_ms: int) -> History:
    """For one page or report: what it asks Prometheus is asked once."""
    retention = bot.settings.retention
    kept = StoreHistory(
        bot.store,
        bot.workspace_id,
        now_ms,
        raw_ms=to_ms(retention.history_raw),
        five_minutes_ms=to_ms(retention.history_5min),
    )
    if not any(
        table.kind == "prometheus" for table in bot.settings.table(MetricsSettings).sources.values()
    ):
        return kept
    from clickup_mlops.features.metrics.presentation.prometheus_history import PrometheusHistory
    from clickup_mlops.features.metrics.read.reader import WorldReader

    bound = MetricsPackage(bot).bound()
    return PrometheusHistory(kept, bound.sources, bound.bindings, WorldReader())
