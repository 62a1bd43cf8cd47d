"""What is old goes; what is still needed stays however old it is."""

from collections.abc import Mapping

import pytest

from clickup_mlops.features.simulation.tables.recordings import Recording, Recordings
from clickup_mlops.store import Store
from clickup_mlops.store.database.deleting import BATCH
from clickup_mlops.store.journal_rows import DONE, Write
from clickup_mlops.store.retention import kinds
from tests.store.store_events import event


def prune(store: Store, before: int, *kinds: str) -> Mapping[str, int]:
    return store.retention.prune(dict.fromkeys(kinds, before), 99_000)


def finished(store: Store, *names: str, at: int) -> None:
    """These events are done at that time."""
    store.inbox.put_many([event(name) for name in names])
    rows = store.inbox.claim("t1", "me", 2_000, 99_000, limit=9_999)
    store.inbox.finish("t1", "me", [row.id for row in rows], at, 99_000, limit=1)


def write(store: Store, at: int, *, kind: str = "priority", receipt: object = None) -> int:
    write_ = Write("t1", kind, None, at, cause=f"e{at}", automation="r")
    number = store.journal.begin(write_, at)
    store.journal.finish(number, DONE, at, receipt=receipt)
    return number


def test_only_events_that_are_done_go(store: Store) -> None:
    """Ready and parked ones stay for ever; a removed number is never given out again."""
    finished(store, "old", at=2_000)
    finished(store, "new", at=5_000)
    store.inbox.put_many([event("ready", "other"), event("parked", "third")])
    (row,) = store.inbox.claim("third", "me", 2_000, 99_000, limit=9)
    store.inbox.park(row.id, "poison")

    assert prune(store, 3_000, "events") == {"events": 1}
    assert {row.key for row in store.inbox.list(None, 9)} == {"new", "ready", "parked"}

    highest = row.id
    prune(store, 6_000, "events")
    store.inbox.put(event("next"))
    later = store.inbox.by_key("next")
    assert later is not None
    assert later.id > highest


def test_leases_that_live_stay(store: Store) -> None:
    """Whoever holds a lane goes on holding it."""
    store.inbox.put(event("1"))
    store.inbox.claim("t1", "me", 2_000, 9_000, limit=9)

    prune(store, 8_000, "events")

    assert store.inbox.claim("t1", "you", 8_000, 99_000, limit=9) == []


def test_many_rows_go_a_little_at_a_time(store: Store) -> None:
    """More than one transaction's worth; all are counted."""
    count = BATCH + 1
    finished(store, *(f"e{n}" for n in range(count)), at=2_000)

    assert prune(store, 3_000, "events") == {"events": count}
    assert store.inbox.list(None, 9) == []


def test_a_tasks_newest_decision_stays(store: Store) -> None:
    """`why` can always answer, and people's choices are still told from ours."""
    for at in (1, 2, 3):
        store.decisions.put("t1", {"n": at}, f"e{at}", at)

    assert prune(store, 99, "decisions") == {"decisions": 2}
    assert [decision.body for decision in store.decisions.history("t1", 9)] == [{"n": 3}]


def test_writes_that_are_still_needed_stay(store: Store) -> None:
    """The newest of a kind, open ones, and those that made something; the audit keeps them all."""
    write(store, 10)
    created = write(store, 20, kind="subtask", receipt={"id": "t9"})
    write(store, 30, kind="subtask")
    newest = write(store, 40)
    opened = store.journal.begin(Write("t1", "tag", None, 1, cause="e", automation="r"), 50)

    assert prune(store, 99, "writes") == {"writes": 1}

    ids = {row.id for row in store.journal.list(limit=9)}
    assert {created, newest, opened} <= ids
    assert len(ids) == 4
    assert store.audit.head().seq == 4


def test_what_is_younger_stays_though_it_is_over(store: Store) -> None:
    """Superseded decisions and writes, and copies of closed tasks: a late echo finds its write."""
    for at in (10, 5_000, 6_000):
        write(store, at)
        store.decisions.put("t1", {"n": at}, f"e{at}", at)
        store.mirror.put_many("900", [task(f"closed {at}", "closed")], at)

    removed = prune(store, 1_000, "writes", "decisions", "closed_tasks")

    assert removed == {"writes": 1, "decisions": 1, "closed_tasks": 1}
    assert [row.begun_ms for row in store.journal.list(limit=9)] == [6_000, 5_000]
    assert [decision.body["n"] for decision in store.decisions.history("t1", 9)] == [6_000, 5_000]
    assert store.mirror.get("closed 5000")


def test_the_audit_is_cut_and_can_still_be_proved(store: Store) -> None:
    """By an entry of its own."""
    write(store, 10)
    write(store, 5_000)

    assert prune(store, 1_000, "audit") == {"audit": 1}
    assert store.audit.verify().problem == ""


def test_overrides_recordings_and_closed_tasks_go(store: Store) -> None:
    """Those that ran out; an open task's copy stays."""
    store.overrides.put("t1", 1, 7, 1, 500)
    store.overrides.put("t2", 1, 7, 1, 5_000)
    store.table(Recordings).put(Recording("t1", 500, (), None))
    store.table(Recordings).put(Recording("t1", 5_000, (), None))
    store.mirror.put_many("900", [task("a", "closed"), task("b", "open")], 500)

    removed = prune(store, 1_000, "overrides", "recordings", "closed_tasks")

    assert removed == {"overrides": 1, "recordings": 1, "closed_tasks": 1}
    assert store.overrides.get("t2", 2_000)
    assert store.mirror.get("b")


def test_an_alert_that_is_over_goes_with_its_closed_task(store: Store) -> None:
    """One that fires stays; so does what is known of an open task, and what is new."""
    store.mirror.put_many("900", [task("a", "closed"), task("b", "open")], 5_000)
    over, fires = {"state": "resolved", "starts": ""}, {"state": "firing", "starts": ""}
    for task_id in ("a", "b", "gone"):
        store.notes.put(f"alert:{task_id}", "over", over, 500)
        store.notes.put(f"alert:{task_id}", "fires", fires, 500)
        store.notes.put(f"alert:{task_id}", "new", over, 5_000)
    store.notes.put("changed", "a", True, 500)

    assert prune(store, 1_000, "closed_tasks") == {"closed_tasks": 2}
    stored = [[*store.notes.all(f"alert:{task_id}")] for task_id in ("a", "b", "gone")]
    assert stored == [["fires", "new"], ["fires", "new", "over"], ["fires", "new"]]
    assert store.notes.get("changed", "a")


def task(task_id: str, kind: str) -> dict[str, object]:
    return {
        "id": task_id,
        "list": {"id": "55"},
        "status": {"status": kind, "type": kind},
        "date_updated": "1",
    }


@pytest.mark.parametrize("kind", kinds())
def test_counting_deletes_nothing(store: Store, kind: str) -> None:
    """The same number twice."""
    finished(store, "old", at=2_000)
    write(store, 10)
    write(store, 20)

    counted = [store.retention.count({kind: 9_000}) for _ in range(2)]

    assert counted[0] == counted[1]
    assert prune(store, 9_000, kind) == counted[0]
