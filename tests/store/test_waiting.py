"""What waits, seen across lanes."""

from dataclasses import replace

from clickup_mlops.store import ListBacklog, Store
from tests.store.store_events import event


def task(task_id: str, updated_ms: int) -> dict[str, object]:
    """A task as the API sends it, as far as the mirror looks at it."""
    return {"id": task_id, "list": {"id": "55"}, "date_updated": str(updated_ms)}


def test_a_backlog_counts_the_lanes_of_one_list(store: Store) -> None:
    """Each once, however many of its events wait; other lists and finished events do not count."""
    store.inbox.put_many([event("1", "a", at=2_000), event("2", "a", at=3_000), event("3", "b")])
    store.inbox.put(replace(event("4", "c"), list_id="66"))
    (outcome,) = store.inbox.claim("b", "me", 5_000, 9_000, limit=9)
    store.inbox.finish("b", "me", [outcome.id], 5_000, 9_000, limit=9)

    assert store.waiting.in_list("55") == ListBacklog(lanes=1, oldest_ms=2_000)
    assert store.waiting.in_list("77") == ListBacklog(lanes=0, oldest_ms=None)


def test_what_the_mirror_shows_needs_no_reading(store: Store) -> None:
    """A lane counts until its task was read as new as the event, or newer."""
    store.inbox.put_many([event("1", "a", at=2_000), event("2", "b", at=2_000)])

    store.mirror.put_many("900", [task("a", 2_000), task("b", 1_999)], 2_500)

    assert store.waiting.in_list("55") == ListBacklog(lanes=1, oldest_ms=2_000)


def test_an_event_without_a_time_counts_but_tells_no_time(store: Store) -> None:
    """As long as its task was never read."""
    store.inbox.put(replace(event("1", "a"), event_ms=None))

    assert store.waiting.in_list("55") == ListBacklog(lanes=1, oldest_ms=None)


def test_the_newest_change_of_each_lane_is_known(store: Store) -> None:
    """Also of events that are done; lanes that were never heard of are left out."""
    store.inbox.put_many([event("1", "a", at=3_000), event("2", "a", at=2_000), event("3", "b")])
    (outcome,) = store.inbox.claim("b", "me", 5_000, 9_000, limit=9)
    store.inbox.finish("b", "me", [outcome.id], 5_000, 9_000, limit=9)

    assert store.waiting.newest_ms(["a", "b", "c"]) == {"a": 3_000, "b": 1_000}
    assert store.waiting.newest_ms([]) == {}
