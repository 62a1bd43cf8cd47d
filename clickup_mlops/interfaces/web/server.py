"""Runs the app: granian, or waitress where granian has no wheel.

One process serves and writes: SQLite wants one writer, and a second process to watch it would cost
a quarter of the bot's memory. Whoever runs the bot (systemd, a container) restarts it.
"""

import _thread
import faulthandler
import gc
import importlib
import importlib.util
import os
import socket
import sys
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, NoReturn, Protocol

from clickup_mlops import endings, logs, rlimits
from clickup_mlops.errors import ConfigError
from clickup_mlops.interfaces.web import connections, inherited, open_files

if TYPE_CHECKING:
    from flask import Flask

    from clickup_mlops.interfaces.web.app import BotLike

Build = Callable[[], "AbstractContextManager[BotLike]"]
"""Builds the bot."""

STOP_S: Final = 15
"""How long a stop may take before the process just ends; what was acknowledged is kept."""
_FORCE_S: Final = 2.0
"""So much later it ends although no Python runs any more."""
_NAP_S: Final = 1.0
_BACKLOG: Final = 1_024
"""Connections that the system accepts before the server does."""


class ServerOptions(connections.Limits, Protocol):
    """Where and how to listen."""

    @property
    def host(self) -> str:
        """Address to listen on; 127.0.0.1 by default."""
        ...

    @property
    def port(self) -> int:
        """0: any free one."""
        ...

    @property
    def kind(self) -> Literal["granian", "waitress"]:
        """Which server is wanted."""
        ...

    @property
    def threads(self) -> int:
        """Requests that are served at the same time."""
        ...

    @property
    def max_body_bytes(self) -> int:
        """Larger requests are refused."""
        ...


def _nothing() -> None:
    """By default nothing takes the place of a process whose stop hangs."""


def run(
    build: Build,
    options: ServerOptions,
    *,
    stop_s: float = STOP_S,
    at_last: Callable[[], object] = _nothing,
) -> None:
    """Serves until SIGTERM or SIGINT: then stops accepting, finishes what runs, stops the bot.

    After `stop_s` the process ends however far that has come, with exit code 1; `at_last` is called
    before, and may have another program take its place.

    Raises:
        ClickUpMlopsError: the address cannot be listened on, or the bot cannot be built.
        SystemExit: it was stopped while it was being built, or the server broke.
    """
    signals = _Signals(stop_s, at_last)
    signals.call(_leave)
    fitting = _fitting(options)
    serve = _granian if _use_granian(options.kind) else _waitress
    with ExitStack() as running:
        listener = running.enter_context(bind(options.host, options.port))
        app = _started(build, running, fitting)
        _listen(listener, fitting)
        serve(app, fitting, listener, signals)


def bind(host: str, port: int) -> socket.socket:
    """A socket that has the port, or a free one for 0; connections are refused until it listens.

    Raises:
        ConfigError: the port is in use, or the address is not one of this machine.
    """
    if (taken := inherited.take(host, port)) is not None:
        return taken
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    try:
        if os.name == "posix":  # elsewhere it would share the port with another process
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
    except OSError as problem:
        listener.close()
        raise _cannot_listen(host, port, problem) from problem
    return listener


def _listen(listener: socket.socket, options: ServerOptions) -> None:
    """Accept connections, unless another process has begun to since the socket was bound."""
    port = listener.getsockname()[1]
    try:
        listener.listen(_BACKLOG)
    except OSError as problem:
        raise _cannot_listen(options.host, port, problem) from problem
    inherited.remember(listener)
    logs.get().info("listening", url=f"http://{options.host}:{port}")
    connections.watch(port, options, _log_closed)


def _cannot_listen(host: str, port: int, problem: OSError) -> ConfigError:
    return ConfigError(
        f"cannot listen on {host}:{port}: {problem.strerror or problem}",
        hint="Choose another [server] port or host; is another bot running?",
    )


def _use_granian(kind: str) -> bool:
    if kind == "granian" and importlib.util.find_spec("granian") is None:
        logs.get().warning("granian_missing", using="waitress")
        return False
    return kind == "granian"


# -- granian


def _granian(
    app: "Flask", options: "_Fitting", listener: socket.socket, signals: "_Signals"
) -> None:
    from granian.constants import HTTPModes, Interfaces
    from granian.http import HTTP1Settings
    from granian.log import LogLevels
    from granian.server import MTServer

    net = importlib.import_module("granian.net")  # its types leave out how a socket is handed over

    class InThisProcess(MTServer):
        """Granian's server of threads, which it offers only for a Python without a GIL.

        With one worker, whose requests take the GIL in turn, it does as well with a GIL.
        """

        def _check_gil(self) -> None: ...

        def startup(self, spawn_target: Any, target_loader: Any) -> None:
            super().startup(spawn_target, target_loader)  # type: ignore[no-untyped-call]
            # Not granian's own handlers: interrupted by a second signal, they wait for their lock.
            signals.call(lambda: _apart(self.signal_handler_interrupt))

        def _init_shared_socket(self) -> None:
            # Its own socket would share the port with whoever else asks, so that a second bot
            # would go unnoticed; and it could not be bound before the bot is built.
            self._shd = net.SocketHolder(listener.detach(), False, _BACKLOG)

    server = InThisProcess(
        target="clickup-mlops",
        address=options.host,
        port=listener.getsockname()[1],
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        workers=1,
        # A thread for each, made when needed: one may wait for its body while others are served.
        blocking_threads=options.accepted,
        backpressure=options.accepted,
        http1_settings=HTTP1Settings(header_read_timeout=int(1_000 * options.request_s)),
        websockets=False,
        log_level=LogLevels.error,
        log_dictconfig=_LOG_LIKE_THE_REST,
    )
    server.main_loop_interrupt = _Napping()
    server.serve(target_loader=lambda: app, wrap_loader=False)


