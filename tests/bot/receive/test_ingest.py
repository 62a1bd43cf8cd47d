"""Deliveries go one way into the inbox, whoever sends them."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from clickup_mlops.bot.receive.ingest import Arrival, Delivery, Ingest, Receipt
from clickup_mlops.errors import BadSignature
from clickup_mlops.store import Store
from tests.bot.conftest import NOW_MS, incoming


@dataclass
class Tool:
    """Delivers these rows, or something that is not genuine."""

    arrivals: Sequence[Arrival]
    is_genuine: bool = True
    contact: str = "integration:tool"
    deliveries: list[Delivery] = field(default_factory=list)

    def read(self, delivery: Delivery) -> Sequence[Arrival]:
        self.deliveries.append(delivery)
        if not self.is_genuine:
            raise BadSignature("no")
        return self.arrivals


class Receiver:
    """An ingest with what it has dispatched and noted."""

    def __init__(self, store: Store) -> None:
        self.lanes: list[str] = []
        self.later: list[str] = []
        self.contacts: list[str] = []
        self.ingest = Ingest(
            lambda: store.inbox,
            lambda lane, _rank: self.lanes.append(lane),
            lambda: NOW_MS,
            dispatch_later=self.later.append,
            record_contact=self.contacts.append,
        )


@pytest.fixture
def receiver(store: Store) -> Receiver:
    return Receiver(store)


def test_rows_are_stored_once_and_each_lane_runs_once(receiver: Receiver) -> None:
    """What was delivered before is counted, and nothing runs for it."""
    tool = Tool([Arrival(incoming(1, "a")), Arrival(incoming(2, "b")), Arrival(incoming(3, "a"))])
    assert receiver.ingest.accept(tool, b"{}", {}) == Receipt(3, 0)
    assert receiver.ingest.accept(tool, b"{}", {}) == Receipt(0, 3)
    assert receiver.lanes == ["a", "b"]


def test_a_lane_waits_for_more_if_nobody_listens_for_what_came(receiver: Receiver) -> None:
    """But not if something else came with it."""
    waiting, urgent = Arrival(incoming(1, "a"), can_wait=True), Arrival(incoming(2, "b"))
    receiver.ingest.accept(Tool([waiting, urgent]), b"{}", {})
    assert (receiver.lanes, receiver.later) == (["b"], ["a"])


def test_what_nobody_has_to_handle_runs_no_lane(receiver: Receiver, store: Store) -> None:
    """It is stored as handled."""
    tool = Tool([Arrival(incoming(1, "a"), is_handled=True)])
    assert receiver.ingest.accept(tool, b"{}", {}) == Receipt(1, 0)
    assert receiver.lanes == []
    assert store.inbox.depth(NOW_MS).ready == 0


def test_what_is_not_genuine_leaves_no_trace(receiver: Receiver, store: Store) -> None:
    """Nor does its sender count as heard."""
    with pytest.raises(BadSignature):
        receiver.ingest.accept(Tool([Arrival(incoming(1))], is_genuine=False), b"{}", {})
    assert store.inbox.depth(NOW_MS).ready == 0
    assert receiver.contacts == []


def test_a_source_sees_the_raw_bytes_and_its_sender_is_noted(receiver: Receiver) -> None:
    """Names of headers are in lower case; what could not be stored of a value is replaced."""
    tool = Tool([])
    receiver.ingest.accept(tool, b"\xff{", {"X-Signature": "a\udcff"})
    (delivery,) = tool.deliveries
    assert (delivery.body, delivery.header("x-signature")) == (b"\xff{", "a?")
    assert receiver.contacts == ["integration:tool"]
