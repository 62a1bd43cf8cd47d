"""Webhook deliveries as ClickUp makes them: signed, 7 s to answer, 5 attempts, then dropped."""

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import orjson

from clickup_mlops.sandbox.clickup.state import webhooks
from clickup_mlops.sandbox.clickup.state.events import Event
from clickup_mlops.sandbox.clickup.state.model import JsonTable, Webhook
from clickup_mlops.sandbox.clickup.state.world import World
from clickup_mlops.sandbox.core.delivery import DeliveryQueue, Message, Policy
from clickup_mlops.sandbox.core.faults import Faults

TIMEOUT_S = 7.0
ATTEMPTS = 5
GONE = 410


@dataclass(kw_only=True)
class Delivery(Message):
    """One event for one webhook; `task_id` is None for events of places."""

    webhook_id: str
    task_id: str | None
    secret: str
    event_ms: int

    def to_dict(self) -> JsonTable:
        """For the control API."""
        hidden = ("body", "secret")
        public = {key: value for key, value in vars(self).items() if key not in hidden}
        return public | {"body": orjson.loads(self.body)}


def sign(body: bytes, secret: str) -> str:
    """The X-Signature header: HMAC-SHA256 over the raw body, as hex digits."""
    return hmac.new(secret.encode(), body, "sha256").hexdigest()


class Deliveries(DeliveryQueue[Delivery]):
    """The deliveries of one world. `spacing_s[n]` is the wait after failed attempt n."""

    def __init__(
        self,
        world: World,
        faults: Faults,
        *,
        workers: int = 8,
        spacing_s: Sequence[float] = (1, 5, 15, 60),
        timeout_s: float = TIMEOUT_S,
    ) -> None:
        self._world = world
        policy = Policy(
            attempts=ATTEMPTS, timeout_s=timeout_s, spacing_s=spacing_s, final=frozenset({GONE})
        )
        super().__init__(
            faults, policy, headers=_build_headers, on_end=self._record_health, workers=workers
        )

    def publish(self, events: Sequence[Event]) -> None:
        """Queue these events for every webhook that listens. Called with the world locked."""
        for event in events:
            for hook in webhooks.find_listeners(self._world, event):
                self.send(self._build_delivery(event, hook))

    def _build_delivery(self, event: Event, hook: Webhook) -> Delivery:
        return Delivery(
            kind=event.kind,
            endpoint=hook.endpoint,
            body=orjson.dumps(event.body(hook.id)),
            webhook_id=hook.id,
            task_id=event.subject.get("task_id"),
            secret=hook.secret,
            event_ms=self._world.now_ms(),
        )

    def _record_health(self, delivery: Delivery) -> None:
        hook, delivered = (
            self._world.webhooks.get(delivery.webhook_id),
            delivery.outcome == "delivered",
        )
        if hook is None or (delivered and hook.status == "active"):
            return
        with self._world.change():
            if delivered:
                webhooks.record_success(self._world, hook)
            else:
                webhooks.record_failure(
                    self._world, hook, endpoint_gone=delivery.statuses[-1] == GONE
                )


def _build_headers(delivery: Delivery) -> Mapping[str, str]:
    return {
        "Content-Type": "application/json",
        "X-Signature": sign(delivery.body, delivery.secret),
        "User-Agent": "clickup-sandbox-webhook",
    }
