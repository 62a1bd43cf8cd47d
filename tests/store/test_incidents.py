"""Incidents: opened, closed once, found while they were open."""

from dataclasses import replace

import pytest

from clickup_mlops.store import Store
from clickup_mlops.store.tables.incidents import Incident

ONE = Incident("t1-1000", "900", "t1", "Chat is down", 1_000, lead="Ana", room="c7")


def test_an_incident_is_replaced_by_what_is_known_later(store: Store) -> None:
    store.incidents.put(replace(ONE, room=""))
    store.incidents.put(ONE)

    assert store.incidents.of_task("t1") == [ONE]


def test_the_first_end_of_an_incident_counts(store: Store) -> None:
    """Events that report it again do not make it longer."""
    store.incidents.put(ONE)
    store.incidents.close(ONE.id, 2_000)
    store.incidents.close(ONE.id, 9_000)

    assert [one.closed_ms for one in store.incidents.of_task("t1")] == [2_000]


@pytest.mark.parametrize(
    ("start", "end", "found"),
    [
        (0, 1_000, False),
        (0, 1_001, True),
        (1_500, 1_600, True),
        (2_000, 9_000, True),
        (2_001, 9_000, False),
    ],
)
def test_an_incident_is_found_in_every_time_in_which_it_was_open(
    store: Store, start: int, end: int, found: bool
) -> None:
    store.incidents.put(replace(ONE, closed_ms=2_000))

    assert bool(store.incidents.between("900", start, end)) == found
    assert store.incidents.between("901", start, end) == []


def test_an_open_incident_is_found_ever_after_and_never_expires(store: Store) -> None:
    store.incidents.put(ONE)
    store.incidents.put(replace(ONE, id="t2-1", task_id="t2", closed_ms=1_500))

    assert store.retention.prune({"timeline": 5_000}, 9_000) == {"timeline": 1}
    assert store.incidents.between("900", 8_000, 9_000) == [ONE]


def test_it_waits_for_the_next_write_of_the_thread(store: Store) -> None:
    """`wait` False: no transaction of its own."""
    store.incidents.put(ONE, wait=False)
    assert store.incidents.of_task("t1") == []

    store.flush()

    assert store.incidents.of_task("t1") == [ONE]
