"""Webhooks that automations send: written to the inbox first, then delivered by its lanes.

The inbox gives them what events have: on disk before anything else happens, retried with
back-off, parked with their error, replayable. A target has one lane, so a dead one delays only
itself. Signed as the Standard Webhooks specification says (standardwebhooks.com), whose libraries
verify it.
"""

import base64
import binascii
import hashlib
import hmac
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode, urlsplit

import orjson

from clickup_mlops import logs, telemetry
from clickup_mlops.automations.model import Automation
from clickup_mlops.bot.clock import Clock, to_ms
from clickup_mlops.bot.inbox_writer import InboxWriter
from clickup_mlops.bot.lanes.worker import Postponed
from clickup_mlops.errors import ContentError, InputError, RetryableApiError
from clickup_mlops.features.outbound.chats import ChatMessage, kinds
from clickup_mlops.features.outbound.post import Answer, Post, SlackRefusal
from clickup_mlops.features.outbound.settings import WEBHOOK, OutboundSettings
from clickup_mlops.store.inbox_rows import InboxRow

if TYPE_CHECKING:
    from clickup_mlops.features.outbound.slack_app import SlackApp

LANE: Final = "out:"
"""Lanes of outgoing webhooks begin like this; the target's name or host follows."""
_NONE: Final = Answer(0)
_LONGEST_WAIT_S: Final = 3600
"""A target that asks for more is asked again nevertheless."""
_NO_WEBHOOK: Final = "a target with a `token` takes the action `message`, no `webhook`"
_SENT: Final = 1_000
_UNSIGNED: Final = ("Content-Type", "User-Agent")

_log = logs.get()


