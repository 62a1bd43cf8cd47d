"""Sends lane names to a broker, so that nobody who has something to send waits for the broker."""

import threading
from collections.abc import Callable
from typing import Final

from clickup_mlops import logs

MOST: Final = 10_000
"""Names that may wait to be sent; what comes on top is left to the sweeper."""

_log = logs.get()


class BrokerQueue:
    """A thread that sends; `put` only leaves a name with it.

    What cannot be sent is dropped: the event is safe in the inbox and the sweeper asks again.
    """

    def __init__(self, send: Callable[[str], object]) -> None:
        self._send = send
        self._changed = threading.Condition()
        self._waiting: dict[str, None] = {}  # in order, each once
        self._stopping = False
        self._thread: threading.Thread | None = None
        self.problem = ""
        """Why the last name could not be sent; empty if it could."""

    def put(self, lane: str) -> None:
        """Have the lane's name sent soon."""
        with self._changed:
            if len(self._waiting) < MOST:
                self._waiting[lane] = None
            if self._thread is None:
                self._thread = threading.Thread(target=self._loop, name="posting", daemon=True)
                self._thread.start()
            self._changed.notify()

    @property
    def waiting(self) -> int:
        """How many names wait to be sent."""
        return len(self._waiting)

    def stop(self, wait_s: float) -> None:
        """Send no more; wait for what is being sent, but not longer than that."""
        with self._changed:
            self._stopping = True
            self._changed.notify()
            thread = self._thread
        if thread is not None:
            thread.join(wait_s)

    def _loop(self) -> None:
        while (lane := self._next()) is not None:
            try:
                self._send(lane)
                self.problem = ""
            except Exception as problem:
                self.problem = str(problem) or type(problem).__name__
                # Each try may take seconds: the others would only grow old in the queue.
                dropped = 1 + self._drop_all()
                _log.warning("dispatch_failed", lanes=dropped, problem=str(problem))

    def _next(self) -> str | None:
        with self._changed:
            while not self._waiting and not self._stopping:
                self._changed.wait()
            if self._stopping:
                return None
            lane = next(iter(self._waiting))
            del self._waiting[lane]
            return lane

    def _drop_all(self) -> int:
        with self._changed:
            count = len(self._waiting)
            self._waiting.clear()
            return count
