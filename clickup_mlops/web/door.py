"""Reads the whole body of a POST before anything works on it.

The server has a thread for each connection that it lets wait, but only `[server] threads` requests
are worked on at the same time. So a client that stalls holds up itself alone. Health and metrics
are read with GET: they pass, while all others wait.
"""

import threading
from collections.abc import Iterable
from contextlib import suppress
from http import HTTPStatus
from io import BytesIO
from typing import IO, TYPE_CHECKING, Any, Final

from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wsgi import get_content_length, get_input_stream

from clickup_mlops.web.hooks import BUSY, Answer, answer

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication

PATIENCE_S: Final = 5.0
"""How long a whole request waits for its turn; ClickUp gives up after 7 s."""
BODIES: Final = 64
"""So many bodies of the largest size may be in memory; smaller ones are more."""
_CHUNK: Final = 65_536
INCOMPLETE: Final = answer(HTTPStatus.BAD_REQUEST, "the body is incomplete")


class Door:
    """WSGI middleware in front of everything."""

    def __init__(self, app: "WSGIApplication", *, threads: int, max_body_bytes: int) -> None:
        self._app, self._most = app, max_body_bytes
        self._turns = threading.BoundedSemaphore(threads)
        self._lock, self._held = threading.Lock(), 0

    def __call__(self, environ: dict[str, Any], start_response: "StartResponse") -> Iterable[bytes]:
        """The WSGI interface."""
        if environ["REQUEST_METHOD"] != "POST":
            return self._app(environ, start_response)
        held = _Held(self)
        try:
            if not self._read(environ, held):
                return _answered(INCOMPLETE, start_response)
            return self._in_turn(environ, start_response)
        except _TooMuchHeld:
            return _answered(BUSY, start_response)
        finally:
            held.release()

    def hold(self, size: int) -> bool:
        """Counts bytes of bodies that are in memory; a negative `size` releases some. False: there
        would be too many.
        """
        with self._lock:
            if size > 0 and self._held + size > BODIES * self._most:
                return False
            self._held += size
            return True

    def _in_turn(self, environ: dict[str, Any], start_response: "StartResponse") -> Iterable[bytes]:
        if not self._turns.acquire(timeout=PATIENCE_S):
            return _answered(BUSY, start_response)
        try:
            return self._app(environ, start_response)
        finally:
            self._turns.release()

    def _read(self, environ: dict[str, Any], held: "_Held") -> bool:
        """Whether the body is there as announced, or is refused unread by who is asked next."""
        try:
            # One more than allowed: whoever is asked next sees that it is too large.
            body = held.read(get_input_stream(environ, max_content_length=self._most + 1))
        except RequestEntityTooLarge:
            return True
        except OSError:
            return False
        environ["wsgi.input"] = BytesIO(body)
        announced = get_content_length(environ)
        return not announced or len(body) >= announced


class _TooMuchHeld(Exception):
    """The bodies of all clients together take too much memory."""


class _Held:
    """What one request has of the memory for bodies."""

    def __init__(self, door: Door) -> None:
        self._door, self._size = door, 0

    def read(self, stream: IO[bytes]) -> bytes:
        """All of it. Raises _TooMuchHeld."""
        parts = []
        with suppress(RequestEntityTooLarge):  # what was read already shows that
            while chunk := stream.read(_CHUNK):
                if not self._door.hold(len(chunk)):
                    raise _TooMuchHeld
                self._size += len(chunk)
                parts.append(chunk)
        return b"".join(parts)

    def release(self) -> None:
        """Give it back."""
        self._door.hold(-self._size)


def _answered(reply: Answer, start_response: "StartResponse") -> Iterable[bytes]:
    start_response(reply.status, reply.headers)
    return [reply.body]
