"""What of a task's timeline charts mark."""

from clickup_mlops.store import Store
from clickup_mlops.store.tables.timeline import Entry, Kind


def entry(kind: Kind, at: int, task: str = "t1") -> Entry:
    return Entry(f"{kind}:{task}:{at}", "ws", task, at, kind, kind)


def test_marks_are_the_newest_of_what_happened_to_a_task(store: Store) -> None:
    """Not its own changes and comments; oldest first, and no more than asked for."""
    kinds: list[Kind] = ["status", "version", "comment", "deployment", "priority", "incident"]
    store.timeline.put([entry(kind, at) for at, kind in enumerate(kinds)])
    store.timeline.put([entry("alert", 3, "t2")])

    assert [mark.kind for mark in store.timeline.marks("t1", 0, 99, 9)] == [
        "version",
        "deployment",
        "incident",
    ]
    assert [mark.kind for mark in store.timeline.marks("t1", 0, 99, 2)] == [
        "deployment",
        "incident",
    ]
    assert [mark.kind for mark in store.timeline.marks("t1", 0, 4, 2)] == ["version", "deployment"]


def test_the_newest_of_a_kind_in_a_workspace(store: Store) -> None:
    """Of all its tasks, oldest first."""
    store.timeline.put([entry("advice", at, f"t{at}") for at in range(5)])
    newest_of_kind = store.timeline.newest_of_kind("ws", "advice", 0, 4, limit=2)
    assert [mark.at_ms for mark in newest_of_kind] == [2, 3]
    assert store.timeline.newest_of_kind("other", "advice", 0, 4, limit=2) == []
