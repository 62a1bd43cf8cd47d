"""Repeating calls: a check before a call that may have taken effect is sent again, and a report of
waits to a person at a terminal.

People may have chosen another value since the first try, and a repeated call would overwrite it:
`with ask_before_repeating(ask): ...` lets the caller look first.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from typing import Final, Protocol

from clickup_mlops.errors import ApiError

Ask = Callable[[], None]
"""Returns if the call may be sent again; raises what its caller gets instead."""

_asking: ContextVar[Ask | None] = ContextVar("asking", default=None)


@contextmanager
def ask_before_repeating(ask: Ask | None) -> Iterator[None]:
    """`ask` is called before each such repetition that this thread makes; None: nobody is asked."""
    token = _asking.set(ask)
    try:
        yield
    finally:
        _asking.reset(token)


def confirm_repetition() -> None:
    """Asks. Raises: what `ask` raises."""
    ask = _asking.get()
    if ask is not None:
        ask()


class Waiting(Protocol):
    """Hears of waits. Called by any thread."""

    @property
    def first_attempts(self) -> int | None:
        """How often a call is tried while nothing has answered yet; None: as often as ever."""

    def during(self, kind: str, subject: str) -> AbstractContextManager[None]:
        """Around a wait for `what`, which may be short. A kind is one of few."""

    def pausing(self, problem: ApiError, seconds: float, attempt: int, attempts: int) -> None:
        """A try failed: the next one of so many is made in so many seconds."""


class _Silent:
    first_attempts = None

    def during(self, _kind: str, _subject: str) -> AbstractContextManager[None]:
        return nullcontext()

    def pausing(self, _problem: ApiError, _seconds: float, _attempt: int, _attempts: int) -> None:
        pass


SILENT: Final[Waiting] = _Silent()
"""Nobody hears of it. Failed tries are in the log."""
