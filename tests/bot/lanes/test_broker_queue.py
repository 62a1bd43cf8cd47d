"""Who has something to send never waits for the broker."""

import threading

from clickup_mlops.bot.lanes.broker_queue import BrokerQueue
from clickup_mlops.store.ranks import DEFAULT


def test_putting_does_not_wait_for_a_broker_that_hangs() -> None:
    """All are sent once it goes on, each lane once, in order."""
    go_on, started, sent_lanes = threading.Event(), threading.Event(), list[str]()
    all_sent = threading.Event()

    def send(lane: str, _rank: int) -> None:
        started.set()
        go_on.wait(30)
        sent_lanes.append(lane)
        if lane == "c":
            all_sent.set()

    posting = BrokerQueue(send)
    posting.put("a", DEFAULT)
    assert started.wait(30)
    for lane in ("b", "b", "c"):
        posting.put(lane, DEFAULT)
    assert sent_lanes == []

    go_on.set()
    assert all_sent.wait(30)
    assert sent_lanes == ["a", "b", "c"]
    posting.stop(1)


def test_a_broker_that_is_away_leaves_no_queue() -> None:
    """Each try may take seconds: what waited is left to the sweeper, and the next one is tried."""
    go_on, started, attempts = threading.Event(), threading.Event(), list[str]()
    second = threading.Event()

    def send(lane: str, _rank: int) -> None:
        attempts.append(lane)
        if lane == "late":
            second.set()
            return
        started.set()
        go_on.wait(30)
        raise ConnectionError("no broker")

    posting = BrokerQueue(send)
    posting.put("first", DEFAULT)
    assert started.wait(30)
    posting.put("waits", DEFAULT)
    go_on.set()
    while posting.waiting:
        pass
    posting.put("late", DEFAULT)

    assert second.wait(30)
    assert attempts == ["first", "late"]
    posting.stop(1)


def test_stopping_does_not_wait_for_a_broker_that_hangs() -> None:
    """Nor is anything sent afterwards."""
    go_on, attempts = threading.Event(), list[str]()

    def send(lane: str, _rank: int) -> None:
        attempts.append(lane)
        go_on.wait(30)

    posting = BrokerQueue(send)
    posting.put("a", DEFAULT)
    posting.put("b", DEFAULT)
    posting.stop(0.01)
    go_on.set()
    posting.stop(30)

    assert attempts in (["a"], [])