class Outbound:
    """`send` keeps a message, `deliver` posts those of a lane. Safe for many threads."""

    def __init__(
        self,
        inbox: InboxWriter,
        settings: OutboundSettings,
        *,
        clock: Clock,
        post: Post,
        slack: "Callable[[], SlackApp] | None" = None,
    ) -> None:
        self._inbox, self._settings = inbox, settings
        self._clock, self._post, self._find_slack = clock, post, slack
        self._sent: deque[tuple[str, int]] = deque(maxlen=_SENT)
        self._places: OrderedDict[tuple[str, int], tuple[str, str]] = OrderedDict()
        """`ts` and channel of messages at targets with a token: their end may be lost."""

    @property
    def slack(self) -> "SlackApp":
        """What posts to targets with a token.

        Raises:
            LookupError: it was built without it.
        """
        if self._find_slack is None:
            raise LookupError("no app of Slack")
        return self._find_slack()

    def send(self, delivery: str, to: str, body: Mapping[str, Any], task_id: str = "") -> None:
        """Keeps the message for `to` (a target's name or an address); twice is the same as once.
        `task_id`: to which replies to it belong.

        Raises:
            InputError: no such target, nothing to sign with, or the message is too large.
        """
        address(self._settings, to)
        message = orjson.dumps({"to": to, "body": body, "task": task_id})
        if len(message) > self._settings.max_body_bytes:
            raise InputError(f"webhook to {name(to)}: {len(message)} bytes are more than allowed")
        lane, key = f"{LANE}{name(to)}", _key(delivery)
        event = self._inbox.event(key, "webhook", source="outbound", lane=lane, body=message)
        self._inbox.put(event)

    def is_stored(self, delivery: str) -> bool:
        """Whether the message was kept."""
        return self._inbox.contains(_key(delivery))

    def deliver(self, rows: Sequence[InboxRow]) -> None:
        """Posts the messages in order. One whose answer got lost is posted again, under its id.

        Raises:
            RetryableApiError: the target does not take it now.
            Postponed: it said how long it takes nothing.
            InputError: the target refuses it, may not be spoken to, or failed for too long.
        """
        for row in rows:
            # Its end may not have been noted: what has arrived is not sent again, unless a person
            # replays it, which makes it due anew.
            if (row.key, row.due_ms) not in self._sent:
                self._deliver(row)

    def _deliver(self, row: InboxRow) -> None:
        message = orjson.loads(row.body)
        to = name(message["to"])
        try:
            answer = self._posted(row, message)
        except OSError as problem:
            raise self._refusal(row, to, type(problem).__name__) from None
        except SlackRefusal as refusal:
            raise self._refusal(row, to, str(refusal), refusal.answer) from None
        if not 200 <= answer.status < 300:
            raise self._refusal(row, to, f"status {answer.status}", answer)
        if not self._has_token(message["to"]):  # Slack is asked, and noted again what it became
            self._sent.append((row.key, row.due_ms))
        telemetry.WEBHOOKS.labels(to, "sent").inc()
        delivery = row.key.removeprefix(LANE)
        _log.info("webhook_sent", to=to, delivery=delivery, status=answer.status)

    def _posted(self, row: InboxRow, message: Mapping[str, Any]) -> Answer:
        url, secret = address(self._settings, message["to"])
        delivery = row.key.removeprefix(LANE)
        if self._has_token(message["to"]):
            place = self._places.get((row.key, row.due_ms))
            self._places[row.key, row.due_ms] = self.slack.deliver(delivery, message, place)
            if len(self._places) > _SENT:
                self._places.popitem(last=False)
            return Answer(200)
        query, wire = _to_wire(self._settings, message, delivery)
        body = orjson.dumps(wire)
        signed = headers(delivery, self._clock() // 1000, body, secret)
        return self._post(
            f"{url}{'&' if '?' in url else '?'}{query}" if query else url,
            body,
            signed if secret else {name: signed[name] for name in _UNSIGNED},
            allow_hosts=self._settings.allow_hosts,
            timeout_s=self._settings.timeout.total_seconds(),
        )

    def _has_token(self, to: str) -> bool:
        target = self._settings.targets.get(to)
        return target is not None and target.has_token

    def _refusal(self, row: InboxRow, to: str, why: str, answer: Answer = _NONE) -> Exception:
        """The error, by which the lane knows what to do; counted."""
        give_up = self._settings.give_up
        late = self._clock() - row.received_ms > to_ms(give_up)
        telemetry.WEBHOOKS.labels(to, "refused" if answer.is_final or late else "again").inc()
        if answer.is_final:
            return InputError(f"webhook to {to}: refused with {why}")
        text = f"webhook to {to}: {why}"
        if late:
            return InputError(f"{text}, for {give_up}")
        return self._postponed(text, answer.after_s) if answer.after_s else RetryableApiError(text)

    def _postponed(self, problem: str, after_s: int) -> Postponed:
        wait_s = min(after_s, _LONGEST_WAIT_S)
        _log.warning("webhook_postponed", problem=problem, seconds=wait_s)
        return Postponed(self._clock() + 1000 * wait_s)


def _to_wire(
    settings: OutboundSettings, message: Mapping[str, Any], delivery: str
) -> tuple[str, Any]:
    """The address's query and what is sent: a message of `message` as the chat tool takes it, else
    its body.
    """
    target, body = settings.targets.get(message["to"]), message["body"]
    if target is None or target.kind == WEBHOOK or "markdown" not in body:
        return "", body
    chat, chat_message = kinds()[target.kind], ChatMessage.read(body)
    return urlencode(chat.query(chat_message, delivery)), chat.fit(chat_message)


def name(to: str) -> str:
    """What may be shown of a target: its name, or an address's host; its path may be secret."""
    try:
        return urlsplit(to).hostname or to
    except ValueError:
        return "a malformed address"


def address(settings: OutboundSettings, to: str) -> tuple[str, str]:
    """URL and secret of a target's name or an address; of a chat tool no secret.

    Raises:
        InputError: no such target, or nothing to sign with.
    """
    target = settings.targets.get(to)
    if target is None and "://" not in to:
        names = ", ".join(settings.targets) or "none"
        raise InputError(f'no webhook target is called "{to:.60}"', hint=f"Known: {names}.")
    if target is not None and target.kind != WEBHOOK:
        return target.address, ""
    target_secret = target.secret.get_secret_value() if target else ""
    secret = target_secret or settings.secret.get_secret_value()
    if not secret:
        raise InputError(
            f"webhook to {name(to)}: nothing to sign with",
            hint="Set outbound.secret, or a secret of the target's own.",
        )
    return (target.address if target else to), secret


def check(automations: Iterable[Automation], settings: OutboundSettings) -> None:
    """Find webhooks that could never be sent.

    Raises:
        ContentError: an automation names a target that is not configured, that has no secret, or
            that takes no webhooks.
    """
    for automation in automations:
        for key, steps in (("do", automation.do), ("then", automation.then)):
            for number, step in enumerate(steps):
                if step.name in ("webhook", "message"):
                    to = str(getattr(step.options, "to", ""))
                    _check(automation, f"{key}.{number}.to", to, settings)
                    target = settings.targets.get(to)
                    if step.name == "webhook" and target is not None and target.has_token:
                        raise ContentError(automation.file, f"{key}.{number}.to", _NO_WEBHOOK)


def _check(automation: Automation, key: str, to: str, settings: OutboundSettings) -> None:
    try:
        address(settings, to)
    except InputError as problem:
        raise ContentError(automation.file, key, str(problem), hint=problem.hint) from None


def _key(delivery: str) -> str:
    return f"{LANE}{delivery}"


def headers(delivery: str, at_s: int, body: bytes, secret: str) -> dict[str, str]:
    """The request's headers with the signature over id, time and raw body."""
    signed = f"{delivery}.{at_s}.".encode() + body
    digest = hmac.new(_secret_bytes(secret), signed, hashlib.sha256).digest()
    return {
        "Content-Type": "application/json",
        "User-Agent": "clickup-mlops",
        "webhook-id": delivery,
        "webhook-timestamp": str(at_s),
        "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
    }


def _secret_bytes(secret: str) -> bytes:
    if not secret.startswith("whsec_"):
        return secret.encode()
    try:
        return base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except binascii.Error:
        raise InputError("outbound.secret: what follows `whsec_` is not base64") from None
