"""Posts webhook messages to their endpoints: in threads, with retries and with faults on request.

Workers take messages in the order in which they fall due; no order is promised. What a message
contains, how it is signed and what its outcome means is up to the caller.
"""

import heapq
import itertools
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Generic, TypeVar

import requests

from clickup_mlops.sandbox.core.faults import Faults

_LOG = 50_000


@dataclass(kw_only=True)
class Message:
    """One POST. `kind` is the event's name; `outcome`: pending, delivered, dropped (given up) or
    lost (by a fault, never sent). `statuses` holds what each attempt was answered, 0 for no answer.
    """

    id: int = 0
    kind: str
    endpoint: str
    body: bytes
    outcome: str = "pending"
    statuses: list[int] = field(default_factory=list)


M = TypeVar("M", bound=Message)


@dataclass(frozen=True, kw_only=True)
class Policy:
    """How a service delivers. `spacing_s[n]` is the wait after failed attempt n; an answer with a
    status in `final` ends a message at once.
    """

    attempts: int
    timeout_s: float
    spacing_s: Sequence[float]
    final: frozenset[int] = frozenset()


class DeliveryQueue(Generic[M]):
    """A pool of threads that delivers. `headers` gives a message's headers; `on_end` is called once
    for each message that was delivered or dropped, without any lock held.
    """

    def __init__(
        self,
        faults: Faults,
        policy: Policy,
        *,
        headers: Callable[[M], Mapping[str, str]],
        on_end: Callable[[M], None],
        workers: int,
    ) -> None:
        self._faults, self._policy = faults, policy
        self._headers, self._on_end = headers, on_end
        self.log: deque[M] = deque(maxlen=_LOG)
        self._due: list[tuple[float, int, M]] = []
        self._serial = itertools.count(1)
        self._ready = threading.Condition()
        self._busy = 0
        self._paused = self._closed = False
        self._threads = [
            threading.Thread(target=self._work, name=f"sandbox-deliver-{n}", daemon=True)
            for n in range(workers)
        ]
        for thread in self._threads:
            thread.start()

    def send(self, message: M) -> None:
        """Queue a message, as often and as late as the faults of its kind require."""
        waits = self._faults.plan_delivery(message.kind)
        for wait_s in waits:
            self._send(message, wait_s)
        if not waits:
            self.log.append(replace(message, id=next(self._serial), outcome="lost"))

    def _send(self, message: M, wait_s: float = 0) -> None:
        # Every copy has its own number and its own attempts.
        copy = replace(message, id=next(self._serial), outcome="pending", statuses=[])
        self.log.append(copy)
        self._push(copy, wait_s)

    # From the control side

    def pause(self) -> None:
        """Keep what falls due until `resume`."""
        with self._ready:
            self._paused = True

    def resume(self) -> None:
        """Deliver what fell due while paused, and go on."""
        with self._ready:
            self._paused = False
            self._ready.notify_all()

    def resend(self, message_id: int) -> None:
        """Post a message once more, as it was."""
        for message in self.log:
            if message.id == message_id:
                return self._send(message)
        raise KeyError(message_id)

    def wait_idle(self, timeout_s: float = 30) -> bool:
        """Wait until nothing is queued or in progress; False if that took too long."""
        with self._ready:
            return self._ready.wait_for(lambda: not self._due and not self._busy, timeout_s)

    def flush(self) -> None:
        """Make everything that waits for a later time due now."""
        with self._ready:
            now = time.monotonic()
            self._due = [(min(now, due), n, message) for due, n, message in self._due]
            heapq.heapify(self._due)
            self._ready.notify_all()

    def discard_queued(self) -> int:
        """Discard what is queued, as if it had been lost on the way; returns how many."""
        with self._ready:
            count = len(self._due)
            for _due, _n, message in self._due:
                message.outcome = "lost"
            self._due.clear()
            self._ready.notify_all()
            return count

    def close(self) -> None:
        """Stop the workers; what is queued stays undelivered."""
        with self._ready:
            self._closed = True
            self._ready.notify_all()
        for thread in self._threads:
            thread.join(timeout=1)

    # The workers

    def _push(self, message: M, wait_s: float) -> None:
        with self._ready:
            heapq.heappush(self._due, (time.monotonic() + wait_s, next(self._serial), message))
            self._ready.notify()

    def _work(self) -> None:
        with requests.Session() as session:
            session.trust_env = False
            while (message := self._take()) is not None:
                try:
                    self._attempt(session, message)
                finally:
                    with self._ready:
                        self._busy -= 1
                        self._ready.notify_all()

    def _take(self) -> M | None:
        with self._ready:
            while not self._closed:
                wait_s = self._due[0][0] - time.monotonic() if self._due else None
                if wait_s is not None and wait_s <= 0 and not self._paused:
                    self._busy += 1
                    return heapq.heappop(self._due)[2]
                self._ready.wait(None if self._paused else wait_s)
            return None

    def _attempt(self, session: requests.Session, message: M) -> None:
        status, policy = self._post(session, message), self._policy
        message.statuses.append(status)
        attempts = len(message.statuses)
        if 200 <= status < 300:
            self._end(message, "delivered")
        elif status in policy.final or attempts >= policy.attempts:
            self._end(message, "dropped")
        else:
            self._push(message, policy.spacing_s[min(attempts, len(policy.spacing_s)) - 1])

    def _post(self, session: requests.Session, message: M) -> int:
        try:
            answer = session.post(
                message.endpoint,
                data=message.body,
                headers=self._headers(message),
                timeout=self._policy.timeout_s,
                allow_redirects=False,
            )
        except (requests.RequestException, ValueError):  # urllib3 has an own one for odd names
            return 0
        return answer.status_code

    def _end(self, message: M, outcome: str) -> None:
        message.outcome = outcome
        self._on_end(message)
