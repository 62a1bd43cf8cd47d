"""What becomes of events when they are handled, and when handling fails."""

import threading
from collections.abc import Callable, Sequence
from datetime import timedelta

import pytest

from clickup_mlops.bot.lanes.engines.threads import Threads
from clickup_mlops.bot.lanes.settings import EngineSettings
from clickup_mlops.bot.lanes.worker import PAUSE_MS, Postponed, Worker
from clickup_mlops.bot.registered import LaneKind, LaneKinds
from clickup_mlops.clickup.governor import Stopping
from clickup_mlops.errors import (
    ClickUpMlopsError,
    Forbidden,
    RetryableApiError,
    StoreBusy,
    Unauthorized,
)
from clickup_mlops.store import InboxRow, Store
from clickup_mlops.store.tables.leases import LeaseLost
from tests.bot.conftest import NOW_MS, HandClock, incoming

Handle = Callable[[Sequence[InboxRow]], None]
SETTINGS = EngineSettings(
    max_attempts=3, backoff=timedelta(seconds=2), backoff_max=timedelta(seconds=5)
)


def kinds(handle: Handle, *, one_by_one: bool = False) -> LaneKinds:
    return LaneKinds([LaneKind("", handle, one_by_one=one_by_one)])


def lanes_of(store: Store, clock: HandClock, handle: Handle) -> Worker:
    return Worker(store.inbox, kinds(handle), settings=SETTINGS, clock=clock)


def failing(problem: Exception, keys: Sequence[str] = ()) -> Handle:
    """Raises for these keys, or for all."""

    def handle(rows: Sequence[InboxRow]) -> None:
        if not keys or any(row.key in keys for row in rows):
            raise problem

    return handle


def test_the_events_of_a_lane_are_handled_in_order_and_done(store: Store, clock: HandClock) -> None:
    """A burst of one task is handed over in one go, oldest first."""
    keys: list[str] = []
    store.inbox.put_many([incoming(n) for n in (3, 1, 2)])

    lanes_of(store, clock, lambda rows: keys.extend(row.key for row in rows)).run("task1")

    assert keys == ["hook:3", "hook:1", "hook:2"]
    assert store.inbox.depth(clock()).handled == 3


