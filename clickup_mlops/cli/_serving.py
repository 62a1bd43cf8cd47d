"""What keeps the process of `serve` small, besides what it does not import."""

import ctypes
import os
from collections.abc import Callable
from contextlib import suppress
from typing import Final

_ARENAS: Final = (-8, 2)
"""M_ARENA_MAX: else glibc keeps freed memory apart for each of some forty threads."""


def few_heaps() -> None:
    """For all threads together. For glibc; elsewhere nothing happens."""
    if "MALLOC_ARENA_MAX" in os.environ:
        return
    with suppress(OSError, AttributeError, TypeError):
        ctypes.CDLL(None).mallopt(*_ARENAS)


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