_LOG_LIKE_THE_REST: Final[dict[str, Any]] = {
    "formatters": {},
    "handlers": {},
    "loggers": {"_granian": {"propagate": True}, "granian.access": {"propagate": True}},
}


# -- waitress


def _waitress(
    app: "Flask", options: "_Fitting", listener: socket.socket, _signals: "_Signals"
) -> None:
    from waitress import create_server

    # SystemExit reaches waitress's loop, which answers what runs and returns.
    server = create_server(
        app,
        sockets=[listener],
        backlog=_BACKLOG,
        threads=options.threads,
        max_request_body_size=options.max_body_bytes,
        connection_limit=options.accepted,
        asyncore_use_poll=True,  # select() takes no more than 1,024 files
    )
    server.run()


# -- signals


class _Napping(threading.Event):
    """An event that is waited for in short naps.

    A signal that arrives in the moment in which a wait begins is handled when the wait ends, which
    without a limit may be never.
    """

    def wait(self, timeout: float | None = None) -> bool:
        """As of every event."""
        if timeout is not None:
            return super().wait(timeout)
        while not super().wait(_NAP_S):
            continue
        return True


_repetition: Final = threading.Event()


def _note_repetition(*_: object) -> None:
    _repetition.set()


def was_stopped_again() -> bool:
    """Whether a signal to stop came while the server was stopping already, for a reload, say."""
    return _repetition.is_set()


class _Signals:
    """The first signal to stop is obeyed; later ones change nothing.

    A terminal or systemd may signal more than once.
    """

    def __init__(self, stop_s: float, at_last: Callable[[], object]) -> None:
        self._stop_s, self._at_last = stop_s, at_last

    def call(self, stop: Callable[[], object]) -> None:
        """From now on the first signal calls `stop`, in the main thread."""

        def handle(*_: object) -> None:
            endings.call(_note_repetition)
            _end_by_force(self._stop_s + _FORCE_S)
            _apart(self._end_at_last)
            stop()

        endings.call(handle)

    def _end_at_last(self) -> None:
        time.sleep(self._stop_s)
        logs.get().error("stop_took_too_long", seconds=self._stop_s)
        try:
            self._at_last()
        finally:
            os._exit(1)


def _end_by_force(after_s: float) -> None:
    """In a thread that needs no Python, for one that hangs in native code: it prints where each
    thread is, and ends the process with exit code 1.
    """
    if sys.__stderr__ is not None:
        faulthandler.dump_traceback_later(after_s, exit=True, file=sys.__stderr__)


def _leave() -> NoReturn:
    sys.exit(0)


def _apart(function: Callable[[], object]) -> None:
    """In a thread: what a signal interrupted may hold the locks that the function needs."""
    _thread.start_new_thread(function, ())


# -- both


def _started(build: Build, running: ExitStack, options: ServerOptions) -> "Flask":
    """The app of a bot that runs until `running` is closed."""
    from clickup_mlops.interfaces.web.app import create_app

    bot = running.enter_context(build())
    running.callback(bot.stop)
    app = create_app(bot, max_body_bytes=options.max_body_bytes, threads=options.threads)
    bot.start()
    _keep_what_is_there()
    return app


def _log_closed(count: int) -> None:
    logs.get().warning("connections_closed", count=count)


@dataclass(frozen=True, slots=True)
class _Fitting(open_files.Fitting):
    """The options, with as many connections as open files allow."""

    host: str
    port: int
    kind: Literal["granian", "waitress"]
    threads: int
    max_body_bytes: int


def _fitting(options: ServerOptions) -> _Fitting:
    limits = open_files.fitting(options, rlimits.raise_open_files())
    return _Fitting(
        limits.request_s,
        limits.connections,
        limits.connections_per_peer,
        limits.accepted,
        options.host,
        options.port,
        options.kind,
        options.threads,
        options.max_body_bytes,
    )


def _keep_what_is_there() -> None:
    """No garbage collection looks at the modules again: it would cost more than all the rest, and
    come so rarely that garbage grows by a quarter of them.
    """
    gc.enable()
    gc.freeze()
    gc.collect(0)  # the first one: the command line puts it off