def test_an_outage_never_parks_an_event(store: Store, clock: HandClock) -> None:
    """What ClickUp answers 'not now' to is tried again as long as it takes, ever more rarely."""
    store.inbox.put(incoming(1))
    lanes = lanes_of(store, clock, failing(RetryableApiError("503", status=503)))

    waits = []
    for _ in range(6):
        lanes.run("task1")
        row = store.inbox.list("ready", 1)[0]
        waits.append((row.due_ms - clock()) // 1000)
        clock.ms = row.due_ms

    assert waits == [2, 4, 5, 5, 5, 5]
    assert "RetryableApiError: 503" in store.inbox.list("ready", 1)[0].error


@pytest.mark.parametrize("waiting", [1, 3])
def test_a_task_that_fails_for_ever_while_others_go_on_is_parked(
    store: Store, clock: HandClock, waiting: int
) -> None:
    """ClickUp has an error of its own with this task alone: its other events are tried, too."""
    for number in range(1, waiting + 1):
        store.inbox.put(incoming(number))
    problem = RetryableApiError("500", status=500)

    def handle(rows: Sequence[InboxRow]) -> None:
        if rows[0].lane == "task1":
            raise problem

    lanes = lanes_of(store, clock, handle)
    for number in range(100, 100 + 4 * waiting * SETTINGS.max_attempts):
        store.inbox.put(incoming(number, lane="task2"))
        lanes.run("task2")
        lanes.run("task1")
        clock.advance(60_000)

    assert len(store.inbox.list("parked", 9)) == waiting
    assert not store.inbox.list("ready", 9)


@pytest.mark.parametrize(
    "problem", [RetryableApiError("429", status=429), StoreBusy("full"), Stopping("stopping")]
)
def test_not_now_uses_up_no_attempt(
    store: Store, clock: HandClock, problem: ClickUpMlopsError
) -> None:
    """However often it was said, afterwards the event has all of its attempts."""
    store.inbox.put(incoming(1))
    for _ in range(SETTINGS.max_attempts + 1):
        lanes_of(store, clock, failing(problem)).run("task1")
        clock.advance(60_000)

    lanes_of(store, clock, failing(ValueError("once"))).run("task1")

    (row,) = store.inbox.list("ready", 9)
    assert row.attempts == 1


def test_a_bot_that_stops_gives_its_lanes_back_as_they_were(store: Store, clock: HandClock) -> None:
    """The next process goes on at once."""
    store.inbox.put(incoming(1))

    lanes_of(store, clock, failing(Stopping("stopping"))).run("task1")

    assert store.ready_lanes.names(clock(), 9) == ["task1"]


def test_who_has_lost_its_lane_leaves_its_events_alone(store: Store, clock: HandClock) -> None:
    """They are another worker's by now: it neither counts an attempt nor delays them."""
    store.inbox.put(incoming(1))
    (before,) = store.inbox.list("ready", 9)

    def handle(_rows: Sequence[InboxRow]) -> None:
        clock.ms += 1_000_000
        assert store.inbox.claim("task1", "other", clock(), clock() + 1_000, limit=1)
        raise LeaseLost("taken over")

    lanes_of(store, clock, handle).run("task1")

    assert store.inbox.list("ready", 9) == [before]
    assert store.inbox.claim("task1", "third", clock(), clock() + 1_000, limit=1) == []


def test_a_poison_event_is_parked_with_its_error_and_can_be_replayed(
    store: Store, clock: HandClock
) -> None:
    """After the last attempt the lane goes on without it; a person can try it again."""
    store.inbox.put_many([incoming(1), incoming(2)])
    poison = lanes_of(store, clock, failing(ValueError("bad apple"), ["hook:1"]))

    for _ in range(SETTINGS.max_attempts):
        poison.run("task1")
        clock.advance(60_000)

    (parked,) = store.inbox.list("parked", 9)
    assert (parked.key, parked.error) == ("hook:1", "ValueError: bad apple")
    assert [row.key for row in store.inbox.list("done", 9)] == ["hook:2"]

    store.inbox.replay(parked.id, clock())
    lanes_of(store, clock, lambda _rows: None).run("task1")
    assert store.inbox.depth(clock()).parked == 0


def test_what_is_forbidden_is_parked_at_once(store: Store, clock: HandClock) -> None:
    """Asking again would not help: no attempt is wasted."""
    store.inbox.put(incoming(1))

    lanes_of(store, clock, failing(Forbidden("no", status=403))).run("task1")

    assert store.inbox.depth(clock()).parked == 1


def test_a_refused_token_pauses_the_bot_instead_of_parking_everything(
    store: Store, clock: HandClock
) -> None:
    """Nothing is tried during the pause, no attempt is counted, and afterwards all goes on."""
    store.inbox.put_many([incoming(1, "a"), incoming(2, "b")])
    refused = True
    keys: list[str] = []

    def handle(rows: Sequence[InboxRow]) -> None:
        keys.append(rows[0].lane)
        if refused:
            raise Unauthorized("token revoked", status=401)

    lanes = lanes_of(store, clock, handle)
    lanes.run("a")
    lanes.run("b")
    assert keys == ["a"]

    refused = False
    clock.advance(PAUSE_MS)
    for lane in store.ready_lanes.names(clock(), 9):
        lanes.run(lane)
    assert store.inbox.depth(clock()).handled == 2


def test_postponing_is_not_a_failure(store: Store, clock: HandClock) -> None:
    """The lane is due later, and no attempt is counted."""
    postponed: list[tuple[str, int]] = []
    store.inbox.put_many([incoming(1), incoming(2)])
    lanes = Worker(
        store.inbox,
        kinds(failing(Postponed(NOW_MS + 700))),
        settings=SETTINGS,
        clock=clock,
        later=lambda *arguments: postponed.append(arguments),
    )

    lanes.run("task1")

    assert postponed == [("task1", NOW_MS + 700)]
    assert store.ready_lanes.names(NOW_MS + 699, 9) == []
    assert store.ready_lanes.names(NOW_MS + 700, 9) == ["task1"]
    assert {row.attempts for row in store.inbox.list("ready", 9)} == {0}


def test_a_lane_that_is_held_is_left_alone(store: Store, clock: HandClock) -> None:
    """Two runs of one lane never overlap, in one process or in two."""
    store.inbox.put(incoming(1))
    inner: list[int] = []

    def handle(_rows: Sequence[InboxRow]) -> None:
        lanes_of(store, clock, lambda rows: inner.append(len(rows))).run("task1")
        lanes.run("task1")

    lanes = lanes_of(store, clock, handle)
    lanes.run("task1")

    assert inner == []
    assert store.inbox.depth(clock()).handled == 1


def test_an_event_that_is_found_by_a_run_costs_no_run_of_its_own(
    store: Store, clock: HandClock
) -> None:
    """ClickUp reports one change in two events, which come at the same time."""
    threads, handled, runs = Threads(1), list[str](), list[str]()
    over = threading.Event()

    def handle(rows: Sequence[InboxRow]) -> None:
        handled.extend(row.key for row in rows)
        if len(handled) == 1:
            store.inbox.put(incoming(2))
            threads.dispatch("task1")
            threads.dispatch("next")

    def run(lane: str) -> None:
        runs.append(lane)
        worker.run(lane)
        if lane == "next":
            threads.dispatch("last")  # behind a second run of the first lane
        if lane == "last":
            over.set()

    worker = Worker(
        store.inbox, kinds(handle), settings=SETTINGS, clock=clock, looking=threads.looking
    )
    store.inbox.put(incoming(1))
    threads.start(run)
    threads.dispatch("task1")
    assert over.wait(10)
    threads.stop()

    assert handled == ["hook:1", "hook:2"]
    assert runs == ["task1", "next", "last"]


def test_a_long_call_keeps_its_lease(store: Store, clock: HandClock) -> None:
    """Renewing holds the lane beyond the lease's length; without it the lane is taken over."""
    store.inbox.put(incoming(1))
    lease_ms = int(SETTINGS.lease.total_seconds() * 1000)
    free: list[bool] = []

    def handle(_rows: Sequence[InboxRow]) -> None:
        clock.advance(lease_ms - 1)
        lanes.renew()
        clock.advance(lease_ms - 1)
        free.append("task1" in store.ready_lanes.names(clock(), 9))
        clock.advance(2)
        free.append("task1" in store.ready_lanes.names(clock(), 9))

    lanes = lanes_of(store, clock, handle)
    lanes.run("task1")

    assert free == [False, True]


@pytest.mark.parametrize("problem", [RetryableApiError("no", status=500), KeyError("bug")])
def test_order_is_kept_behind_a_failed_event(
    store: Store, clock: HandClock, problem: Exception
) -> None:
    """Later events of the task wait until the earlier one has been done or parked."""
    store.inbox.put_many([incoming(1), incoming(2)])

    lanes_of(store, clock, failing(problem, ["hook:1"])).run("task1")

    assert store.inbox.depth(clock()).handled == 0
    assert store.ready_lanes.names(clock(), 9) == []


@pytest.mark.parametrize("bad", ["hook:1", "hook:2", "hook:3"])
def test_events_beside_a_bad_one_are_handled_by_their_dates(
    store: Store, clock: HandClock, bad: str
) -> None:
    """As they are without it, though they arrived in another order and it is tried again."""
    store.inbox.put_many([incoming(n, at_ms=NOW_MS + n) for n in (3, 1, 2)])
    keys: list[str] = []

    def handle(rows: Sequence[InboxRow]) -> None:
        failing(KeyError("bug"), [bad])(rows)
        keys.extend(row.key for row in rows)

    for _ in range(SETTINGS.max_attempts):
        clock.advance(60_000)
        lanes_of(store, clock, handle).run("task1")
        assert store.inbox.depth(clock()).parked or not store.ready_lanes.names(clock(), 9)

    assert keys == [key for key in ("hook:1", "hook:2", "hook:3") if key != bad]
    assert [row.key for row in store.inbox.list("parked", 9)] == [bad]


def test_messages_to_others_are_done_one_by_one(store: Store, clock: HandClock) -> None:
    """After a death in the midst of many, only the one under way is sent again."""
    store.inbox.put_many([incoming(1), incoming(2), incoming(3)])
    keys: list[str] = []

    def handle(rows: Sequence[InboxRow]) -> None:
        keys.extend(row.key for row in rows)
        if len(keys) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Worker(store.inbox, kinds(handle, one_by_one=True), settings=SETTINGS, clock=clock).run(
            "task1"
        )
    lanes_of(store, clock, handle).run("task1")

    assert keys == ["hook:1", "hook:2", "hook:2", "hook:3"]


def test_a_lane_is_handled_by_its_kind(store: Store, clock: HandClock) -> None:
    """What its name begins with says who handles it; all others are tasks' lanes."""
    handled: list[tuple[str, str]] = []

    def by(name: str) -> Handle:
        return lambda rows: handled.extend((name, row.lane) for row in rows)

    lanes = ("task1", "cron:heal", "unknown:1")
    store.inbox.put_many([incoming(n, lane=lane) for n, lane in enumerate(lanes)])
    lane_kinds = LaneKinds([LaneKind("", by("tasks")), LaneKind("cron:", by("jobs"))])
    for lane in lanes:
        Worker(store.inbox, lane_kinds, settings=SETTINGS, clock=clock).run(lane)

    assert handled == [("tasks", "task1"), ("jobs", "cron:heal"), ("tasks", "unknown:1")]
