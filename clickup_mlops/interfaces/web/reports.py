"""`POST /hooks/in/<name>`: reports of other systems, on disk before they are answered."""

from collections.abc import Mapping
from functools import partial
from http import HTTPStatus
from typing import Final, Protocol

from flask import Blueprint, Response, request

from clickup_mlops import logs, telemetry
from clickup_mlops.bot.receive.ingest import Receipt
from clickup_mlops.errors import BadPayload, BadSignature, ConfigError, StoreUnavailable
from clickup_mlops.interfaces.web.answers import RETRY_AFTER_S

_NO_TABLE: Final = (
    "An address ends with the name of a table: [integrations.<name>]; "
    "/hooks/in/slack needs slack.signing_secret."
)
_WRONG: Final = "Are `secret` and `token` of [integrations.{name}] those of the tool?"
_SHOWN: Final = 100
"""Characters of a name that anybody may have sent."""


class Bot(Protocol):
    """What this page needs of it."""

    def accept_report(self, name: str, body: bytes, headers: Mapping[str, str], /) -> Receipt:
        """Stores them. Raises KeyError, BadSignature, BadPayload, StoreUnavailable."""
        ...

    def now_ms(self) -> int:
        """The time now, Unix milliseconds."""
        ...


def blueprint(bot: Bot) -> Blueprint:
    """The route. Its answers are what tools go by: 2xx is stored, 4xx would fail again, and 503 is
    to be sent again. Unlike for ClickUp, a bad signature is answered 401.
    """
    reports, limited_log = Blueprint("reports", __name__), logs.RateLimitedLogger(bot.now_ms)

    @reports.post("/hooks/in/<name>")
    def report(name: str) -> Response:
        counted = partial(telemetry.REPORTS.labels, name)
        try:
            receipt = bot.accept_report(name, request.get_data(), dict(request.headers))
        except KeyError:  # a name that is not configured
            limited_log.warning("report_unknown", integration=name[:_SHOWN], hint=_NO_TABLE)
            return _answer(HTTPStatus.NOT_FOUND, "unknown integration")
        except BadSignature as problem:
            counted("refused").inc()
            hint = problem.hint or _WRONG.format(name=name)
            limited_log.warning(
                "report_refused", name, integration=name, problem=str(problem), hint=hint
            )
            return _answer(HTTPStatus.UNAUTHORIZED, "invalid signature or token")
        except BadPayload as problem:
            counted("unreadable").inc()
            limited_log.warning("report_unreadable", name, integration=name, problem=str(problem))
            return _answer(HTTPStatus.BAD_REQUEST, str(problem))
        except (StoreUnavailable, ConfigError) as problem:
            counted("busy").inc()
            limited_log.error("report_not_stored", name, integration=name, problem=str(problem))
            busy = _answer(HTTPStatus.SERVICE_UNAVAILABLE, "busy: report again later")
            busy.headers["Retry-After"] = str(RETRY_AFTER_S)
            return busy
        if receipt.answer:
            return _answer(HTTPStatus.OK, receipt.answer)
        counted("stored").inc()
        return _answer(
            HTTPStatus.OK,
            f"ok: {count} queued" if (count := receipt.total) else "ok: nothing to do",
        )

    return reports


def _answer(status: HTTPStatus, text: str) -> Response:
    return Response(text, status.value, mimetype="text/plain")
