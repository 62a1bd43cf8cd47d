"""Signatures and tokens: over the raw bytes, compared in constant time."""

import base64
import hashlib
import hmac
from datetime import timedelta

from clickup_mlops.bot.receive.ingest import Delivery
from clickup_mlops.errors import BadSignature
from clickup_mlops.features.integrations.tools import _reading as read
from clickup_mlops.features.integrations.tools._model import IntegrationTable


def hex_hmac(secret: str, message: bytes) -> str:
    """HMAC-SHA256 in hex."""
    return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()


def base64_hmac(secret: str, message: bytes) -> str:
    """HMAC-SHA256 in Base64."""
    return base64.b64encode(hmac.new(secret.encode(), message, hashlib.sha256).digest()).decode()


def is_equal(expected: str, presented: str) -> bool:
    """Whether they are equal, without telling by the time taken where they differ."""
    return hmac.compare_digest(expected.encode(), presented.encode("utf-8", "surrogateescape"))


def has_token(table: IntegrationTable, delivery: Delivery) -> bool:
    """Whether it carries the token; never, if there is none."""
    token = table.token.get_secret_value()
    return bool(token) and is_equal(f"Bearer {token}", delivery.header("authorization"))


def require(passes: bool) -> None:
    """Raises BadSignature unless it does."""
    if not passes:
        raise BadSignature("neither signature nor token is right")


def in_time(stamp: str, now_ms: int, tolerance: timedelta) -> None:
    """For a signed time (Unix seconds): whoever has seen a delivery cannot send it again later.

    Raises:
        BadSignature: it is none, or further from now than `tolerance`.
    """
    at_s = read.seconds(stamp)
    if at_s is None or abs(now_ms / 1000 - at_s) > tolerance.total_seconds():
        raise BadSignature(
            "the signature is too old, or the clocks differ",
            hint="Synchronise the clocks, or raise `tolerance` in [integrations].",
        )


def by_token(table: IntegrationTable, delivery: Delivery) -> None:
    """For tools that cannot sign: `token`, or `secret` used as in the generic kind.

    Raises:
        BadSignature: neither is right.
    """
    signed_hex(table, delivery, "x-signature")


def signed_hex(table: IntegrationTable, delivery: Delivery, header: str) -> None:
    """The body's HMAC in hex, perhaps after `sha256=`, in a header; or the token.

    Raises:
        BadSignature: neither is right.
    """
    secret = table.secret.get_secret_value()
    signature = delivery.header(header).removeprefix("sha256=")
    signed = bool(secret) and is_equal(hex_hmac(secret, delivery.body), signature)
    require(signed or has_token(table, delivery))
