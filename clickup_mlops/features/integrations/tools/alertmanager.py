"""Prometheus Alertmanager, version 4 of its webhook: one alert is one report.

Alertmanager signs nothing: it sends a token (`http_config.authorization`). It retries after 5xx.
"""

from collections.abc import Iterable, Sequence

from clickup_mlops.bot.receive.ingest import Delivery
from clickup_mlops.errors import BadPayload
from clickup_mlops.features.integrations.tools import _alerts
from clickup_mlops.features.integrations.tools import _reading as read
from clickup_mlops.features.integrations.tools._model import (
    Ask,
    Kind,
    Report,
)
from clickup_mlops.features.integrations.tools._verify import by_token

VERSION = "4"
_ALL = {"active": "true", "silenced": "true", "inhibited": "true"}


class Settings(_alerts.AlertsTable):
    """`api` is its address, such as `http://alertmanager:9093`. `token` is
    `http_config.authorization.credentials` of the receiver.
    """


def parse(settings: Settings, delivery: Delivery) -> Sequence[Report]:
    """One report for each alert; its key is the alert's fingerprint. Or one for the group."""
    if (version := read.first(read.body(delivery.body), "version")) != VERSION:
        raise BadPayload(f"version {version!r} of Alertmanager's webhook is not known; 4 is")
    return _alerts.parse(delivery, one_per_group=settings.one_per_group)


def missed(settings: Settings, ask: Ask, _since_ms: int) -> Iterable[Report]:
    """All that fires; what is silenced or inhibited is `SUPPRESSED`."""
    if settings.one_per_group:
        return _alerts.read_firing_groups(ask("/api/v2/alerts/groups", _ALL))
    return _alerts.read_firing(ask("/api/v2/alerts", _ALL))


KIND = Kind(
    "Alerts of Prometheus Alertmanager.",
    Settings,
    by_token,
    parse,
    "alert",
    signs=False,
    missed=missed,
)
