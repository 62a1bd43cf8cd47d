"""What stands between the bot and ClickUp: it strikes at chosen calls, and cuts connections."""

import http.client
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final
from urllib.parse import urlsplit

KINDS: Final = {
    "task": ("POST", "/api/v2/list/", "/task"),
    "comment": ("POST", "/api/v2/task/", "/comment"),
    "chat": ("POST", "/api/v3/", "/messages"),
    "reply": ("POST", "/api/v2/comment/", "/reply"),
    "priority": ("PUT", "/api/v2/task/", ""),
    "tasks": ("GET", "/api/v2/list/", "/task"),
    "comments": ("GET", "/api/v2/task/", "/comment"),
    "messages": ("GET", "/api/v3/", "/messages"),
    "replies": ("GET", "/api/v2/comment/", "/reply"),
}
"""Sorts of calls by name."""
MAKING: Final = ("task", "comment", "chat", "reply")
LOOKING: Final = ("tasks", "comments", "messages", "replies")
"""What is called to find out what became of the others."""
POINTS: Final = ("before", "between", "after")
"""Before the effect, between effect and answer, and just after the answer has left."""
CUTS: Final = ("cut_before", "cut_after", "cut_late")
"""The connection is cut before the effect, after it, or at once while the effect comes later."""


@dataclass
class Aim:
    """The next call of this kind is struck at this point."""

    kind: str
    point: str
    wait_s: float = 0.0


class Proxy:
    """Passes calls on to `target`; `strike` is called at what was aimed at: see `KINDS`."""

    def __init__(
        self,
        target: str,
        strike: Callable[[], None],
        kinds: Mapping[str, tuple[str, str, str]] = KINDS,
    ) -> None:
        self._strike, self._kinds = strike, kinds
        self._lock = threading.Lock()
        self._aims: list[Aim] = []
        self.calls: Counter[str] = Counter()
        self.struck = threading.Event()
        proxy, host = self, urlsplit(target).netloc

        class Handler(_Handler):
            def answer(self) -> None:
                proxy._pass(self, host)

        self._server = _Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def aim(self, *aims: Aim) -> None:
        """In place of what was aimed at before."""
        with self._lock:
            self._aims = list(aims)
            self.struck.clear()

    def close(self) -> None:
        """Pass nothing on any more."""
        self._server.shutdown()
        self._server.server_close()

    def take_aim(self, kind: str) -> Aim | None:
        """What is aimed at such a call, and used up by it; the call is counted."""
        with self._lock:
            self.calls[kind] += 1
            aim = next((aim for aim in self._aims if aim.kind == kind), None)
            if aim is not None:
                self._aims.remove(aim)
            return aim

    def hit(self, point: str, aim: Aim | None) -> bool:
        """Strike if this is the point; whether it was."""
        if aim is None or aim.point != point:
            return False
        time.sleep(aim.wait_s)
        self._strike()
        self.struck.set()
        return True

    def _pass(self, call: "_Handler", host: str) -> None:
        aim = self.take_aim(kind_of(call.command, call.path, self._kinds))
        point = aim.point if aim else ""
        if point == "cut_late":
            call.cut()
            time.sleep(aim.wait_s if aim else 0)
        if not self.hit("before", aim) and point != "cut_before":
            answer = call.passed_on(host)
            if not self.hit("between", aim) and point not in ("cut_after", "cut_late"):
                call.reply(*answer)
                self.hit("after", aim)
                return
        call.cut()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: Any) -> None:
        """Who calls is killed now and then; that is the point."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def answer(self) -> None:
        """Of the subclass."""

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = lambda self: self._do()  # noqa: N815

    def _do(self) -> None:
        announced = int(self.headers.get("Content-Length") or 0)
        self.body = self.rfile.read(announced)
        if len(self.body) < announced:
            return self.cut()  # who sent it was killed: no server would take half a call
        try:
            return self.answer()
        except (OSError, http.client.HTTPException):
            return self.cut()

    def passed_on(self, host: str) -> tuple[int, list[tuple[str, str]], bytes]:
        connection = http.client.HTTPConnection(host, timeout=30)
        names = ("Authorization", "Content-Type")
        headers = {name: self.headers[name] for name in names if name in self.headers}
        connection.request(self.command, self.path, self.body, headers)
        answer = connection.getresponse()
        reply = answer.status, answer.getheaders(), answer.read()
        connection.close()
        return reply

    def reply(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        lines = [f"HTTP/1.1 {status} {http.client.responses.get(status, '')}"]
        left_out = ("content-length", "connection", "transfer-encoding")
        lines += [f"{name}: {value}" for name, value in headers if name.lower() not in left_out]
        lines += [f"Content-Length: {len(body)}", "", ""]
        self.wfile.write("\r\n".join(lines).encode("latin-1") + body)

    def cut(self) -> None:
        self.close_connection = True
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


class Receiver:
    """Where outgoing webhooks arrive: `received` counts each message's deliveries, by its id."""

    def __init__(self, proxy: Proxy) -> None:
        self.received: dict[str, tuple[bytes, int]] = {}
        lock, received = threading.Lock(), self.received

        class Handler(_Handler):
            def answer(self) -> None:
                aim = proxy.take_aim("webhook")
                if not proxy.hit("before", aim):
                    with lock:
                        name = self.headers["webhook-id"]
                        received[name] = (self.body, received.get(name, (b"", 0))[1] + 1)
                    if not proxy.hit("between", aim):
                        self.reply(200, [], b"")
                        proxy.hit("after", aim)
                        return
                self.cut()

        self._server = _Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        """Take nothing any more."""
        self._server.shutdown()
        self._server.server_close()


def kind_of(method: str, path: str, kinds: Mapping[str, tuple[str, str, str]] = KINDS) -> str:
    """The name of the sort of call, or nothing."""
    path = path.partition("?")[0]
    for name, (action, start, end) in kinds.items():
        if method == action and path.startswith(start) and path.endswith(end):
            return name
    return ""
