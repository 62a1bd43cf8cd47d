"""Grafana Alerting: a webhook contact point. One alert is one report.

It sends a token (Authorization Header: scheme `Bearer`), or signs the body with HMAC-SHA256.
"""

from collections.abc import Sequence
from datetime import timedelta

from clickup_mlops.bot.receive.ingest import Delivery
from clickup_mlops.features.integrations.tools import _alerts
from clickup_mlops.features.integrations.tools._model import (
    Kind,
    Report,
)
from clickup_mlops.features.integrations.tools._verify import (
    has_token,
    hex_hmac,
    in_time,
    is_equal,
    require,
)


class Settings(_alerts.AlertsTable):
    """`token` is the contact point's credentials, or `secret` that of its HMAC signature."""

    signature_header: str = "X-Grafana-Alerting-Signature"
    """The header with the signature."""
    timestamp_header: str = ""
    """The header with the time, if the contact point names one: then `time:body` is signed."""
    tolerance: timedelta = timedelta(minutes=5)
    """Oldest age of a signature with a time."""


def verify(settings: Settings, delivery: Delivery) -> None:
    """Signature or token."""
    secret, stamped = settings.secret.get_secret_value(), settings.timestamp_header
    stamp = delivery.header(stamped) if stamped else ""
    message = f"{stamp}:".encode("utf-8", "surrogateescape") if stamped else b""
    expected = hex_hmac(secret, message + delivery.body)
    signed = bool(secret) and is_equal(expected, delivery.header(settings.signature_header))
    require(signed or has_token(settings, delivery))
    if signed and stamped:
        in_time(stamp, delivery.now_ms, settings.tolerance)


def parse(settings: Settings, delivery: Delivery) -> Sequence[Report]:
    """One report for each alert; its key is the alert's fingerprint."""
    return _alerts.parse(delivery, one_per_group=settings.one_per_group)


KIND = Kind("Alerts of Grafana.", Settings, verify, parse, "alert")
