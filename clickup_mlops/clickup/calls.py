"""Which requests were sent for one purpose: `with recorded() as calls: ...`.

For the audit. It counts what this thread does; each try is a line of its own.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_recording: ContextVar[list[str] | None] = ContextVar("recording", default=None)


@contextmanager
def recorded() -> Iterator[list[str]]:
    """Collects `METHOD path status` of each request; status 0: no answer came."""
    calls: list[str] = []
    token = _recording.set(calls)
    try:
        yield calls
    finally:
        _recording.reset(token)


def note(method: str, path: str, status: int) -> None:
    """A request was sent."""
    calls = _recording.get()
    if calls is not None:
        calls.append(f"{method} {path} {status}")
