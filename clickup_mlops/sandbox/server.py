"""Runs the ClickUp sandbox, in a thread (`running`) or for good (`serve`)."""

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Unpack

from clickup_mlops.sandbox.core.serving import THREADS, check_host, serving, until_interrupted
from clickup_mlops.sandbox.sandbox import Options, Sandbox


@contextmanager
def running(
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    threads: int = THREADS,
    anybody: bool = False,
    **options: Unpack[Options],
) -> Iterator[Sandbox]:
    """A sandbox that answers at `sandbox.url` until the block ends.

    `anybody` allows a `host` that other machines can reach. `options` are those of `Sandbox`.

    Raises:
        ConfigError: the seed is unknown or wrong, the port is taken, or other machines could reach
            it without `anybody`.
    """
    check_host(host, anybody)
    # By the port: a sandbox that is started again at its place has the tokens that people know.
    options.setdefault("name", str(port) if port else secrets.token_hex(4))
    sandbox = Sandbox(**options)
    with serving(sandbox, host=host, port=port, threads=threads):
        yield sandbox


def serve(
    host: str = "127.0.0.1",
    port: int = 8100,
    *,
    started: Callable[[Sandbox], None] | None = None,
    threads: int = THREADS,
    anybody: bool = False,
    **options: Unpack[Options],
) -> None:
    """Run a sandbox until interrupted. `started` is called with the `Sandbox` once it listens."""
    with running(host=host, port=port, threads=threads, anybody=anybody, **options) as sandbox:
        until_interrupted(lambda: started(sandbox) if started else None)
