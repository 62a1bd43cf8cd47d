"""Runs the ClickUp sandbox, in a thread (`running`) or for good (`serve`)."""

import secrets
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Final, Unpack

from clickup_mlops.sandbox.core.interception import intercepting
from clickup_mlops.sandbox.core.serving import THREADS, check_host, serving, wait_for_interrupt
from clickup_mlops.sandbox.sandbox import Options, Sandbox

HOSTS: Final = ("api.clickup.com", "app.clickup.com")
"""The real names that can be intercepted."""


@contextmanager
def running(
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    threads: int = THREADS,
    allow_remote: bool = False,
    intercept: bool = False,
    **options: Unpack[Options],
) -> Iterator[Sandbox]:
    """A sandbox that answers at `sandbox.url` until the block ends.

    `allow_remote` allows a `host` that other machines can reach. `intercept` starts a proxy that
    answers for `api.clickup.com`: `sandbox.interception`. `options` are those of `Sandbox`.

    Raises:
        ConfigError: the seed is unknown or wrong, the port is taken, or other machines could reach
            it without `allow_remote`.
    """
    check_host(host, allow_remote)
    # By the port: a sandbox that is started again at its place has the tokens that people know.
    options.setdefault("name", str(port) if port else secrets.token_hex(4))
    sandbox = Sandbox(**options)
    with ExitStack() as stack:
        stack.enter_context(serving(sandbox, host=host, port=port, threads=threads))
        if intercept:
            sandbox.app.config["TRUSTED_HOSTS"] += HOSTS
            here = "127.0.0.1" if host == "0.0.0.0" else host  # noqa: S104
            place = (here, int(sandbox.url.rpartition(":")[2]))
            sandbox.interception = stack.enter_context(intercepting(HOSTS, place))
        yield sandbox


def serve(
    host: str = "127.0.0.1",
    port: int = 8100,
    *,
    on_start: Callable[[Sandbox], None] | None = None,
    threads: int = THREADS,
    allow_remote: bool = False,
    intercept: bool = False,
    **options: Unpack[Options],
) -> None:
    """Run a sandbox until interrupted. `on_start` is called with the `Sandbox` once it listens."""
    with running(
        host=host,
        port=port,
        threads=threads,
        allow_remote=allow_remote,
        intercept=intercept,
        **options,
    ) as sandbox:
        wait_for_interrupt(lambda: on_start(sandbox) if on_start else None)
