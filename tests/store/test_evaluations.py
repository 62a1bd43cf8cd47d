"""Which changes were evaluated is remembered as long as an event may tell of them."""

from dataclasses import replace

from clickup_mlops.store import Earlier, Store
from tests.store.store_events import event


def evaluations_of(store: Store, task_id: str, change: str) -> dict[str, list[str]]:
    store.flush()
    result = store.evaluations.get(task_id, change).get(change, {})
    return {key: [*names] for key, names in result.items()}


def test_what_was_evaluated_is_found_by_task_and_change(store: Store) -> None:
    """The newest word counts; a task that is gone is forgotten."""
    store.evaluations.put("t1", "i1:a", {"e1": ["r1", "r2"]}, 1_000)
    store.evaluations.put("t1", "i1:a", {"e1": ["r1", "r2"], "e2": ["r3"]}, 2_000)
    store.evaluations.put("t2", "i1:a", {"e3": ["r1"]}, 2_000)

    assert evaluations_of(store, "t1", "i1:a") == {"e1": ["r1", "r2"], "e2": ["r3"]}
    assert evaluations_of(store, "t1", "i1:b") == {}
    store.evaluations.forget("t1")
    assert evaluations_of(store, "t1", "i1:a") == {}
    assert evaluations_of(store, "t2", "i1:a") == {"e3": ["r1"]}


def test_it_goes_with_the_events_unless_one_of_the_task_waits(store: Store) -> None:
    """A parked event that is replayed after months does what was not done, and nothing else."""
    store.inbox.put(replace(event("parked"), lane="t1"))
    (row,) = store.inbox.list(None, 9)
    store.inbox.park(row.id, "refused")
    for task_id, at_ms in (("t1", 1_000), ("t2", 1_000), ("t3", 9_000)):
        store.evaluations.put(task_id, "i1:a", {"e1": ["r1"]}, at_ms)
    store.flush()

    store.retention.prune({"events": 5_000}, 99_000)

    remainder = [
        task_id for task_id in ("t1", "t2", "t3") if evaluations_of(store, task_id, "i1:a")
    ]
    assert remainder == ["t1", "t3"]


def test_an_event_is_left_out_if_an_earlier_one_is_young(store: Store) -> None:
    """By the earlier one's key and when it came in."""
    first = replace(event("x:1"), received_ms=1_000)
    assert store.inbox.put(first, unless=Earlier("x:0", 0))
    assert not store.inbox.put(replace(event("x:2")), unless=Earlier("x:1", 999))
    assert store.inbox.put(replace(event("x:2")), unless=Earlier("x:1", 1_000))
    assert not store.inbox.put(replace(event("x:2")))
