"""Who is asked before a call is sent again that may have taken effect: `with asking(ask): ...`.

People may have chosen another value since, and a repeated call would overwrite it.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

Ask = Callable[[], None]
"""Returns if the call may be sent again; raises what its caller gets instead."""

_asking: ContextVar[Ask | None] = ContextVar("asking", default=None)


@contextmanager
def asking(ask: Ask | None) -> Iterator[None]:
    """`ask` is called before each such repetition that this thread makes; None: nobody is asked."""
    token = _asking.set(ask)
    try:
        yield
    finally:
        _asking.reset(token)


def may_repeat() -> None:
    """Asks. Raises: what `ask` raises."""
    ask = _asking.get()
    if ask is not None:
        ask()
