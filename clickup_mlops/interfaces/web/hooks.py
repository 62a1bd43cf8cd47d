"""`POST /hooks/clickup`: on disk first, then 200.

ClickUp suspends a webhook at once when it is answered 410, and drops an event that failed five
times; so nothing here answers 401 or 410, and whatever is only temporary answers 503.

The route stands in front of Flask, as WSGI middleware: Flask's contexts and routing would halve
how many events one process can take (`benchmarks/receiver.py`).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final, Protocol

from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wsgi import get_content_length

from clickup_mlops import logs
from clickup_mlops.bot.receive.hook_address import PATH
from clickup_mlops.clickup import webhook
from clickup_mlops.clickup.model import Event
from clickup_mlops.errors import BadPayload, BadSignature, ClickUpMlopsError
from clickup_mlops.interfaces.web.metrics import Metrics
from clickup_mlops.store import Earlier, Incoming, once_within
from clickup_mlops.store.tables.inbox import Inbox

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication

RETRY_AFTER_S: Final = 5
_LONGEST_LANE: Final = 200
_LOCATIONS: Final = ("list_id", "folder_id", "space_id", "goal_id")


class Receiver(Protocol):
    """What the webhook needs from the bot."""

    @property
    def inbox(self) -> Inbox:
        """Where events are stored."""
        ...

    def secrets(self, webhook_id: str, /) -> Sequence[str]:
        """The webhook's secrets, two during a rotation; none if the webhook is not ours.

        Raises if they cannot be read; then no delivery is refused or accepted.
        """
        ...

    def workspace(self, webhook_id: str, /) -> str:
        """The Workspace that the webhook belongs to. Asked only for webhooks with secrets."""
        ...

    def is_own_echo(self, event: Event, one: Incoming, /) -> bool:
        """Whether the event, to be stored like this, only reports what the bot itself wrote.

        What it says is then part of this thread's next write, and nobody has to handle it.
        """
        ...

    def dispatch(self, lane: str, /) -> None:
        """Called after a new event was stored, to dispatch its lane immediately."""
        ...

    def now_ms(self) -> int:
        """The time now, Unix milliseconds."""
        ...


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole HTTP answer, ready to send."""

    status: str
    headers: list[tuple[str, str]]
    body: bytes


def answer(status: HTTPStatus, text: str, **headers: str) -> Answer:
    """A plain-text answer; header names with `_` for `-`."""
    body = text.encode()
    fields = [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))]
    fields += [(name.replace("_", "-"), value) for name, value in headers.items()]
    return Answer(f"{status.value} {status.phrase}", fields, body)


OK: Final = answer(HTTPStatus.OK, "ok")
BUSY: Final = answer(
    HTTPStatus.SERVICE_UNAVAILABLE, "busy: deliver again later", Retry_After=str(RETRY_AFTER_S)
)
TOO_LARGE: Final = answer(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "the body is too large")
ONLY_POST: Final = answer(HTTPStatus.METHOD_NOT_ALLOWED, "only POST", Allow="POST")


class Refused(Exception):
    """This delivery is not accepted, and why (a few words for the answer and the metrics)."""

    def __init__(self, reason: str, webhook_id: str = "") -> None:
        super().__init__(reason)
        self.reason, self.webhook_id = reason, webhook_id


