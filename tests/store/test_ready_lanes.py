"""Which lanes go first: by class, then by estimate, then by the time since when they are due."""

from dataclasses import replace

import pytest

from clickup_mlops.store import Incoming, Store
from clickup_mlops.store.queries.ready_lanes import READY_LANES, ReadyLane
from clickup_mlops.store.ranks import FRESH_MS, RANKS, Estimate, Urgency, compute_rank
from tests.store.store_events import event

NOW_MS = 1_000_000


def ranked(
    key: str,
    urgency: Urgency,
    estimate: Estimate = Estimate.UNCLEAR,
    *,
    lane: str = "",
    at: int = NOW_MS - 10,
) -> Incoming:
    """An event of this class; its lane is its key."""
    return replace(event(key, lane or key, at=at), rank=compute_rank(urgency, estimate))


def test_classes_come_in_order_and_inference_first_in_each(store: Store) -> None:
    """Whatever came first."""
    store.inbox.put_many(
        [
            ranked("late", Urgency.LATE),
            ranked("late inference", Urgency.LATE, Estimate.INFERENCE),
            ranked("other", Urgency.FRESH, Estimate.OTHER),
            ranked("unclear", Urgency.FRESH),
            ranked("inference", Urgency.FRESH, Estimate.INFERENCE),
            ranked("command", Urgency.LIVE),
        ]
    )

    assert store.ready_lanes.names(NOW_MS, 9) == [
        "command",
        "inference",
        "unclear",
        "other",
        "late inference",
        "late",
    ]


def test_a_backlog_leaves_room_for_each_rank(store: Store) -> None:
    """However much waits of the others, and although it came first."""
    store.inbox.put_many([ranked(f"l{n}", Urgency.LATE, at=10 + n) for n in range(50)])
    store.inbox.put_many([ranked("new", Urgency.FRESH), ranked("command", Urgency.LIVE)])

    lanes = [lane.name for lane in store.ready_lanes.find(NOW_MS, 3)]

    assert lanes == ["command", "new", "l0", "l1", "l2"]


def test_what_was_fresh_is_late_after_a_minute(store: Store) -> None:
    """It comes after newer changes, and before what was late from the beginning."""
    store.inbox.put(ranked("late", Urgency.LATE, at=1))
    store.inbox.put(ranked("waits", Urgency.FRESH, at=NOW_MS - FRESH_MS))
    store.inbox.put(ranked("new", Urgency.FRESH, at=NOW_MS - FRESH_MS + 1))

    late = compute_rank(Urgency.LATE)

    assert store.ready_lanes.find(NOW_MS, 9) == [
        ReadyLane("new", compute_rank(Urgency.FRESH)),
        ReadyLane("waits", late),
        ReadyLane("late", late),
    ]


def test_a_command_lifts_the_lane_that_it_comes_for(store: Store) -> None:
    """The lane is taken sooner; its rows keep their order."""
    store.inbox.put_many([ranked(f"b{n}", Urgency.LATE, lane=f"t{n}") for n in range(9)])
    store.inbox.put(ranked("said", Urgency.LIVE, lane="t7"))

    first = store.ready_lanes.find(NOW_MS, 9)[0]
    rows = store.inbox.claim("t7", "me", NOW_MS, NOW_MS + 9, limit=9)

    assert first == ReadyLane("t7", compute_rank(Urgency.LIVE))
    assert [row.key for row in rows] == ["b7", "said"]
    assert rows[1].rank == compute_rank(Urgency.LIVE)


def test_a_command_waits_for_what_its_task_waits_for(store: Store) -> None:
    """A row that is tried again later holds up its lane, however urgent a later one is."""
    store.inbox.put(ranked("fails", Urgency.LATE, lane="t"))
    store.inbox.put(ranked("said", Urgency.LIVE, lane="t"))
    (row, _lease) = store.inbox.claim("t", "me", NOW_MS, NOW_MS + 9, limit=9)
    store.inbox.retry(row.id, "not now", NOW_MS + 500)
    store.inbox.release("t", "me")

    assert store.ready_lanes.names(NOW_MS, 9) == []
    assert store.ready_lanes.names(NOW_MS + 500, 9) == ["t"]


def test_what_is_tried_again_is_a_repetition(store: Store) -> None:
    """After an outage new changes go before thousands that failed; a command stays one."""
    store.inbox.put_many([ranked("new", Urgency.FRESH), ranked("said", Urgency.LIVE)])
    for lane in ("new", "said"):
        (row,) = store.inbox.claim(lane, "me", NOW_MS, NOW_MS + 9, limit=9)
        store.inbox.retry(row.id, "not now", NOW_MS)
        store.inbox.release(lane, "me")

    assert store.ready_lanes.find(NOW_MS, 9) == [
        ReadyLane("said", compute_rank(Urgency.LIVE)),
        ReadyLane("new", compute_rank(Urgency.LATE)),
    ]


def test_a_lane_with_many_rows_counts_once(store: Store) -> None:
    """It takes no place of another one."""
    store.inbox.put_many([ranked(f"a{n}", Urgency.FRESH, lane="a", at=10 + n) for n in range(20)])
    store.inbox.put(ranked("b", Urgency.FRESH, at=99))

    assert store.ready_lanes.names(1_000, 2) == ["a", "b"]


@pytest.mark.services
def test_a_burst_is_found_before_postgresql_knows_how_much_waits(postgresql_url: str) -> None:
    """Without statistics it must not look each lane up among all rows of its rank."""
    with Store.open(postgresql_url) as store:
        store.inbox.put_many([ranked(f"b{n}", Urgency.LATE) for n in range(500)])
        with store.database.engine.connect() as connection:
            statement = READY_LANES.compile(dialect=connection.dialect)
            values = {"now": NOW_MS, "fresh": NOW_MS - FRESH_MS, "limit": 100}
            plan = connection.exec_driver_sql(
                f"explain {statement}", {**statement.params, **values}
            ).scalars()
            lookups = [line for line in plan if " older" in line and "Scan" in line]

    assert len(lookups) >= 2 * len(RANKS)
    assert all("ix_inbox_ready_lane_id" in line for line in lookups), lookups
