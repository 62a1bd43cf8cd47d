"""A sandbox's application under waitress, in a thread, until the block ends."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from ipaddress import ip_address
from typing import Any, Protocol

from flask import Flask
from waitress.channel import HTTPChannel
from waitress.server import create_server
from waitress.task import WSGITask
from waitress.wasyncore import close_all

from clickup_mlops.errors import ConfigError

THREADS = 16


class Servable(Protocol):
    """A sandbox: `url` is set once it answers, `close` called at the end."""

    url: str

    @property
    def app(self) -> Flask:
        """The WSGI application to serve."""

    def close(self) -> None:
        """Release what it holds."""


class _Task(WSGITask):  # type: ignore[misc]
    """Lets the application drop the connection, which WSGI cannot express."""

    def get_environment(self) -> dict[str, Any]:
        environ: dict[str, Any] = super().get_environment()
        environ["sandbox.cut"] = self._cut
        return environ

    def _cut(self) -> None:
        self.close_on_finish = True
        with suppress(OSError):  # The other side may have closed it already.
            self.channel.socket.shutdown(socket.SHUT_RDWR)


class _Channel(HTTPChannel):  # type: ignore[misc]
    task_class = _Task


@contextmanager
def serving(sandbox: Servable, *, host: str, port: int, threads: int = THREADS) -> Iterator[None]:
    """Answer at `sandbox.url` until the block ends, and close the sandbox then.

    Raises:
        ConfigError: the port is taken.
    """
    server = _create_server(sandbox, host, port, threads)
    if is_loopback(host):
        # No other name may stand for this machine: that is how hostile web pages get in.
        sandbox.app.config["TRUSTED_HOSTS"] = [host, "127.0.0.1", "localhost"]
    sandbox.url = f"http://{host}:{server.effective_port}"
    thread = threading.Thread(target=server.run, name="sandbox", daemon=True)
    thread.start()
    try:
        yield
    finally:
        # In the server's own thread, so that it does not wait on sockets that are already closed.
        # If it was awake, it may have closed the trigger itself before the wake-up call is written.
        with suppress(OSError):
            server.trigger.pull_trigger(lambda: close_all(server._map, ignore_all=True))
        thread.join(timeout=5)
        server.task_dispatcher.shutdown(timeout=1)
        sandbox.close()


def check_host(host: str, allow_remote: bool) -> None:
    """Raises ConfigError: other machines could reach it without `allow_remote`."""
    if not allow_remote and not is_loopback(host):
        raise ConfigError(
            f"{host} can be reached from other machines, and the sandbox has no access control",
            hint="Use 127.0.0.1, or --allow-remote where everybody on the network may use it.",
        )


def wait_for_interrupt(on_start: Callable[[], None]) -> None:
    """Call `on_start`, then wait for Ctrl-C."""
    try:
        on_start()
        threading.Event().wait()
    except KeyboardInterrupt:
        return


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach it."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _create_server(sandbox: Servable, host: str, port: int, threads: int) -> Any:
    try:
        server = create_server(
            sandbox.app, host=host, port=port, threads=threads, clear_untrusted_proxy_headers=True
        )
    except OSError as problem:
        sandbox.close()
        raise ConfigError(
            f"cannot listen on {host}:{port}: {problem.strerror or problem}",
            hint="Choose another port, or 0 for any free one.",
        ) from problem
    server.channel_class = _Channel
    return server
