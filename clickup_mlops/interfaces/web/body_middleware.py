"""Reads the whole body of a POST before anything works on it.

The server has a thread for each connection that it lets wait, but only `[server] threads` requests
are worked on at the same time. So a client that stalls holds up itself alone. Health and metrics
are read with GET: they pass, while all others wait.
"""

import threading
from collections.abc import Iterable
from http import HTTPStatus
from io import BytesIO
from typing import TYPE_CHECKING, Final

from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wsgi import get_content_length, get_input_stream

from clickup_mlops.interfaces.web.answers import BUSY, answer

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PATIENCE_S: Final = 5.0
"""How long a whole request waits for its turn; ClickUp gives up after 7 s."""
INCOMPLETE: Final = answer(HTTPStatus.BAD_REQUEST, "the body is incomplete")


class BodyMiddleware:
    """WSGI middleware in front of everything."""

    def __init__(self, app: "WSGIApplication", *, threads: int, max_body_bytes: int) -> None:
        self._app, self._most = app, max_body_bytes
        self._turns = threading.BoundedSemaphore(threads)

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """The WSGI interface."""
        if environ["REQUEST_METHOD"] != "POST":
            return self._app(environ, start_response)
        if not self._read(environ):
            return INCOMPLETE.send(start_response)
        return self._in_turn(environ, start_response)

    def _in_turn(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        if not self._turns.acquire(timeout=PATIENCE_S):
            return BUSY.send(start_response)
        try:
            return self._app(environ, start_response)
        finally:
            self._turns.release()

    def _read(self, environ: "WSGIEnvironment") -> bool:
        """Whether the body is there as announced, or is refused unread by who is asked next."""
        try:
            body = _read_body(environ, self._most)
        except RequestEntityTooLarge:
            return True
        except OSError:
            return False
        environ["wsgi.input"] = BytesIO(body)
        announced = get_content_length(environ)
        return not announced or len(body) >= announced


def _read_body(environ: "WSGIEnvironment", most: int) -> bytes:
    """The body; one byte more than allowed of one without a length, so that who is asked next sees
    that it is too large.
    """
    length = get_content_length(environ)
    if length is None:
        return get_input_stream(environ, max_content_length=most + 1).read()
    if length > most:
        raise RequestEntityTooLarge
    # Both servers end it there. In one go: granian's `read(size)` waits for ever for bytes that do
    # not come.
    body: bytes = environ["wsgi.input"].read()
    return body
