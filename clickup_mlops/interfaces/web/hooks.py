"""`POST /hooks/clickup`: on disk first, then 200.

ClickUp suspends a webhook at once when it is answered 410, and drops an event that failed five
times; so nothing here answers 401 or 410, and whatever is only temporary answers 503.

The route stands in front of Flask, as WSGI middleware: Flask's contexts and routing would halve
how many events one process can take (`benchmarks/receiver.py`).
"""

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Protocol

from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wsgi import get_content_length

from clickup_mlops import logs
from clickup_mlops.bot.receive.clickup_deliveries import SIGNATURE, RefusedDelivery
from clickup_mlops.bot.receive.hook_address import PATH
from clickup_mlops.bot.receive.ingest import Receipt
from clickup_mlops.errors import ClickUpMlopsError
from clickup_mlops.interfaces.web.answers import BUSY, OK, ONLY_POST, TOO_LARGE, Answer, answer
from clickup_mlops.interfaces.web.metrics import Metrics

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


class Receiver(Protocol):
    """What the webhook needs from the bot."""

    def accept_event(self, body: bytes, headers: Mapping[str, str], /) -> Receipt:
        """Stores a delivery of ClickUp. Raises RefusedDelivery; StoreUnavailable: not now."""
        ...

    def now_ms(self) -> int:
        """The time now, Unix milliseconds."""
        ...


class Hook:
    """WSGI middleware: answers `PATH` itself and passes everything else on to `app`."""

    def __init__(
        self, receiver: Receiver, metrics: Metrics, max_body_bytes: int, app: "WSGIApplication"
    ) -> None:
        self._receiver, self._metrics = receiver, metrics
        self._max_body_bytes, self._app = max_body_bytes, app
        self._log = logs.RateLimitedLogger(self._now_ms)

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """The WSGI interface."""
        if environ["PATH_INFO"] != PATH:
            return self._app(environ, start_response)
        reply = self._post(environ) if environ["REQUEST_METHOD"] == "POST" else ONLY_POST
        return reply.send(start_response)

    def _post(self, environ: "WSGIEnvironment") -> Answer:
        try:
            headers = {SIGNATURE: environ.get("HTTP_X_SIGNATURE", "")}
            self._count(self._receiver.accept_event(self._read(environ), headers))
            return OK
        except RefusedDelivery as refusal:
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

    def _read(self, environ: "WSGIEnvironment") -> bytes:
        """The body that the body middleware has read, unless it is too large."""
        announced, most = get_content_length(environ) or 0, self._max_body_bytes
        body: bytes = b"" if announced > most else environ["wsgi.input"].read(most + 1)
        if max(announced, len(body)) > most:
            raise RequestEntityTooLarge
        return body

    def _count(self, receipt: Receipt) -> None:
        self._metrics.new.inc(receipt.new)
        self._metrics.duplicate.inc(receipt.repeated)

    def _refuse(self, refusal: RefusedDelivery) -> Answer:
        self._metrics.refused(refusal.reason)
        self._log.warning(
            "event_refused",
            refusal.reason,
            reason=refusal.reason,
            webhook_id=refusal.webhook_id[:100],
        )
        return answer(HTTPStatus.BAD_REQUEST, refusal.reason)
