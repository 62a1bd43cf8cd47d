"""Lanes that nobody handles are found."""

import time

from clickup_mlops.bot.clock import now_ms
from clickup_mlops.bot.lanes.sweeper import Sweeper
from clickup_mlops.store import Store
from tests.bot.conftest import HandClock, incoming


def test_a_dropped_lane_is_dispatched_again_but_ever_more_rarely(
    store: Store, clock: HandClock
) -> None:
    """A lane that waits in a long queue is not sent into it every second."""
    dispatched: list[str] = []
    store.inbox.put(incoming(1))
    sweeper = Sweeper(store.ready_lanes, lambda lane, _rank: dispatched.append(lane), clock, 1.0)

    for _ in range(20):
        sweeper.tick()
        clock.advance(1_000)

    assert 4 <= len(dispatched) <= 6


def test_a_lane_that_became_idle_is_dispatched_at_once_next_time(
    store: Store, clock: HandClock
) -> None:
    """How long it waited before does not matter."""
    dispatched: list[str] = []
    sweeper = Sweeper(store.ready_lanes, lambda lane, _rank: dispatched.append(lane), clock, 1.0)
    for number in range(3):
        store.inbox.put(incoming(number))
        sweeper.tick()
        (row,) = store.inbox.claim("task1", "me", clock(), clock() + 1, limit=9)
        store.inbox.finish("task1", "me", [row.id], clock(), clock() + 1, limit=9)
        sweeper.tick()

    assert dispatched == ["task1"] * 3


def test_a_lane_that_is_postponed_again_and_again_is_not_forgotten(
    store: Store, clock: HandClock
) -> None:
    """It was handled each time: it does not count as one that nobody takes."""
    dispatched: list[str] = []
    store.inbox.put(incoming(1))
    sweeper = Sweeper(store.ready_lanes, lambda lane, _rank: dispatched.append(lane), clock, 1.0)

    for _ in range(20):
        sweeper.tick()
        sweeper.at("task1", clock() + 900)
        clock.advance(1_000)

    assert len(dispatched) == 20


def test_after_a_pause_lanes_are_dispatched_in_their_order(store: Store, clock: HandClock) -> None:
    """At once, however long each of them has waited: only so are their tasks read together."""
    dispatched: list[str] = []
    closed_until_ms = clock() + 30_000
    sweeper = Sweeper(
        store.ready_lanes,
        lambda lane, _rank: dispatched.append(lane),
        clock,
        1.0,
        paused=lambda: clock() < closed_until_ms,
    )
    for number in range(30):
        store.inbox.put(incoming(number, f"task{number}", at_ms=clock()))
        sweeper.tick()
        clock.advance(1_000)
    assert dispatched == []

    sweeper.tick()

    assert dispatched == [f"task{number}" for number in range(30)]


def test_it_wakes_at_the_time_it_was_told(store: Store) -> None:
    """A postponed lane does not wait for the next regular look, nor does one that is due later."""
    times: list[float] = []
    sweeper = Sweeper(
        store.ready_lanes, lambda _lane, _rank: times.append(time.monotonic()), now_ms, 30.0
    )
    sweeper.start()
    try:
        store.inbox.put(incoming(1, at_ms=now_ms() + 200))
        start = time.monotonic()
        sweeper.at("task1", now_ms() + 250)
        store.inbox.put(incoming(2, "task2", at_ms=now_ms() + 700))
        sweeper.at("task2", now_ms() + 750)
        while len(times) < 2 and time.monotonic() - start < 5:
            time.sleep(0.01)
    finally:
        sweeper.stop()

    assert 0.2 <= times[0] - start < 2
    assert 0.7 <= times[-1] - start < 2
    assert not sweeper.running
