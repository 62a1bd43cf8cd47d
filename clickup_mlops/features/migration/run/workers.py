"""A few threads for independent steps. Steps of one item run in their order, in one thread."""

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from zlib import crc32

_AHEAD = 4
"""Jobs that wait for each thread: more would only cost memory."""


class Workers:
    """Runs jobs; the first error ends it: it is raised by the next `submit` or by `drain`.

    With one thread there is none: jobs run in the caller's.
    """

    def __init__(self, threads: int) -> None:
        pools = threads if threads > 1 else 0
        self._pools = [ThreadPoolExecutor(1, "migration") for _ in range(pools)]
        self._slots = threading.BoundedSemaphore(max(1, pools * _AHEAD))
        self._lock = threading.Lock()
        self._running: set[Future[None]] = set()
        self._error: BaseException | None = None

    def submit(self, item_id: str, job: Callable[[], None]) -> None:
        """Run a job now or soon; jobs of the same item in the order in which they came."""
        if not self._pools:
            job()
            return
        self._slots.acquire()
        self._raise()
        pool = self._pools[crc32(item_id.encode()) % len(self._pools)]
        future = pool.submit(self._run, job)
        with self._lock:
            self._running.add(future)
        future.add_done_callback(self._ended)

    def drain(self) -> None:
        """Wait until all jobs have ended."""
        while True:
            with self._lock:
                future = next(iter(self._running), None)
            if future is None:
                break
            future.exception()
        self._raise()

    def _run(self, job: Callable[[], None]) -> None:
        if self._error is None:
            job()

    def _ended(self, future: "Future[None]") -> None:
        if not future.cancelled() and (error := future.exception()) is not None:
            self._error = self._error or error
        with self._lock:
            self._running.discard(future)
        self._slots.release()

    def _raise(self) -> None:
        if self._error is not None:
            raise self._error

    def __enter__(self) -> "Workers":
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        # What is on its way ends and is recorded; what waits is left for the next run.
        for pool in self._pools:
            pool.shutdown(wait=True, cancel_futures=True)
