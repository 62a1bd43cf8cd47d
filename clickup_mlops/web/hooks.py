"""`POST /hooks/clickup`: on disk first, then 200.

ClickUp suspends a webhook at once when it is answered 410, and drops an event that failed five
times; so nothing here answers 401 or 410, and whatever is only temporary answers 503.
"""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Final, Protocol

from flask import Blueprint, Response, request
from werkzeug.exceptions import RequestEntityTooLarge

from clickup_mlops import logs
from clickup_mlops.clickup import webhook
from clickup_mlops.clickup.model import Event
from clickup_mlops.errors import BadPayload, BadSignature, ConfigError, StoreBusy
from clickup_mlops.store import Incoming
from clickup_mlops.web.metrics import Metrics

PATH: Final = "/hooks/clickup"
RETRY_AFTER_S: Final = 5
_LOCATIONS: Final = ("list_id", "folder_id", "space_id", "goal_id")


class Inbox(Protocol):
    """Where events are stored."""

    def put(self, incoming: Incoming) -> bool:
        """Durably; False: it was there. Raises StoreBusy when it cannot take more."""
        ...


class Receiver(Protocol):
    """What the webhook needs from the bot."""

    @property
    def inbox(self) -> Inbox:
        """Where events are stored."""
        ...

    def secrets(self, webhook_id: str) -> Sequence[str]:
        """The webhook's secrets, two during a rotation; none if the webhook is not ours."""
        ...

    def workspace(self, webhook_id: str) -> str:
        """The Workspace that the webhook belongs to. Asked only for webhooks with secrets."""
        ...

    def arrived(self, lane: str) -> None:
        """Called after a new event was stored, so that nobody has to wait for the next look."""
        ...

    def now_ms(self) -> int:
        """The time now, Unix milliseconds."""
        ...


class Refused(Exception):
    """Internal: this delivery is not accepted, and why (a word for the metrics)."""

    def __init__(self, reason: str, webhook_id: str = "") -> None:
        super().__init__(reason)
        self.reason, self.webhook_id = reason, webhook_id


def blueprint(receiver: Receiver, metrics: Metrics) -> Blueprint:
    """The route. The app's `MAX_CONTENT_LENGTH` bounds the body."""
    hooks = Blueprint("hooks", __name__)

    @hooks.post(PATH)
    def receive() -> Response:
        try:
            body = request.get_data(cache=False)
            event = _accepted(body, request.headers.get("X-Signature", ""), receiver)
            return _store(incoming(event, body, receiver), receiver, metrics)
        except Refused as refusal:
            return _refuse(refusal, metrics)
        except RequestEntityTooLarge:
            metrics.refused("too large")
            return _answer("body too large", HTTPStatus.REQUEST_ENTITY_TOO_LARGE)

    return hooks


def incoming(event: Event, body: bytes, receiver: Receiver) -> Incoming:
    """The event as the inbox keeps it: the body byte for byte."""
    return Incoming(
        key=event.key,
        source=f"hook:{event.webhook_id}",
        workspace=receiver.workspace(event.webhook_id),
        kind=event.kind,
        lane=lane(event),
        list_id=event.list_id,
        body=body,
        event_ms=event.date_ms,
        received_ms=receiver.now_ms(),
    )


def lane(event: Event) -> str:
    """What the event keeps its order with: its task, else the list, folder, space or goal."""
    if event.task_id is not None:
        return event.task_id
    for name in _LOCATIONS:
        if event.raw.get(name):
            return f"{name.removesuffix('_id')}:{event.raw[name]}"
    return f"hook:{event.webhook_id}"


def _accepted(body: bytes, signature: str, receiver: Receiver) -> Event:
    """The event, if it was signed with a secret of its own webhook."""
    if not signature:
        raise Refused("unsigned")
    try:
        event = webhook.parse(body)
    except BadPayload as problem:
        raise Refused("unreadable") from problem
    secrets = receiver.secrets(event.webhook_id)
    if not secrets:
        raise Refused("unknown webhook", event.webhook_id)
    try:
        webhook.verify(body, signature, secrets)
    except BadSignature as problem:
        raise Refused("bad signature", event.webhook_id) from problem
    return event


def _store(one: Incoming, receiver: Receiver, metrics: Metrics) -> Response:
    try:
        new = receiver.inbox.put(one)
    except (StoreBusy, ConfigError) as problem:
        metrics.busy.inc()
        logs.get().error("event_not_stored", problem=str(problem), hint=problem.hint)
        answer = _answer("busy, deliver again", HTTPStatus.SERVICE_UNAVAILABLE)
        answer.headers["Retry-After"] = str(RETRY_AFTER_S)
        return answer
    if new:
        metrics.new.inc()
        receiver.arrived(one.lane)
    else:
        metrics.duplicate.inc()
    return _answer("ok", HTTPStatus.OK)


def _refuse(refusal: Refused, metrics: Metrics) -> Response:
    metrics.refused(refusal.reason)
    logs.get().warning("event_refused", reason=refusal.reason, webhook_id=refusal.webhook_id)
    return _answer(refusal.reason, HTTPStatus.BAD_REQUEST)


def _answer(text: str, status: HTTPStatus) -> Response:
    return Response(text, status, mimetype="text/plain")
