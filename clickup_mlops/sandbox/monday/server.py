"""Runs the Monday.com sandbox, in a thread (`running`) or for good (`serve`)."""

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Unpack

from clickup_mlops.sandbox.core.serving import THREADS, check_host, serving, wait_for_interrupt
from clickup_mlops.sandbox.monday.sandbox import MondaySandbox, Options


@contextmanager
def running(
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    threads: int = THREADS,
    allow_remote: bool = False,
    **options: Unpack[Options],
) -> Iterator[MondaySandbox]:
    """A sandbox that answers at `sandbox.url` until the block ends.

    `allow_remote` allows a `host` that other machines can reach. `options` are those of
    `MondaySandbox`.

    Raises:
        ConfigError: the seed or plan is unknown, the port is taken, or other machines could reach
            it without `allow_remote`.
    """
    check_host(host, allow_remote)
    options.setdefault("name", str(port) if port else secrets.token_hex(4))
    sandbox = MondaySandbox(**options)
    with serving(sandbox, host=host, port=port, threads=threads):
        yield sandbox


def serve(
    host: str = "127.0.0.1",
    port: int = 8200,
    *,
    on_start: Callable[[MondaySandbox], None] | None = None,
    threads: int = THREADS,
    allow_remote: bool = False,
    **options: Unpack[Options],
) -> None:
    """Run a sandbox until interrupted; `on_start` is called with it once it listens."""
    with running(
        host=host, port=port, threads=threads, allow_remote=allow_remote, **options
    ) as sandbox:
        wait_for_interrupt(lambda: on_start(sandbox) if on_start else None)
