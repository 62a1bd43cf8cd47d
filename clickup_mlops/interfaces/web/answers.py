"""Whole HTTP answers, for what stands in front of Flask."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse

RETRY_AFTER_S: Final = 5


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole HTTP answer, ready to send."""

    status: str
    headers: list[tuple[str, str]]
    body: bytes

    def send(self, start_response: "StartResponse") -> list[bytes]:
        """As a WSGI application answers."""
        start_response(self.status, self.headers)
        return [self.body]


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
