"""Runs the app: granian, or waitress where granian has no wheel.

One process serves and writes: SQLite wants one writer. Granian adds a small parent process that
only watches it. Nothing of the bot is built before the serving process exists, so no thread and no
connection crosses a fork; nor is anything of it imported, so that the parent stays small.
"""

import importlib.util
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from functools import partial
from multiprocessing import parent_process
from multiprocessing.util import Finalize
from typing import TYPE_CHECKING, Any, Final, Literal, NoReturn, Protocol

from clickup_mlops import logs
from clickup_mlops.errors import ClickUpMlopsError, ConfigError

if TYPE_CHECKING:
    from flask import Flask

    from clickup_mlops.web.app import BotLike

Build = Callable[[], "AbstractContextManager[BotLike]"]
"""Builds the bot, in the process that serves. Must be importable (a `partial` of a function)."""

STOP_S: Final = 15
"""How long a stopping server may take before it is killed; what it acknowledged is kept."""


class ServerOptions(Protocol):
    """Where and how to listen."""

    @property
    def host(self) -> str:
        """Address to listen on; 127.0.0.1 unless somebody chose another."""
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


def run(build: Build, options: ServerOptions) -> None:
    """Serves until SIGTERM or SIGINT: then stops accepting, finishes what runs, stops the bot.

    Raises:
        ConfigError: the address cannot be listened on.
        SystemExit: with granian, the bot could not be built (logged), or its process died.
    """
    port = free_port(options.host, options.port)
    serve = _granian if _use_granian(options.kind) else _waitress
    serve(build, options, port)


def free_port(host: str, port: int) -> int:
    """The port, or a free one for 0, after trying that it can be listened on.

    Raises:
        ConfigError: it is in use, or the address is not one of this machine.
    """
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        # Granian shares a port with whoever else asks, so a second bot would go unnoticed.
        with socket.create_server((host, port), family=family) as probe:
            return int(probe.getsockname()[1])
    except OSError as problem:
        raise ConfigError(
            f"cannot listen on {host}:{port}: {problem.strerror or problem}",
            hint="Choose another [server] port or host; is another bot running?",
        ) from problem


def _use_granian(kind: str) -> bool:
    if kind == "granian" and importlib.util.find_spec("granian") is None:
        logs.get().warning("granian_missing", using="waitress")
        return False
    return kind == "granian"


# -- granian


def _granian(build: Build, options: ServerOptions, port: int) -> None:
    from granian import Granian
    from granian.constants import HTTPModes, Interfaces
    from granian.log import LogLevels

    server = Granian(
        target="clickup-mlops",
        address=options.host,
        port=port,
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        workers=1,
        blocking_threads=options.threads,
        websockets=False,
        workers_kill_timeout=STOP_S,
        log_level=LogLevels.error,
        log_dictconfig=_LOG_LIKE_THE_REST,
    )
    load = partial(_load, build, options, port)
    server.serve(target_loader=load, wrap_loader=False)


_LOG_LIKE_THE_REST: Final[dict[str, Any]] = {
    "formatters": {},
    "handlers": {},
    "loggers": {"_granian": {"propagate": True}, "granian.access": {"propagate": True}},
}


def _load(build: Build, options: ServerOptions, port: int) -> "Flask":
    """Granian calls this in its worker process, once, before the worker serves."""
    _signals_in_a_thread()
    running = ExitStack()
    # Runs when the worker's last request is answered and its main function returns.
    Finalize(None, running.close, exitpriority=100)
    try:
        app = _started(build, running, options, port)
    except ClickUpMlopsError as problem:
        _give_up(problem)
    threading.Thread(target=_follow_parent, name="follow-parent", daemon=True).start()
    return app


def _give_up(problem: ClickUpMlopsError) -> NoReturn:
    logs.get().error("cannot_start", problem=str(problem), hint=problem.hint)
    sys.exit(1)


def _signals_in_a_thread() -> None:
    """Makes the worker stop once, however many signals come.

    A terminal or systemd signals parent and worker, and the parent then signals the worker again.
    Granian's handler, interrupted by itself on the main thread, can wait for its own lock.
    """
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGINT})
    inherited = signal.getsignal(signal.SIGTERM)
    threading.Thread(target=_stop_once, args=[inherited], name="signals", daemon=True).start()


def _stop_once(inherited: Any) -> None:
    signal.sigwait({signal.SIGTERM})
    while (handler := signal.getsignal(signal.SIGTERM)) == inherited:
        time.sleep(0.05)  # the worker is still being built; granian sets its handler after that
    handler(signal.SIGTERM, None)  # type: ignore[operator,misc]


def _follow_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        # Killed from outside: an orphan would keep the port and the SQLite file.
        os.kill(os.getpid(), signal.SIGTERM)


# -- waitress


def _waitress(build: Build, options: ServerOptions, port: int) -> None:
    from waitress import create_server

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _exit_once)
    with ExitStack() as running:
        server = create_server(
            _started(build, running, options, port),
            host=options.host,
            port=port,
            threads=options.threads,
            max_request_body_size=options.max_body_bytes,
        )
        server.run()


def _exit_once(*_: object) -> NoReturn:
    # Reaches waitress's loop, which answers what runs and returns; nothing may interrupt that.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)
    sys.exit(0)


# -- both


def _started(build: Build, running: ExitStack, options: ServerOptions, port: int) -> "Flask":
    """The app of a bot that runs until `running` is closed."""
    from clickup_mlops.web.app import create_app

    bot = running.enter_context(build())
    running.callback(bot.stop)
    bot.start()
    logs.get().info("listening", url=f"http://{options.host}:{port}")
    return create_app(bot, max_body_bytes=options.max_body_bytes)
