"""A call in a process of its own: what an agent wrote may take neither the machine's memory nor an
hour.

A condition of a few hundred characters can make a text of gigabytes, and CEL has no limit for that.
"""

import os
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.connection import Connection
from threading import Lock
from typing import Any, Final, TypeVar

from clickup_mlops import rlimits
from clickup_mlops.errors import ClickUpMlopsError, InputError

MOST_MEMORY: Final = 1024**3
"""Bytes that the process may allocate."""
MOST_SECONDS: Final = 120
_HINT: Final = "Does a text in it grow with each step? A shorter `since` takes less time."
_one_at_a_time = Lock()

T = TypeVar("T")


def call(function: Callable[..., T], *arguments: Any, seconds: float = MOST_SECONDS) -> T:
    """What the function of a module answers in a process of its own.

    Raises:
        InputError: it took too much memory or time, or another call runs; or the function raises a
            `ClickUpMlopsError`.
    """
    if not _one_at_a_time.acquire(blocking=False):
        raise InputError("another draft is being simulated", hint="Ask again in a minute.")
    try:
        answer, problem, hint = _answer(function, arguments, seconds)
    finally:
        _one_at_a_time.release()
    if answer is None:
        raise InputError(problem, hint=hint)
    return answer


def _answer(
    function: Callable[..., T], arguments: tuple[Any, ...], seconds: float
) -> tuple[T | None, str, str]:
    # Not a fork: threads of the server may hold locks.
    context = get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_run, args=(sender, function, arguments), daemon=True)
    process.start()
    sender.close()
    try:
        if not receiver.poll(seconds):
            return None, f"it took more than {seconds:g} seconds", _HINT
        answer: tuple[T | None, str, str] = receiver.recv()
    except EOFError:
        most = f"{MOST_MEMORY // 1024**2:,} MiB"
        return None, f"it ended without an answer: it may need more than {most} of memory", _HINT
    finally:
        process.kill()
        process.join()
        receiver.close()
    return answer


def _run(sender: Connection, function: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
    os.dup2(2, 1)  # what is printed would be taken for the server's answers
    rlimits.limit_memory(MOST_MEMORY)
    try:
        sender.send((function(*arguments), "", ""))
    except ClickUpMlopsError as problem:
        sender.send((None, str(problem), problem.hint))
