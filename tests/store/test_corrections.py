"""Correction decisions: one row for each, the last choice; on both databases."""

from dataclasses import replace

from clickup_mlops.store import Store
from clickup_mlops.store.tables.corrections import Correction

ROW = Correction("t1", "priority", 10, 20, "Ranker", 3, 4, "inference.normal: ...", "ann")


def test_the_last_choice_about_a_decision_counts(store: Store) -> None:
    """Whatever the order in which they become known."""
    for row in (ROW, replace(ROW, at_ms=30, chosen=2), replace(ROW, at_ms=25, chosen=1)):
        store.corrections.put(row)

    assert store.corrections.list() == [replace(ROW, at_ms=30, chosen=2)]


def test_who_it_was_may_become_known_later(store: Store) -> None:
    """The change was seen on the task before its event came."""
    store.corrections.put(replace(ROW, at_ms=30, user_name=""))
    store.corrections.put(ROW)

    assert store.corrections.list() == [ROW]


def test_they_are_listed_by_time_and_subject_and_forgotten(store: Store) -> None:
    """Who agrees in the end is not listed."""
    other = replace(ROW, subject="workload", decided="data", chosen="training", at_ms=50)
    for row in (ROW, other, replace(ROW, task_id="t2", chosen=3)):
        store.corrections.put(row)

    assert store.corrections.list() == [ROW, other]
    assert store.corrections.list(since_ms=21) == [other]
    assert store.corrections.list(until_ms=50, subject="workload") == []
    assert store.retention.prune({"overrides": 21}, 99) == {"overrides": 2}
    assert store.corrections.list() == [other]
