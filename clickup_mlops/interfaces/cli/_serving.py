"""What keeps the process of `serve` small, besides what it does not import."""

import ctypes
import gc
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Final

_ONE_HEAP: Final = {
    -8: 1,  # M_ARENA_MAX: else freed memory is kept apart for each of some forty threads
    -1: 1024 * 1024,  # M_TRIM_THRESHOLD and M_MMAP_THRESHOLD: else both grow with the largest
    -3: 128 * 1024,  # block that was ever freed, and more stays with the process. With less at
    -2: 256 * 1024,  # its end (M_TOP_PAD) each event would take memory and give it back
}


def keep_heap_small() -> None:
    """Give freed memory back to the system. For glibc; elsewhere nothing happens."""
    with suppress(OSError, AttributeError, TypeError):
        for option, value in _ONE_HEAP.items():
            ctypes.CDLL(None).mallopt(option, value)


@contextmanager
def no_garbage_collection() -> Iterator[None]:
    """While modules are imported there is next to none. The server switches it on again."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def try_in_child(work: Callable[[], object]) -> None:
    """Do what leaves much in memory in a child process, if there are such. If it fails there, it is
    to be done here, where the exception can be seen. Before the first thread.
    """
    if not hasattr(os, "fork"):
        return
    child = os.fork()
    if child == 0:
        with suppress(BaseException):
            work()
        os._exit(0)
    os.waitpid(child, 0)
