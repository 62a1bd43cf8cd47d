"""The timeline: small entries, each once, in the order of their times."""

from dataclasses import replace

import pytest

from clickup_mlops.store import Store
from clickup_mlops.store.tables.timeline import Entry

ENTRY = Entry(
    "7:1000", "900", "t1", 1_000, "status", "Status: a -> b", "Ana", "https://x", {"to": "b"}
)


def test_an_entry_comes_back_as_it_was_put(store: Store) -> None:
    """Whatever its value holds."""
    entry = replace(ENTRY, value={"to": "b", "numbers": {"x": 1.5}, "from": None, "list": ["ä"]})
    store.timeline.put([entry])

    assert store.timeline.of_task("t1", 0, 2_000) == [entry]


def test_an_entry_is_there_once_however_often_it_is_put(store: Store) -> None:
    """The first one stays: what is handled again changes nothing."""
    store.timeline.put([ENTRY, replace(ENTRY, text="again")])
    store.timeline.put([replace(ENTRY, at_ms=5_000)])

    assert store.timeline.of_task("t1", 0, 9_000) == [ENTRY]


def test_it_waits_for_the_next_write_of_the_thread(store: Store) -> None:
    """No transaction of its own: an event costs no more because of it."""
    store.timeline.put([ENTRY], wait=False)
    assert store.timeline.of_task("t1", 0, 9_000) == []

    store.cursors.set("x", "1")

    assert store.timeline.of_task("t1", 0, 9_000) == [ENTRY]


@pytest.mark.parametrize(
    ("start", "end", "count"), [(1_000, 1_001, 1), (0, 1_000, 0), (1_001, 9, 0)]
)
def test_a_range_has_its_start_and_not_its_end(
    store: Store, start: int, end: int, count: int
) -> None:
    store.timeline.put([ENTRY])

    assert len(store.timeline.of_task("t1", start, end)) == count
    assert len(store.timeline.of_kind("900", "status", start, end)) == count


def test_entries_are_sorted_by_time_whenever_they_came(store: Store) -> None:
    """Of a task, or of a kind in one Workspace; those of others are not among them."""
    entries = [replace(ENTRY, key=f"k{at}", at_ms=at) for at in (3, 1, 2)]
    second = replace(ENTRY, key="o", workspace="901", task_id="t2")
    store.timeline.put([*entries, second, replace(ENTRY, key="p", kind="priority", at_ms=4)])

    assert [entry.at_ms for entry in store.timeline.of_task("t1", 0, 99)] == [1, 2, 3, 4]
    assert [entry.at_ms for entry in store.timeline.of_kind("900", "status", 0, 99)] == [1, 2, 3]


def test_old_entries_expire(store: Store) -> None:
    """By their time; the incidents' kind of retention is the same."""
    store.timeline.put([ENTRY, replace(ENTRY, key="new", at_ms=2_000)])

    assert store.retention.prune({"timeline": 2_000}, 9_000) == {"timeline": 1}
    assert [entry.key for entry in store.timeline.of_task("t1", 0, 9_000)] == ["new"]
