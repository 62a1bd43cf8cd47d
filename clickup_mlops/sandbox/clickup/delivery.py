"""Posts webhook events as ClickUp does: signed, 7 s to answer, 5 attempts, then dropped.

Workers in threads take deliveries in the order in which they fall due. ClickUp promises no order.
"""

import heapq
import hmac
import itertools
import threading
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import orjson
import requests

from clickup_mlops.sandbox.clickup.state import webhooks
from clickup_mlops.sandbox.clickup.state.events import Event
from clickup_mlops.sandbox.clickup.state.model import Webhook
from clickup_mlops.sandbox.clickup.state.world import World
from clickup_mlops.sandbox.core.faults import Faults

TIMEOUT_S = 7.0
ATTEMPTS = 5
_LOG = 50_000


@dataclass
class Delivery:
    """One event for one webhook. `outcome`: pending, delivered, dropped (given up) or lost (by
    a fault, never sent). `statuses` holds what each attempt was answered, 0 for no answer.
    """

    id: int
    webhook_id: str
    kind: str
    task_id: str | None
    body: bytes
    endpoint: str
    secret: str
    event_ms: int
    outcome: str = "pending"
    statuses: list[int] = field(default_factory=list)

    def to_dict(self) -> dict[str, Any]:
        """For the control API."""
        hidden = ("body", "secret")
        shown = {key: value for key, value in vars(self).items() if key not in hidden}
        return shown | {"body": orjson.loads(self.body)}


def sign(body: bytes, secret: str) -> str:
    """The X-Signature header: HMAC-SHA256 over the raw body, as hex digits."""
    return hmac.new(secret.encode(), body, "sha256").hexdigest()


class Postman:
    """A pool of threads that delivers. `spacing_s[n]` is the wait after failed attempt n."""

    def __init__(
        self,
        world: World,
        faults: Faults,
        *,
        workers: int = 8,
        spacing_s: Sequence[float] = (1, 5, 15, 60),
        timeout_s: float = TIMEOUT_S,
    ) -> None:
        self._world, self._faults = world, faults
        self._spacing_s, self._timeout_s = spacing_s, timeout_s
        self.log: deque[Delivery] = deque(maxlen=_LOG)
        self._due: list[tuple[float, int, Delivery]] = []
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

    # From the world

    def publish(self, events: Sequence[Event]) -> None:
        """Queue these events for every webhook that listens. Called with the world locked."""
        for event in events:
            for hook in webhooks.listening(self._world, event):
                self._queue(event, hook)

    def _queue(self, event: Event, hook: Webhook) -> None:
        body = orjson.dumps(event.body(hook.id))
        task_id, now = event.subject.get("task_id"), self._world.now_ms()
        one = Delivery(0, hook.id, event.kind, task_id, body, hook.endpoint, hook.secret, now)
        waits = self._faults.deliveries(event.kind)
        for wait_s in waits:
            self._send(one, wait_s)
        if not waits:
            self.log.append(replace(one, id=next(self._serial), outcome="lost"))

    def _send(self, like: Delivery, wait_s: float = 0) -> None:
        # Every copy has its own number and its own attempts.
        one = replace(like, id=next(self._serial), outcome="pending", statuses=[])
        self.log.append(one)
        self._push(one, wait_s)

    # From the control side

    def pause(self) -> None:
        """Keep what falls due until `resume`."""
        with self._ready:
            self._paused = True

    def resume(self) -> None:
        """Deliver again."""
        with self._ready:
            self._paused = False
            self._ready.notify_all()

    def again(self, delivery_id: int) -> None:
        """Post a delivery once more, as it was."""
        for one in self.log:
            if one.id == delivery_id:
                return self._send(one)
        raise KeyError(delivery_id)

    def wait_idle(self, timeout_s: float = 30) -> bool:
        """Wait until nothing is queued or under way; False if that took too long."""
        with self._ready:
            return self._ready.wait_for(lambda: not self._due and not self._busy, timeout_s)

    def flush(self) -> None:
        """Make everything that waits for a later time due now."""
        with self._ready:
            now = time.monotonic()
            self._due = [(min(now, due), n, one) for due, n, one in self._due]
            heapq.heapify(self._due)
            self._ready.notify_all()

    def forget(self) -> int:
        """Throw away what is queued, as if it had been lost on the way; returns how many."""
        with self._ready:
            lost = len(self._due)
            for _due, _n, one in self._due:
                one.outcome = "lost"
            self._due.clear()
            self._ready.notify_all()
            return lost

    def close(self) -> None:
        """Stop the workers; what is queued stays undelivered."""
        with self._ready:
            self._closed = True
            self._ready.notify_all()
        for thread in self._threads:
            thread.join(timeout=1)

    # The workers

    def _push(self, one: Delivery, wait_s: float) -> None:
        with self._ready:
            heapq.heappush(self._due, (time.monotonic() + wait_s, next(self._serial), one))
            self._ready.notify()

    def _work(self) -> None:
        with requests.Session() as session:
            session.trust_env = False
            while (one := self._take()) is not None:
                try:
                    self._attempt(session, one)
                finally:
                    with self._ready:
                        self._busy -= 1
                        self._ready.notify_all()

    def _take(self) -> Delivery | None:
        with self._ready:
            while not self._closed:
                wait_s = self._due[0][0] - time.monotonic() if self._due else None
                if wait_s is not None and wait_s <= 0 and not self._paused:
                    self._busy += 1
                    return heapq.heappop(self._due)[2]
                self._ready.wait(None if self._paused else wait_s)
            return None

    def _attempt(self, session: requests.Session, one: Delivery) -> None:
        status = self._post(session, one)
        one.statuses.append(status)
        if 200 <= status < 300:
            self._settle(one, "delivered")
        elif status == 410 or len(one.statuses) >= ATTEMPTS:
            self._settle(one, "dropped", gone=status == 410)
        else:
            tried = len(one.statuses)
            self._push(one, self._spacing_s[min(tried, len(self._spacing_s)) - 1])

    def _post(self, session: requests.Session, one: Delivery) -> int:
        headers = {
            "Content-Type": "application/json",
            "X-Signature": sign(one.body, one.secret),
            "User-Agent": "clickup-sandbox-webhook",
        }
        try:
            answer = session.post(
                one.endpoint,
                data=one.body,
                headers=headers,
                timeout=self._timeout_s,
                allow_redirects=False,
            )
        except (requests.RequestException, ValueError):  # urllib3 has an own one for odd names
            return 0
        return answer.status_code

    def _settle(self, one: Delivery, outcome: str, *, gone: bool = False) -> None:
        one.outcome = outcome
        hook = self._world.webhooks.get(one.webhook_id)
        if hook is None or (outcome == "delivered" and hook.status == "active"):
            return
        with self._world.change():
            if outcome == "delivered":
                webhooks.succeeded(self._world, hook)
            else:
                webhooks.failed(self._world, hook, gone=gone)
