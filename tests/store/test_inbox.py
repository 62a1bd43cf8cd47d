"""The inbox keeps everything, once, and in the order of its lane."""

from collections.abc import Sequence

import pytest

from clickup_mlops.store import DONE, PARKED, READY, InboxRow, Store
from clickup_mlops.store.tables.inbox import ERROR_LENGTH
from clickup_mlops.store.tables.leases import LeaseLost
from tests.store.store_events import event


def claim(
    store: Store, lane: str = "t1", owner: str = "me", at: int = 2_000, until: int = 99_000
) -> list[InboxRow]:
    return store.inbox.claim(lane, owner, at, until, limit=100)


def finish(
    store: Store, rows: Sequence[InboxRow], owner: str = "me", at: int = 2_000, until: int = 99_000
) -> list[InboxRow]:
    ids = [row.id for row in rows]
    return store.inbox.finish("t1", owner, ids, at, until, limit=100)


def keys(rows: Sequence[InboxRow]) -> list[str]:
    return [row.key for row in rows]


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
    arrivals = event("a", body=b'{"caf\xc3\xa9": "\\u0000"}')
    store.inbox.put(arrivals)

    row = store.inbox.by_key("a")

    assert row is not None
    assert store.inbox.get(row.id) == row
    assert (row.source, row.workspace, row.kind, row.lane) == (
        arrivals.source,
        arrivals.workspace,
        arrivals.kind,
        arrivals.lane,
    )
    assert (row.list_id, row.body, row.event_ms, row.received_ms) == (
        arrivals.list_id,
        arrivals.body,
        arrivals.event_ms,
        arrivals.received_ms,
    )
    assert (row.state, row.attempts, row.due_ms, row.error) == (READY, 0, 1_000, "")
    assert store.inbox.get(row.id + 1) is None
    assert store.inbox.by_key("b") is None


def test_what_was_put_is_seen_by_another_process(store: Store, store_url: str) -> None:
    """When put returns, the event is committed: another connection reads it."""
    store.inbox.put(event("a"))

    with Store(store_url) as second:
        assert second.inbox.by_key("a") is not None


def test_lanes_wait_in_the_order_of_their_oldest_event(store: Store) -> None:
    """The lane that has waited longest comes first; each lane is named once."""
    store.inbox.put_many([event("1", "b"), event("2", "a"), event("3", "b"), event("4", "c")])

    assert store.ready_lanes.names(2_000, 10) == ["b", "a", "c"]
    assert store.ready_lanes.names(2_000, 2) == ["b", "a"]


def test_a_lane_is_not_offered_while_it_is_held_or_waits(store: Store) -> None:
    """Held lanes, and lanes whose first event is not due, are not ready; a dead owner's are."""
    store.inbox.put_many([event("1", "held"), event("2", "waits"), event("3", "waits")])
    claim(store, "held", until=3_000)
    first = claim(store, "waits")[0]
    store.inbox.retry(first.id, "later", 9_000)
    store.inbox.release("waits", "me")

    assert store.ready_lanes.names(2_500, 10) == []
    assert store.ready_lanes.names(3_001, 10) == ["held"]
    assert store.ready_lanes.names(9_000, 10) == ["held", "waits"]


def test_one_owner_at_a_time_holds_a_lane(store: Store) -> None:
    """A lease excludes others until it runs out or is given back; its owner may extend it."""
    store.inbox.put(event("1"))
    assert claim(store, owner="me", at=1_000, until=2_000)
    assert not claim(store, owner="you", at=1_500)
    assert claim(store, owner="me", at=1_900, until=3_000)
    assert not claim(store, owner="you", at=3_000)
    assert claim(store, owner="you", at=3_001)

    store.inbox.release("t1", "me")
    assert not claim(store, owner="me", at=4_000)
    store.inbox.release("t1", "you")
    assert claim(store, owner="me", at=4_000)


def test_events_are_taken_in_the_order_they_came(store: Store) -> None:
    """Oldest first, no more than asked for, and only of that lane."""
    store.inbox.put_many([event("1"), event("x", "t2"), event("2"), event("3")])

    assert keys(claim(store)) == ["1", "2", "3"]
    assert keys(store.inbox.claim("t1", "me", 2_000, 9_000, limit=2)) == ["1", "2"]


def test_an_empty_lane_is_not_held(store: Store) -> None:
    """Whoever finds nothing to do leaves the lane free for what comes next."""
    assert claim(store, owner="me") == []

    store.inbox.put(event("1"))
    assert keys(claim(store, owner="you")) == ["1"]


def test_an_event_that_waits_holds_back_the_events_behind_it(store: Store) -> None:
    """A retry keeps its place: nothing overtakes it in its lane."""
    store.inbox.put_many([event("1"), event("2"), event("3")])
    store.inbox.retry(claim(store)[1].id, "no answer", 5_000)

    assert keys(claim(store)) == ["1"]
    assert keys(claim(store, at=5_000)) == ["1", "2", "3"]
    second = store.inbox.by_key("2")
    assert second is not None
    assert (second.attempts, second.error, second.state) == (1, "no answer", READY)


def test_finishing_gives_what_came_meanwhile_and_keeps_the_lane(store: Store) -> None:
    """Done events are not taken again; the lease is extended while there is more to do."""
    store.inbox.put(event("1"))
    rows = claim(store, until=3_000)
    store.inbox.put(event("2"))

    following = finish(store, rows, at=2_500, until=6_000)

    assert keys(following) == ["2"]
    assert not claim(store, owner="you", at=5_999)
    assert keys(store.inbox.list(DONE, 10)) == ["1"]


