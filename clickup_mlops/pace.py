"""Background work in slices, so that it never keeps the event pipeline from the interpreter.

A thread of CPython that computes gives the interpreter away after 5 ms at the earliest, and whoever
waits for it waits anew after each call that it makes. Work that nobody waits for therefore stops by
itself after a shorter slice, and uses a share of one processor only.
"""

import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Final, TypeVar

SLICE_S: Final = 0.001
"""Processor time that is used in one go."""
SHARE: Final = 0.25
"""Of one processor, that all threads together use which work in slices."""

T = TypeVar("T")


class _Slice(threading.local):
    """Processor time of this thread when its slice began; None: it works without pauses."""

    begun_s: float | None = None


_slice = _Slice()
_threads: set[int] = set()
"""Those that work in slices now. Adding to a set, and asking for its size, needs no lock."""


@contextmanager
def in_slices() -> Iterator[None]:
    """Inside, `pause` pauses this thread."""
    if _slice.begun_s is not None:
        yield
        return
    thread = threading.get_ident()
    _slice.begun_s = time.thread_time()
    _threads.add(thread)
    try:
        yield
    finally:
        _threads.discard(thread)
        _slice.begun_s = None


def pause() -> None:
    """Called again and again by what takes long: pauses if this thread's slice is used up."""
    if _slice.begun_s is None:
        return
    used_s = time.thread_time() - _slice.begun_s
    if used_s >= SLICE_S:
        time.sleep(used_s * (len(_threads) / SHARE - 1))  # noqa: TID251 - pauses are what it is for
        _slice.begun_s = time.thread_time()


def paced(values: Iterable[T]) -> Iterator[T]:
    """The same values, with a pause before each."""
    for value in values:
        pause()
        yield value
