"""How far a command is: one line on a terminal's standard error, nothing elsewhere."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from clickup_mlops.cli import _out


@contextmanager
def counts() -> Iterator[Callable[[str, int], None]]:
    """Gives what shows a kind of thing and how many of it have been handled so far."""
    if not sys.stderr.isatty():
        yield _quiet
        return
    with _out.console(stderr=True).status("") as status:

        def show(what: str, count: int) -> None:
            status.update(f"{count:,} × {what}")

        yield show


def _quiet(_what: str, _count: int) -> None:
    """Shows nothing."""
