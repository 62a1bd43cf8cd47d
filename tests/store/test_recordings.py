"""What was heard and read is kept for simulations, in order, and stands by itself."""

from clickup_mlops.features.simulation.tables.recordings import Recorded, Recording, Recordings
from clickup_mlops.store import Store
from clickup_mlops.store.scratch import scratch_store

EVENT = Recorded("w:1:taskUpdated", {"event": "taskUpdated"}, ours=True)
TASK = {"id": "t1", "name": "Rangfolge prüfen", "custom_fields": [{"id": "f", "value": 1.5}]}


def put(store: Store, *at_ms: int) -> None:
    """Handlings at these times."""
    for at in at_ms:
        store.table(Recordings).put(Recording("t1", at, (EVENT,), TASK))
    store.flush()


def test_a_recording_comes_back_as_it_was(store: Store) -> None:
    """Events with their keys, and the task."""
    put(store, 7)

    assert list(store.table(Recordings).since(0)) == [Recording("t1", 7, (EVENT,), TASK)]


def test_they_come_in_the_order_of_handling(store: Store) -> None:
    """Over several pages, from a time on; a task that is gone is kept as none."""
    put(store, *range(1, 1_201))
    store.table(Recordings).put(Recording("t2", 1_201, (EVENT,), None))
    store.flush()

    at_ms = [recording.at_ms for recording in store.table(Recordings).since(100)]
    assert at_ms == list(range(100, 1_202))
    assert store.table(Recordings).span() == (1_201, 1, 1_201)


def test_a_scratch_store_is_a_whole_store_and_leaves_nothing() -> None:
    """The same tables and behaviour, in the caller's thread."""
    with scratch_store() as store:
        put(store, 1)
        store.overrides.put("t1", 1, 7, 1, 9)
        file = store.database.url.database or ""
        assert store.table(Recordings).span()[0] == 1
        assert store.overrides.get("t1", 5) is not None
    from pathlib import Path

    assert not Path(file).parent.exists()
