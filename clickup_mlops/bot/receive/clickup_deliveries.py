"""Deliveries of ClickUp's webhooks: which are genuine, and the row that each becomes."""

from collections.abc import Callable, Sequence
from typing import Final

from clickup_mlops.bot.receive.ingest import Arrival, Delivery
from clickup_mlops.clickup import webhook
from clickup_mlops.clickup.model import Event
from clickup_mlops.errors import BadPayload, BadSignature
from clickup_mlops.store import Earlier, Incoming, once_within
from clickup_mlops.store.ranks import DEFAULT, Estimate, Urgency, compute_rank

SIGNATURE: Final = "x-signature"
"""The header with the signature."""
_UNHEARD: Final = compute_rank(Urgency.LATE, Estimate.OTHER)
_LONGEST_LANE: Final = 200
_LOCATIONS: Final = ("list_id", "folder_id", "space_id", "goal_id")


class RefusedDelivery(Exception):
    """This delivery is not accepted, and why: a few words for the answer and the metrics."""

    def __init__(self, reason: str, webhook_id: str = "") -> None:
        super().__init__(reason)
        self.reason, self.webhook_id = reason, webhook_id


class ClickUpDeliveries:
    """A `DeliverySource`.

    `secrets` gives those of a webhook: two during a rotation, none if it is not ours; it raises
    StoreUnavailable if they cannot be read. `workspace` is asked for webhooks with secrets only.
    `is_own_echo` says whether an event only reports what the bot itself wrote; what it says is then
    part of this thread's next write. `rank` gives the rank of an event at a time (Unix ms).
    `can_wait` says whether nobody listens for an event: it needs no estimate, and goes last.
    """

    contact: Final = ""

    def __init__(
        self,
        secrets: Callable[[str], Sequence[str]],
        workspace: Callable[[str], str],
        is_own_echo: Callable[[Event, Incoming], bool],
        rank: Callable[[Event, int], int],
        can_wait: Callable[[Event], bool] = lambda _event: False,
    ) -> None:
        self._secrets, self._workspace, self._is_own_echo = secrets, workspace, is_own_echo
        self._rank, self._can_wait = rank, can_wait

    def read(self, delivery: Delivery) -> Sequence[Arrival]:
        """One row, with the body byte for byte.

        Raises:
            RefusedDelivery: unsigned, unreadable, not our webhook, or signed with another secret.
            StoreUnavailable: it cannot be decided now; to be delivered again.
        """
        event = self._verify(delivery.body, delivery.header(SIGNATURE))
        key, earlier = create_key(event, delivery.now_ms)
        row = self._build_row(event, key, delivery)
        if self._is_own_echo(event, row):
            return (Arrival(row, earlier, is_handled=True),)
        can_wait = self._can_wait(event)
        rank = _UNHEARD if can_wait else self._rank(event, delivery.now_ms)
        row = self._build_row(event, key, delivery, rank)
        return (Arrival(row, earlier, can_wait=can_wait),)

    def _build_row(
        self, event: Event, key: str, delivery: Delivery, rank: int = DEFAULT
    ) -> Incoming:
        # Not `replace`: it takes longer than the rest of it.
        return Incoming(
            key,
            f"hook:{event.webhook_id}",
            self._workspace(event.webhook_id),
            event.kind,
            find_lane(event),
            event.list_id,
            delivery.body,
            webhook.choose_time_ms(event, delivery.now_ms),
            delivery.now_ms,
            rank=rank,
        )

    def _verify(self, body: bytes, signature: str) -> Event:
        """The event, if it was signed with a secret of its own webhook."""
        if not signature:
            raise RefusedDelivery("unsigned")
        try:
            event = webhook.parse(body)
        except BadPayload as problem:
            raise RefusedDelivery("unreadable") from problem
        secrets = self._secrets(event.webhook_id)
        if not secrets:
            raise RefusedDelivery("unknown webhook", event.webhook_id)
        try:
            webhook.verify(body, signature, secrets)
        except BadSignature as problem:
            raise RefusedDelivery("bad signature", event.webhook_id) from problem
        return event


def create_key(event: Event, now_ms: int) -> tuple[str, Earlier | None]:
    """The event's key in the inbox, and the earlier event that it may duplicate.

    An event whose bytes can occur again is a duplicate only for a while: its key contains the time
    window, and the event of the previous window may still be recent.
    """
    if not webhook.may_repeat(event):
        return event.key, None
    return once_within(event.key, webhook.REPEATED_MS, now_ms)


def find_lane(event: Event) -> str:
    """The lane of the event: its task, else the list, folder, space or goal."""
    if event.task_id is not None:
        return event.task_id
    for name in _LOCATIONS:
        if event.raw.get(name):
            return f"{name.removesuffix('_id')}:{event.raw[name]}"[:_LONGEST_LANE]
    return f"hook:{event.webhook_id}"
