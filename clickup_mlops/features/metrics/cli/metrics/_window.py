"""`--window`: how long two scrapes lie apart."""

import time
from collections.abc import Callable

import click

from clickup_mlops.ports.cli import options, output


def option(function: options.Decorated) -> options.Decorated:
    """Add `--window SECONDS`, passed as `window: int`."""
    return click.option(
        "--window",
        type=click.IntRange(0, 3600),
        default=15,
        show_default=True,
        help="Seconds between two scrapes; 0: one scrape, without rates.",
    )(function)


def waiting(seconds: int) -> Callable[[], None] | None:
    """Waits so long, with a bar; None for no time."""

    def wait() -> None:
        for _ in output.progress(range(seconds), seconds, "Window"):
            time.sleep(1)

    return wait if seconds else None


def pause(seconds: int) -> Callable[[], None]:
    """Waits so long."""
    return lambda: time.sleep(seconds)
