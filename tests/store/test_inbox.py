"""The inbox keeps everything, once, and in the order of its lane."""

from clickup_mlops.store import DONE, PARKED, READY, Store
from clickup_mlops.store.inbox import ERROR_LENGTH
from tests.store.store_events import event


def taken(store: Store, lane: str = "t1", owner: str = "me", now_ms: int = 2_000) -> list[str]:
    return [row.key for row in store.inbox.take(lane, owner, now_ms, 100)]


def ids(store: Store, lane: str = "t1", owner: str = "me", now_ms: int = 2_000) -> list[int]:
    return [row.id for row in store.inbox.take(lane, owner, now_ms, 100)]


def test_a_repeated_delivery_is_not_stored_again(store: Store) -> None:
    """The first put of a key says True, every later one False, whatever it carries."""
    assert store.inbox.put(event("a", body=b'{"first": 1}'))
    assert not store.inbox.put(event("a", body=b'{"second": 2}'))

    assert [row.body for row in store.inbox.list(None, 10)] == [b'{"first": 1}']


def test_put_many_counts_only_what_is_new(store: Store) -> None:
    """Keys that repeat inside the batch, or were there before, are stored and counted once."""
    store.inbox.put(event("a"))
    batch = [event("a"), event("b"), event("b")] + [event(f"n{n}") for n in range(600)]

    assert store.inbox.put_many(batch) == 601
    assert store.inbox.put_many(batch) == 0
    assert store.inbox.put_many([]) == 0
    assert store.inbox.depth(2_000).ready == 602


def test_a_row_keeps_every_value_that_came_in(store: Store) -> None:
    """What was put can be read back, byte for byte, by number and by key."""
    came = event("a", body=b'{"caf\xc3\xa9": "\\u0000"}')
    store.inbox.put(came)

    row = store.inbox.by_key("a")

    assert row is not None
    assert store.inbox.get(row.id) == row
    assert (row.source, row.workspace, row.kind, row.lane) == (
        came.source,
        came.workspace,
        came.kind,
        came.lane,
    )
    assert (row.list_id, row.body, row.event_ms, row.received_ms) == (
        came.list_id,
        came.body,
        came.event_ms,
        came.received_ms,
    )
    assert (row.state, row.attempts, row.due_ms, row.error) == (READY, 0, 1_000, "")
    assert store.inbox.get(row.id + 1) is None
    assert store.inbox.by_key("b") is None


def test_what_was_put_is_seen_by_another_process(store: Store, store_url: str) -> None:
    """When put returns, the event is committed: another connection reads it."""
    store.inbox.put(event("a"))

    with Store(store_url) as other:
        assert other.inbox.by_key("a") is not None


def test_lanes_wait_in_the_order_of_their_oldest_event(store: Store) -> None:
    """The lane that has waited longest comes first; each lane is named once."""
    store.inbox.put_many([event("1", "b"), event("2", "a"), event("3", "b"), event("4", "c")])

    assert store.inbox.ready_lanes(2_000, 10) == ["b", "a", "c"]
    assert store.inbox.ready_lanes(2_000, 2) == ["b", "a"]


def test_a_lane_is_not_offered_while_it_is_held_or_waits(store: Store) -> None:
    """Held lanes, and lanes whose first event is not due, are not ready; a dead owner's are."""
    store.inbox.put_many([event("1", "held"), event("2", "waits"), event("3", "waits")])
    store.inbox.lease("held", "me", 2_000, 3_000)
    store.inbox.lease("waits", "me", 2_000, 3_000)
    store.inbox.retry(ids(store, "waits")[0], "later", 9_000)
    store.inbox.release("waits", "me")

    assert store.inbox.ready_lanes(2_500, 10) == []
    assert store.inbox.ready_lanes(3_001, 10) == ["held"]
    assert store.inbox.ready_lanes(9_000, 10) == ["held", "waits"]


def test_one_owner_at_a_time_holds_a_lane(store: Store) -> None:
    """A lease excludes others until it runs out or is given back; its owner may extend it."""
    assert store.inbox.lease("t1", "me", 1_000, 2_000)
    assert not store.inbox.lease("t1", "you", 1_500, 9_000)
    assert store.inbox.lease("t1", "me", 1_900, 3_000)
    assert not store.inbox.lease("t1", "you", 3_000, 9_000)
    assert store.inbox.lease("t1", "you", 3_001, 9_000)

    store.inbox.release("t1", "me")
    assert not store.inbox.lease("t1", "me", 4_000, 9_000)
    store.inbox.release("t1", "you")
    assert store.inbox.lease("t1", "me", 4_000, 9_000)


def test_events_are_taken_in_the_order_they_came(store: Store) -> None:
    """Oldest first, no more than asked for, and only of that lane."""
    store.inbox.put_many([event("1"), event("x", "t2"), event("2"), event("3")])
    store.inbox.lease("t1", "me", 1_000, 9_000)

    assert taken(store) == ["1", "2", "3"]
    assert [row.key for row in store.inbox.take("t1", "me", 2_000, 2)] == ["1", "2"]


def test_nothing_is_taken_without_the_lease(store: Store) -> None:
    """Not by a stranger, and not by an owner whose lease ran out."""
    store.inbox.put(event("1"))
    assert taken(store) == []

    store.inbox.lease("t1", "me", 1_000, 3_000)
    assert taken(store, owner="you") == []
    assert taken(store, now_ms=3_001) == []
    assert taken(store, now_ms=3_000) == ["1"]


