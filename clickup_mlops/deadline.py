"""One deadline for a whole exchange over HTTP or SMTP, whatever drips.

The time-outs of sockets bound each wait alone: a server that sends a byte of its header, its body
or its TLS handshake now and then would hold the thread for ever. Here one thread shuts down the
connections of what took too long; whoever waits for them is woken by that.
"""

import heapq
import os
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from itertools import count
from typing import Any, Final

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool
from urllib3.exceptions import HTTPError

_FAILURES: Final = (OSError, HTTPError, ssl.SSLError, ValueError, AttributeError)
"""What an exchange may end with whose connection is shut down meanwhile."""


class TooSlow(HTTPError):
    """The exchange did not end in time."""


class Exchange:
    """What must end in time, and the sockets that it uses."""

    def __init__(self) -> None:
        self.is_late = False
        self._lock, self._is_released = threading.Lock(), False
        self._sockets: list[socket.socket] = []
        self._copies: list[socket.socket] = []

    def use(self, sock: socket.socket, *, copy: bool = False) -> None:
        """The exchange waits for this socket from now on. `copy`: of its own, because TLS takes the
        socket over.
        """
        with self._lock:
            if copy:
                sock = sock.dup()
                self._copies.append(sock)
            self._sockets.append(sock)
            if self.is_late:
                _shut_down(sock)

    def end(self) -> None:
        """Its time is over, unless it is done."""
        with self._lock:
            if not self._is_released:
                self.is_late = True
                for sock in self._sockets:
                    _shut_down(sock)

    def release(self) -> None:
        """Its sockets may serve another one from now on."""
        with self._lock:
            self._is_released = True
            self._sockets.clear()
            for copy in self._copies:
                copy.close()


def _shut_down(sock: socket.socket) -> None:
    with suppress(OSError, ValueError):
        # Not the method of a TLS socket: it would change what another thread is reading from.
        socket.socket.shutdown(sock, socket.SHUT_RDWR)


@contextmanager
def within(seconds: float) -> Iterator[Exchange]:
    """All that is done inside over connections of this module must end within that time.

    Names are resolved outside of it: nothing can interrupt that.

    Raises:
        TooSlow: it did not.
    """
    exchange = Exchange()
    deadline = _WATCHDOG.add(time.monotonic() + seconds, exchange)
    token = _CURRENT.set(exchange)
    try:
        yield exchange
    except _FAILURES as problem:
        if exchange.is_late:
            raise TooSlow("no whole answer in time") from problem
        raise
    finally:
        _CURRENT.reset(token)
        deadline.exchange = None
        exchange.release()
    if exchange.is_late:  # the end of the line was taken for that of the answer
        raise TooSlow("no whole answer in time")


def use(sock: socket.socket, *, copy: bool = False) -> None:
    """The exchange of this thread, if there is one, waits for this socket; see `Exchange.use`."""
    exchange = _CURRENT.get()
    if exchange is not None:
        exchange.use(sock, copy=copy)


def bound_pool(pool: HTTPConnectionPool) -> HTTPConnectionPool:
    """The pool, whose connections keep to the deadline of who uses them."""
    base_class: Any = pool.ConnectionCls
    if not issubclass(base_class, _BoundedConnection):
        pool.ConnectionCls = type("BoundedConnection", (_BoundedConnection, base_class), {})
    return pool


class BoundedAdapter(HTTPAdapter):
    """For a session of `requests`: every request keeps to the deadline of who sends it."""

    def get_connection_with_tls_context(self, *args: Any, **options: Any) -> Any:
        """As of every adapter."""
        pool: Any = super().get_connection_with_tls_context(*args, **options)
        return bound_pool(pool)


def mount_bounded_adapters(session: requests.Session) -> requests.Session:
    """The session, with such adapters."""
    for scheme in ("https://", "http://"):
        session.mount(scheme, BoundedAdapter())
    return session


class _BoundedConnection:
    """Mixed into urllib3's connections."""

    sock: Any

    def _new_conn(self) -> socket.socket:
        connection: socket.socket = super()._new_conn()  # type: ignore[misc]
        use(connection, copy=True)
        return connection

    def request(self, *args: Any, **options: Any) -> None:
        if self.sock is not None:  # else it connects now
            use(self.sock)
        super().request(*args, **options)  # type: ignore[misc]


class _Deadline:
    """When an exchange is to end; without one nothing is."""

    __slots__ = ("at_s", "exchange", "order")

    def __init__(self, at_s: float, order: int, exchange: Exchange) -> None:
        self.at_s, self.order = at_s, order
        self.exchange: Exchange | None = exchange

    def __lt__(self, other: "_Deadline") -> bool:
        return (self.at_s, self.order) < (other.at_s, other.order)


class _Watchdog:
    """The thread that ends what took too long. Begins with the first exchange of a process."""

    def __init__(self) -> None:
        self.reset_after_fork()

    def reset_after_fork(self) -> None:
        """Starts over: threads do not survive a fork."""
        self._changed = threading.Condition(threading.Lock())
        self._deadlines: list[_Deadline] = []
        self._order, self._thread = count(), None

    _thread: threading.Thread | None

    def add(self, at_s: float, exchange: Exchange) -> _Deadline:
        """Ends the exchange at that time (monotonic clock), unless it is taken out of it before."""
        with self._changed:
            deadline = _Deadline(at_s, next(self._order), exchange)
            heapq.heappush(self._deadlines, deadline)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="deadlines", daemon=True)
                self._thread.start()
            elif self._deadlines[0] is deadline:
                self._changed.notify()
        return deadline

    def _run(self) -> None:
        while True:
            exchange = self._next().exchange
            if exchange is not None:
                exchange.end()

    def _next(self) -> _Deadline:
        """The next one whose time is over; those that have ended by themselves are dropped."""
        with self._changed:
            while True:
                while self._deadlines and self._deadlines[0].exchange is None:
                    heapq.heappop(self._deadlines)
                wait_s = self._deadlines[0].at_s - time.monotonic() if self._deadlines else None
                if wait_s is not None and wait_s <= 0:
                    return heapq.heappop(self._deadlines)
                self._changed.wait(wait_s)


_CURRENT: ContextVar[Exchange | None] = ContextVar("exchange", default=None)
_WATCHDOG: Final = _Watchdog()

if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_WATCHDOG.reset_after_fork)
