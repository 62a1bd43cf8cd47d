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
"""Of one processor, that slices and the pauses between them come to."""

T = TypeVar("T")


class _Slice(threading.local):
    """Processor time of this thread when its slice began; None: it works without pauses."""

    begun_s: float | None = None


_slice = _Slice()


@contextmanager
def in_slices() -> Iterator[None]:
    """Inside, `rest` pauses this thread."""
    before, _slice.begun_s = _slice.begun_s, time.thread_time()
    try:
        yield
    finally:
        _slice.begun_s = before


def rest() -> None:
    """Called again and again by what takes long: pauses if this thread's slice is used up."""
    if _slice.begun_s is None:
        return
    used_s = time.thread_time() - _slice.begun_s
    if used_s >= SLICE_S:
        time.sleep(used_s * (1 / SHARE - 1))  # noqa: TID251 - pauses are what it is for
        _slice.begun_s = time.thread_time()


def paced(values: Iterable[T]) -> Iterator[T]:
    """The same values, with a rest before each."""
    for value in values:
        rest()
        yield value