def test_an_event_that_waits_holds_back_the_events_behind_it(store: Store) -> None:
    """A retry keeps its place: nothing overtakes it in its lane."""
    store.inbox.put_many([event("1"), event("2"), event("3")])
    store.inbox.lease("t1", "me", 1_000, 99_000)
    store.inbox.retry(ids(store)[1], "no answer", 5_000)

    assert taken(store) == ["1"]
    assert taken(store, now_ms=5_000) == ["1", "2", "3"]
    second = store.inbox.by_key("2")
    assert second is not None
    assert (second.attempts, second.error, second.state) == (1, "no answer", READY)


def test_done_events_are_not_taken_again(store: Store) -> None:
    """done marks the rows and extends the lease."""
    store.inbox.put_many([event("1"), event("2")])
    store.inbox.lease("t1", "me", 1_000, 3_000)

    assert store.inbox.done("t1", "me", ids(store)[:1], 2_500, 6_000)

    assert taken(store, now_ms=5_999) == ["2"]
    assert not store.inbox.lease("t1", "you", 5_999, 9_000)
    assert [row.key for row in store.inbox.list(DONE, 10)] == ["1"]


def test_whoever_lost_the_lease_cannot_finish(store: Store) -> None:
    """done says False and changes nothing once somebody else holds the lane."""
    store.inbox.put(event("1"))
    store.inbox.lease("t1", "me", 1_000, 2_000)
    mine = ids(store, now_ms=2_000)
    store.inbox.lease("t1", "you", 2_001, 9_000)

    assert not store.inbox.done("t1", "me", mine, 2_500, 99_000)

    assert taken(store, owner="you", now_ms=3_000) == ["1"]
    assert store.inbox.lease("t1", "me", 9_001, 9_999), "its lease was extended by a stranger"


def test_a_late_worker_cannot_bring_back_what_is_done(store: Store) -> None:
    """retry and park leave a row alone that is not ready any more."""
    store.inbox.put(event("1"))
    store.inbox.lease("t1", "me", 1_000, 9_000)
    (row_id,) = ids(store)
    store.inbox.done("t1", "me", [row_id], 2_000, 9_000)

    store.inbox.retry(row_id, "late", 3_000)
    store.inbox.park(row_id, "late")

    assert store.inbox.depth(4_000) == store.inbox.depth(2_000)
    assert store.inbox.depth(4_000).done == 1


def test_a_parked_event_lets_its_lane_go_on(store: Store) -> None:
    """Poison is set aside with its error; replay makes it ready again, as if new."""
    store.inbox.put_many([event("1"), event("2")])
    store.inbox.lease("t1", "me", 1_000, 9_000)
    poison = ids(store)[0]
    store.inbox.park(poison, "cannot be read")

    assert taken(store) == ["2"]
    (parked,) = store.inbox.list(PARKED, 10)
    assert (parked.key, parked.error, parked.attempts) == ("1", "cannot be read", 1)

    assert store.inbox.replay(poison, 2_000)
    assert taken(store) == ["1", "2"]
    replayed = store.inbox.get(poison)
    assert replayed is not None
    assert replayed.attempts == 0
    assert not store.inbox.replay(poison + 1_000, 2_000)


def test_a_long_error_is_cut(store: Store) -> None:
    """A failing event does not fill the disk with its traceback."""
    store.inbox.put(event("1"))
    store.inbox.lease("t1", "me", 1_000, 9_000)
    (row_id,) = ids(store)

    store.inbox.retry(row_id, "x" * 100_000, 2_000)

    row = store.inbox.get(row_id)
    assert row is not None
    assert len(row.error) == ERROR_LENGTH


def test_depth_counts_and_finds_the_oldest(store: Store) -> None:
    """Ready, parked and done, and since when the oldest ready event waits."""
    assert store.inbox.depth(1).oldest_ms is None
    store.inbox.put_many([event(str(n), at=1_000 + n) for n in range(4)])
    store.inbox.lease("t1", "me", 1_000, 9_000)
    first, second, *_ = ids(store)
    store.inbox.done("t1", "me", [first], 2_000, 9_000)
    store.inbox.park(second, "poison")

    depth = store.inbox.depth(2_000)

    assert (depth.ready, depth.parked, depth.done, depth.oldest_ms) == (2, 1, 1, 1_002)


def test_the_list_shows_the_newest_first(store: Store) -> None:
    """Of one state or of all, at most as many as asked for."""
    store.inbox.put_many([event("1"), event("2"), event("3")])

    assert [row.key for row in store.inbox.list(None, 2)] == ["3", "2"]
    assert [row.key for row in store.inbox.list(READY, 9)] == ["3", "2", "1"]
    assert store.inbox.list(DONE, 9) == []


def test_prune_removes_only_old_finished_events(store: Store) -> None:
    """Ready and parked events stay for ever; a removed number is never given out again."""
    store.inbox.put_many([event("ready", "other"), event("parked"), event("old"), event("new")])
    store.inbox.lease("t1", "me", 1_000, 9_000)
    parked, old, new = ids(store)
    store.inbox.park(parked, "poison")
    store.inbox.done("t1", "me", [old], 2_000, 9_000)
    store.inbox.done("t1", "me", [new], 5_000, 9_000)

    assert store.inbox.prune(3_000) == 1
    assert [row.key for row in store.inbox.list(None, 9)] == ["new", "parked", "ready"]

    assert store.inbox.prune(6_000) == 1
    store.inbox.put(event("next"))
    later = store.inbox.by_key("next")
    assert later is not None
    assert later.id > new


def test_prune_keeps_live_leases(store: Store) -> None:
    """Only leases that ran out are forgotten."""
    store.inbox.put(event("1"))
    store.inbox.lease("t1", "me", 1_000, 9_000)

    store.inbox.prune(8_000)

    assert taken(store, now_ms=8_000) == ["1"]
