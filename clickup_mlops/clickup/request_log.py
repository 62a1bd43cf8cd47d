"""Which requests were sent for one purpose: `with collect_calls() as calls: ...`.

For the audit. It counts what this thread does; each try is a line of its own. And how many a thread
has sent, for the watchdog.
"""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_recording: ContextVar[list[str] | None] = ContextVar("recording", default=None)
_sent_counts: Counter[int] = Counter()  # by thread, each of which counts its own: no lock is needed


@contextmanager
def collect_calls() -> Iterator[list[str]]:
    """Collects `METHOD path status` of each request; status 0: no answer came."""
    calls: list[str] = []
    token = _recording.set(calls)
    try:
        yield calls
    finally:
        _recording.reset(token)


def record_call(method: str, path: str, status: int) -> None:
    """A request was sent."""
    _sent_counts[threading.get_ident()] += 1
    calls = _recording.get()
    if calls is not None:
        calls.append(f"{method} {path} {status}")


def count_sent_by(thread: int) -> int:
    """How many requests the thread with this ident has sent so far."""
    return _sent_counts[thread]
