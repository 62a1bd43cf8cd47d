"""Correction decisions: one row for each, the last choice; on both databases."""

from dataclasses import replace

from clickup_mlops.features.corrections.tables.corrections import Correction, CorrectionLog
from clickup_mlops.store import Store

ROW = Correction("t1", "priority", 10, 20, "Ranker", 3, 4, "inference.normal: ...", "ann")


def test_the_last_choice_about_a_decision_counts(store: Store) -> None:
    """Whatever the order in which they become known."""
    for row in (ROW, replace(ROW, at_ms=30, chosen=2), replace(ROW, at_ms=25, chosen=1)):
        store.table(CorrectionLog).put(row)

    assert store.table(CorrectionLog).list() == [replace(ROW, at_ms=30, chosen=2)]


def test_who_it_was_may_become_known_later(store: Store) -> None:
    """The change was seen on the task before its event came."""
    store.table(CorrectionLog).put(replace(ROW, at_ms=30, user_name=""))
    store.table(CorrectionLog).put(ROW)

    assert store.table(CorrectionLog).list() == [ROW]


def test_they_are_listed_by_time_and_subject_and_forgotten(store: Store) -> None:
    """Who agrees in the end is not listed."""
    second = replace(ROW, subject="workload", decided="data", chosen="training", at_ms=50)
    for row in (ROW, second, replace(ROW, task_id="t2", chosen=3)):
        store.table(CorrectionLog).put(row)

    assert store.table(CorrectionLog).list() == [ROW, second]
    assert store.table(CorrectionLog).list(since_ms=21) == [second]
    assert store.table(CorrectionLog).list(until_ms=50, subject="workload") == []
    assert store.retention.prune({"overrides": 21}, 99) == {"overrides": 2}
    assert store.table(CorrectionLog).list() == [second]
