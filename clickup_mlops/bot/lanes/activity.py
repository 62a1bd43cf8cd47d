"""Which thread of this process handles which lane. Each thread notes its own: no lock is needed."""

import threading
from dataclasses import dataclass
from itertools import count


@dataclass(frozen=True, slots=True)
class Attempt:
    """A lane that is being handled. No two attempts have the same number."""

    lane: str
    number: int


class Activity:
    """For the watchdog. Lanes whose names begin with one of `ignored` are left out, except from
    `all`.
    """

    def __init__(self, ignored: tuple[str, ...] = ()) -> None:
        self._ignored = ignored
        self._numbers = count(1)
        self._running: dict[int, Attempt] = {}
        self._all: dict[int, Attempt] = {}
        self.last = 0
        """Number of the newest attempt that has begun."""

    def counts(self, lane: str) -> bool:
        """Whether the lane is not left out."""
        return not lane.startswith(self._ignored)

    def begin(self, lane: str) -> None:
        """This thread handles the lane from now on."""
        attempt, thread = Attempt(lane, next(self._numbers)), threading.get_ident()
        self._all[thread] = attempt
        if self.counts(lane):
            self._running[thread] = attempt
            self.last = attempt.number

    def end(self) -> None:
        """This thread is free again."""
        self._running.pop(threading.get_ident(), None)
        self._all.pop(threading.get_ident(), None)

    def running(self) -> dict[int, Attempt]:
        """The attempts of this moment, by the thread's ident."""
        return self._running.copy()

    def all(self) -> dict[int, Attempt]:
        """The same, with the lanes that are left out: jobs, for example."""
        return self._all.copy()