class Hook:
    """WSGI middleware: answers `PATH` itself and passes everything else on to `other`."""

    def __init__(
        self, receiver: Receiver, metrics: Metrics, max_body_bytes: int, other: "WSGIApplication"
    ) -> None:
        self._receiver, self._metrics = receiver, metrics
        self._max_body_bytes, self._other = max_body_bytes, other
        self._log = logs.RateLimitedLogger(self._now_ms)

    def __call__(self, environ: dict[str, Any], start_response: "StartResponse") -> Iterable[bytes]:
        """The WSGI interface."""
        if environ["PATH_INFO"] != PATH:
            return self._other(environ, start_response)
        reply = self._post(environ) if environ["REQUEST_METHOD"] == "POST" else ONLY_POST
        start_response(reply.status, reply.headers)
        return [reply.body]

    def _post(self, environ: dict[str, Any]) -> Answer:
        try:
            body = self._read(environ)
            event = accepted(body, environ.get("HTTP_X_SIGNATURE", ""), self._receiver)
            return self._store(event, *incoming(event, body, self._receiver))
        except Refused as refusal:
            return self._refuse(refusal)
        except RequestEntityTooLarge:
            self._metrics.refused("too large")
            return TOO_LARGE
        except ClickUpMlopsError as problem:
            # The secrets cannot be read, or the event not be kept: not the sender's fault.
            return self._not_now(problem)
        except Exception as problem:
            # Anybody who knows the secret can repeat it: a traceback at intervals.
            self._log.error(
                "event_not_stored",
                type(problem).__name__,
                exc_info=problem,
            )
        self._metrics.busy.inc()
        return BUSY

    def _now_ms(self) -> int:
        return self._receiver.now_ms()

    def _not_now(self, problem: ClickUpMlopsError) -> Answer:
        """Logged at intervals: during an outage of the database it concerns every delivery."""
        self._metrics.busy.inc()
        self._log.error("event_not_stored", problem=str(problem), hint=problem.hint)
        return BUSY

    def _read(self, environ: dict[str, Any]) -> bytes:
        """The body that the door has read, unless it is too large."""
        announced, most = get_content_length(environ) or 0, self._max_body_bytes
        body: bytes = b"" if announced > most else environ["wsgi.input"].read(most + 1)
        if max(announced, len(body)) > most:
            raise RequestEntityTooLarge
        return body

    def _store(self, event: Event, one: Incoming, earlier: Earlier | None) -> Answer:
        if self._receiver.is_own_echo(event, one):
            is_new, is_handled = self._receiver.inbox.put_handled(one), True
        else:
            is_new, is_handled = self._receiver.inbox.put(one, unless=earlier), False
        (self._metrics.new if is_new else self._metrics.duplicate).inc()
        if is_new and not is_handled:
            self._receiver.dispatch(one.lane)
        return OK

    def _refuse(self, refusal: Refused) -> Answer:
        self._metrics.refused(refusal.reason)
        self._log.warning(
            "event_refused",
            refusal.reason,
            reason=refusal.reason,
            webhook_id=refusal.webhook_id[:100],
        )
        return answer(HTTPStatus.BAD_REQUEST, refusal.reason)


def accepted(body: bytes, signature: str, receiver: Receiver) -> Event:
    """The event, if it was signed with a secret of its own webhook.

    Raises:
        Refused: unsigned, unreadable, not our webhook, or signed with another secret.
    """
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


def incoming(event: Event, body: bytes, receiver: Receiver) -> tuple[Incoming, Earlier | None]:
    """The event as the inbox stores it, with the body byte for byte; and the earlier event that it
    may duplicate although the keys differ.
    """
    now_ms = receiver.now_ms()
    key, earlier = keyed(event, now_ms)
    one = Incoming(
        key=key,
        source=f"hook:{event.webhook_id}",
        workspace=receiver.workspace(event.webhook_id),
        kind=event.kind,
        lane=lane(event),
        list_id=event.list_id,
        body=body,
        event_ms=webhook.choose_time_ms(event, now_ms),
        received_ms=now_ms,
    )
    return one, earlier


def keyed(event: Event, now_ms: int) -> tuple[str, Earlier | None]:
    """The event's key in the inbox, and the earlier event that it may duplicate.

    An event whose bytes can occur again is a duplicate only for a while: its key contains the time
    window, and the event of the previous window may still be recent.
    """
    if not webhook.may_repeat(event):
        return event.key, None
    return once_within(event.key, webhook.REPEATED_MS, now_ms)


def lane(event: Event) -> str:
    """The lane of the event: its task, else the list, folder, space or goal."""
    if event.task_id is not None:
        return event.task_id
    for name in _LOCATIONS:
        if event.raw.get(name):
            return f"{name.removesuffix('_id')}:{event.raw[name]}"[:_LONGEST_LANE]
    return f"hook:{event.webhook_id}"
