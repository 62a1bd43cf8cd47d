"""What Slack delivers to `/hooks/in/slack`: verified, then a row for each reply in a thread.

Wire: docs.slack.dev/authentication/verifying-requests-from-slack (`v0:time:body` over the raw
bytes), reference/events/url_verification (answered with the challenge), apis/events-api (a retry
has `X-Slack-Retry-Num` and the `event_id` of the first try).
"""

import hashlib
import hmac
from collections.abc import Callable, Sequence
from typing import Any, Final

import orjson

from clickup_mlops.bot.inbox_writer import InboxWriter
from clickup_mlops.bot.receive.ingest import Arrival, Delivery, Handshake
from clickup_mlops.errors import BadPayload, BadSignature
from clickup_mlops.features.outbound.slack_threads import SlackThreads
from clickup_mlops.features.slack.message import SlackMessage, read_reply
from clickup_mlops.features.slack.settings import KIND, LANE, SlackSettings
from clickup_mlops.store.ranks import Urgency, compute_rank

_DIGITS: Final = 12


class SlackDeliveries:
    """A `DeliverySource`."""

    contact = ""

    def __init__(
        self,
        settings: SlackSettings,
        inbox: Callable[[], InboxWriter],
        threads: Callable[[], SlackThreads],
    ) -> None:
        self._settings, self._inbox, self._threads = settings, inbox, threads

    def read(self, delivery: Delivery) -> Sequence[Arrival]:
        """A row for a reply of a person in a thread that may be ours; nothing for all else: what
        people write elsewhere is not kept.

        Raises:
            BadSignature: Slack has not sent it, or not now.
            BadPayload: it is not what Slack sends.
            Handshake: Slack asks whether the address is ours.
        """
        verify(self._settings, delivery)
        raw = _parse(delivery.body)
        if raw.get("type") == "url_verification":
            raise Handshake(str(raw.get("challenge") or ""))
        message = read_reply(raw) if raw.get("type") == "event_callback" else None
        if message is None or not self._threads().may_be_ours(message.channel, message.thread_ts):
            return ()
        return (self._arrival(str(raw.get("event_id")), message),)

    def _arrival(self, event_id: str, message: SlackMessage) -> Arrival:
        row = self._inbox().event(
            f"{LANE}{event_id}",
            KIND,
            source=KIND,
            lane=f"{LANE}{message.channel}:{message.thread_ts}",
            body=message.to_json(),
            event_ms=message.at_ms,
            rank=compute_rank(Urgency.LIVE),
        )
        return Arrival(row)


def verify(settings: SlackSettings, delivery: Delivery) -> None:
    """Passes if Slack has signed these raw bytes lately.

    Raises:
        BadSignature: it has not.
    """
    stamp = delivery.header("x-slack-request-timestamp")
    secret = settings.signing_secret.get_secret_value().encode()
    signed = f"v0:{stamp}:".encode("utf-8", "surrogateescape") + delivery.body
    expected = f"v0={hmac.new(secret, signed, hashlib.sha256).hexdigest()}"
    presented = delivery.header("x-slack-signature").encode("utf-8", "surrogateescape")
    if not hmac.compare_digest(expected.encode(), presented):
        raise BadSignature(
            "the signature is not that of slack.signing_secret",
            hint="Compare it with *Signing Secret* on the page of the Slack app.",
        )
    # Signed, so that it is digits; a body that was seen cannot be sent again later.
    is_number = stamp.isascii() and stamp.isdecimal() and len(stamp) < _DIGITS
    tolerance_s = settings.tolerance.total_seconds()
    if not is_number or abs(delivery.now_ms / 1000 - int(stamp)) > tolerance_s:
        raise BadSignature(
            "the request is too old, or the clocks differ",
            hint="Synchronise the clocks, or raise slack.tolerance.",
        )


def _parse(body: bytes) -> dict[str, Any]:
    try:
        raw = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise BadPayload("no JSON") from None
    if not isinstance(raw, dict):
        raise BadPayload("no object")
    return raw