def test_finishing_the_last_event_gives_the_lane_back(store: Store) -> None:
    """The next one to come may be anybody's."""
    store.inbox.put(event("1"))
    assert finish(store, claim(store)) == []

    store.inbox.put(event("2"))
    assert keys(claim(store, owner="you")) == ["2"]


def test_whoever_lost_the_lease_cannot_finish(store: Store) -> None:
    """Nothing changes once somebody else holds the lane; what it left for the end is dropped."""
    store.inbox.put(event("1"))
    mine = claim(store, at=1_000, until=2_000)
    claim(store, owner="you", at=2_001, until=9_000)
    store.decisions.put("t1", {"by": "you"}, "1", 2_100)
    store.decisions.put("t1", {"by": "me"}, "1", 2_400, wait=False)

    with pytest.raises(LeaseLost):
        finish(store, mine, at=2_500)
    store.flush()

    (decided,) = store.decisions.history("t1", 9)
    assert decided.body == {"by": "you"}
    assert keys(claim(store, owner="you", at=3_000, until=9_000)) == ["1"]
    assert claim(store, owner="me", at=9_001), "its lease was extended by a stranger"


def test_a_postponed_lane_waits_as_a_whole_and_is_free(store: Store) -> None:
    """No attempt is counted; whoever does not hold the lane cannot postpone it."""
    store.inbox.put_many([event("1"), event("2")])
    claim(store, until=9_000)

    store.inbox.postpone("t1", "you", 8_000)
    assert keys(claim(store)) == ["1", "2"]

    store.inbox.postpone("t1", "me", 5_000)
    assert claim(store, owner="you", at=4_999) == []
    rows = claim(store, owner="you", at=5_000)
    assert [(row.key, row.attempts) for row in rows] == [("1", 0), ("2", 0)]


def test_leases_are_renewed_for_their_owners_only(store: Store) -> None:
    """Those of others run out as before."""
    store.inbox.put_many([event("1", "a"), event("2", "b")])
    claim(store, "a", "me", until=3_000)
    claim(store, "b", "you", until=3_000)

    store.inbox.renew(["me"], 6_000)

    assert store.ready_lanes.names(5_000, 9) == ["b"]
    assert store.ready_lanes.names(6_001, 9) == ["a", "b"]


def test_a_late_worker_cannot_bring_back_what_is_done(store: Store) -> None:
    """retry and park leave a row alone that is not ready any more."""
    store.inbox.put(event("1"))
    rows = claim(store)
    finish(store, rows)

    store.inbox.retry(rows[0].id, "late", 3_000)
    store.inbox.park(rows[0].id, "late")

    assert store.inbox.depth(4_000) == store.inbox.depth(2_000)
    assert store.inbox.depth(4_000).handled == 1


def test_a_parked_event_lets_its_lane_go_on(store: Store) -> None:
    """Poison is set aside with its error; replay makes it ready again, as if new."""
    store.inbox.put_many([event("1"), event("2")])
    poison = claim(store)[0].id
    store.inbox.park(poison, "cannot be read")

    assert keys(claim(store)) == ["2"]
    (parked,) = store.inbox.list(PARKED, 10)
    assert (parked.key, parked.error, parked.attempts) == ("1", "cannot be read", 1)

    assert store.inbox.replay(poison, 2_000)
    assert keys(claim(store)) == ["1", "2"]
    replayed = store.inbox.get(poison)
    assert replayed is not None
    assert replayed.attempts == 0
    assert not store.inbox.replay(poison + 1_000, 2_000)


def test_a_long_error_is_cut(store: Store) -> None:
    """A failing event does not fill the disk with its traceback."""
    store.inbox.put(event("1"))
    (claimed,) = claim(store)

    store.inbox.retry(claimed.id, "x" * 100_000, 2_000)

    row = store.inbox.get(claimed.id)
    assert row is not None
    assert len(row.error) == ERROR_LENGTH


def test_depth_counts_and_finds_the_oldest(store: Store) -> None:
    """Ready, parked and done, and since when the oldest ready event waits."""
    assert store.inbox.depth(1).oldest_ms is None
    store.inbox.put_many([event(str(n), at=1_000 + n) for n in range(4)])
    first, second, *_ = claim(store)
    finish(store, [first])
    store.inbox.park(second.id, "poison")

    depth = store.inbox.depth(2_000)

    assert (depth.ready, depth.parked, depth.handled, depth.oldest_ms) == (2, 1, 1, 1_002)


def test_the_list_shows_the_newest_first(store: Store) -> None:
    """Of one state or of all, at most as many as asked for."""
    store.inbox.put_many([event("1"), event("2"), event("3")])

    assert keys(store.inbox.list(None, 2)) == ["3", "2"]
    assert keys(store.inbox.list(READY, 9)) == ["3", "2", "1"]
    assert store.inbox.list(DONE, 9) == []


def test_of_events_with_one_key_that_come_together_one_is_new(store: Store) -> None:
    """Also with others between them, with one that is known, and with lists of any length."""
    store.inbox.put(event("known"))
    keys = ["a", "b", "a", "known", "c", "b"]
    assert store.inbox.put_many([event(key) for key in keys]) == 3
    assert store.inbox.put_many([]) == 0
    (row,) = store.inbox.claim("t1", "me", 2_000, 9_000, limit=1)
    assert row.key == "known"
    assert [row.key for row in store.inbox.list("ready", 9)] == ["c", "b", "a", "known"]


def test_a_lease_by_name_has_a_holder_until_it_ends(store: Store) -> None:
    """A process that died without giving it up is not taken for one that runs."""
    assert store.leases.take("process", "me", 2_000, 9_000)
    assert not store.leases.take("process", "you", 9_000, 20_000)

    assert [store.leases.holder("process", at) for at in (9_000, 9_001)] == ["me", None]
    assert store.leases.holder("other", 9_000) is None
