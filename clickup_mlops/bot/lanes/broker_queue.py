"""Sends lane names to a broker, so that nobody who has something to send waits for the broker."""

import threading
from collections.abc import Callable

from clickup_mlops import logs
from clickup_mlops.bot.lanes.lane_queue import LaneQueue
from clickup_mlops.store.queries.ready_lanes import ReadyLane

_log = logs.get()


class BrokerQueue:
    """A thread that sends the most urgent name next; `put` only leaves one with it.

    What cannot be sent is dropped: the event is safe in the inbox and the sweeper asks again.
    """

    def __init__(self, send: Callable[[str, int], object]) -> None:
        self._send = send
        self._changed = threading.Condition()
        self._waiting = LaneQueue()
        self._stopping = False
        self._thread: threading.Thread | None = None
        self.problem = ""
        """Why the last name could not be sent; empty if it could."""

    def put(self, lane: str, rank: int) -> None:
        """Have the lane's name sent soon, with its rank."""
        with self._changed:
            self._waiting.put(lane, rank)
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
                self._send(*lane)
                self.problem = ""
            except Exception as problem:
                self.problem = str(problem) or type(problem).__name__
                # Each try may take seconds: the others would only grow old in the queue.
                dropped = 1 + self._drop_all()
                _log.warning("dispatch_failed", lanes=dropped, problem=str(problem))

    def _next(self) -> ReadyLane | None:
        with self._changed:
            while not self._stopping:
                if (lane := self._waiting.take()) is not None:
                    return lane
                self._changed.wait()
            return None

    def _drop_all(self) -> int:
        with self._changed:
            return self._waiting.clear()
