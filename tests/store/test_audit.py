"""The audit has every write that ended, once, in one chain; on both databases."""

import threading
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.event import listen, remove

from clickup_mlops.store import Filter, Keyring, Store, Write
from clickup_mlops.store.journal_rows import DONE, FAILED
from tests.store.store_events import event

WRITE = Write("t1", "priority", 4, 1, "hook:item", "inference_first")


def put_entries(
    store: Store, *tasks: str, at_ms: int = 5, outcome: str = DONE, **more: Any
) -> None:
    """Writes that ended."""
    for task in tasks:
        row = store.journal.begin(replace(WRITE, task_id=task, **more), at_ms)
        store.journal.finish(row, outcome, at_ms + 1, calls=[f"PUT /task/{task} 200"])


def tamper(store: Store, statement: str) -> None:
    """What somebody with access to the database may do."""
    with store.engine.begin() as connection:
        connection.execute(text(statement))


def test_a_write_is_in_the_audit_with_all_about_it(store: Store) -> None:
    """What, where, why, by whom, when, with which call, and how it ended."""
    row = store.journal.begin(replace(WRITE, actor="ann", run="undo:7"), 5)
    store.journal.finish(row, DONE, 9, receipt={"id": "c1"}, calls=["PUT /task/t1 200"])

    (entry,) = store.audit.list(Filter(), 10)
    assert (entry.task_id, entry.kind, entry.before, entry.after) == ("t1", "priority", 4, 1)
    assert (entry.cause, entry.automation, entry.actor) == ("hook:item", "inference_first", "ann")
    assert (entry.begun_ms, entry.at_ms, entry.run) == (5, 9, "undo:7")
    assert (entry.outcome, entry.calls) == (DONE, ("PUT /task/t1 200",))
    assert entry.receipt == {"id": "c1"}
    assert store.audit.get(1) == entry
    assert not store.audit.verify().problem


def test_a_write_that_ends_twice_is_there_once(store: Store) -> None:
    """What is closed stays as it is."""
    row = store.journal.begin(WRITE, 5)
    store.journal.finish(row, FAILED, 6)
    store.journal.finish(row, DONE, 7)

    assert [entry.outcome for entry in store.audit.list(Filter(), 10)] == [FAILED]


def test_an_end_that_waits_comes_with_the_next_write(store: Store) -> None:
    """In its transaction; before that neither journal nor audit knows it."""
    row = store.journal.begin(WRITE, 5)
    store.journal.finish(row, DONE, 6, wait=False)
    assert (store.audit.head().seq, len(store.journal.unfinished())) == (0, 1)

    store.inbox.put(event("a"))
    store.flush()
    assert (store.audit.head().seq, len(store.journal.unfinished())) == (1, 0)


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        ("update audit set after = '2' where seq = 3", "entry 3 is not what was written"),
        ("update audit set after = 'nonsense' where seq = 3", "entry 3 is not what was written"),
        ("update audit set calls = '5' where seq = 3", "entry 3 is not what was written"),
        ("delete from audit where seq = 3", "entry 3 is missing"),
        ("delete from audit where seq in (2, 3)", "entries 2 to 3 are missing"),
        ("delete from audit where seq = 1", "entry 1 is missing"),
        ("delete from audit where seq = 5", "entry 5 is missing"),
        ("delete from audit", "entry 5 is missing"),
        ("update audit set seq = 9 where seq = 3", "entry 3 is missing"),
    ],
)
def test_what_was_tampered_with_is_named(store: Store, statement: str, problem: str) -> None:
    """The first row that is wrong, be it changed, missing or in another place."""
    put_entries(store, *"abcde")
    assert not store.audit.verify().problem
    tamper(store, statement)

    assert store.audit.verify().problem.startswith(problem)


def test_an_end_taken_away_with_the_head_is_found_by_an_anchor_kept_elsewhere(store: Store) -> None:
    """The database alone cannot know."""
    put_entries(store, *"abc")
    (old,) = [e.anchor for e in store.audit.list(Filter(task_id="a"), 1)]
    head = store.audit.head()
    tamper(store, "delete from audit where seq > 1")
    tamper(store, f"update audit_head set seq = 1, hash = '{old.hash}'")

    assert not store.audit.verify().problem
    assert store.audit.verify([head]).problem == "entry 3 is missing: the chain ends at 1"


def test_a_chain_that_was_cut_is_still_whole(store: Store) -> None:
    """Old entries go, a signed entry tells where; a second cut too. A forged one is found."""
    for task, at_ms in (("a", 100), ("b", 200), ("c", 300), ("d", 400)):
        put_entries(store, task, at_ms=at_ms)
    first = store.audit.get(1)

    assert store.audit.cut(250, 1_000) == 2
    assert [entry.task_id for entry in store.audit.select(Filter())] == ["c", "d", ""]
    assert not store.audit.verify().problem
    assert first is not None
    assert not store.audit.verify([first.anchor]).problem

    assert store.audit.cut(250, 1_001) == 0
    assert store.audit.cut(5_000, 1_002) == 3
    assert not store.audit.verify().problem
    put_entries(store, "e", at_ms=2_000)
    tamper(store, "delete from audit where seq = 6")
    assert store.audit.verify().problem == "entries 1 to 6 are missing"


def test_a_write_that_ends_during_a_cut_stays(store: Store) -> None:
    """Also where nothing was recorded when the cut began to look."""

    def meanwhile(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        if started or "audit" not in statement:
            return
        started.append(True)
        thread = threading.Thread(target=put_entries, args=(store, "t1"), kwargs={"at_ms": 900})
        thread.start()
        thread.join()

    started: list[bool] = []
    listen(store.engine, "after_cursor_execute", meanwhile)
    assert store.audit.cut(500, 1_000) == 0
    remove(store.engine, "after_cursor_execute", meanwhile)
    assert [entry.task_id for entry in store.audit.list(Filter(), 10)] == ["t1"]


def test_filters_are_combined(store: Store) -> None:
    """By task, automation and time."""
    put_entries(store, "a", "b", at_ms=100)
    put_entries(store, "a", at_ms=200, automation="other")

    def sequence_numbers(**criteria: Any) -> list[int]:
        return [entry.seq for entry in store.audit.list(Filter(**criteria), 10)]

    assert sequence_numbers() == [3, 2, 1]
    assert sequence_numbers(task_id="a") == [3, 1]
    assert sequence_numbers(task_id="a", automation="other") == [3]
    assert sequence_numbers(since_ms=101, until_ms=201) == [2, 1]
    assert store.audit.list(Filter(), 1)[0].seq == 3


def test_what_an_event_led_to_is_found_over_all_links(store: Store) -> None:
    """And a schedule's round stands for the events of its tasks; a part of a key for nothing."""
    put_entries(store, "a", cause="hook:1:taskUpdated")
    put_entries(
        store, "b", cause="hook:2", chain=(("hook:1:taskUpdated", "first"), ("x", "second"))
    )
    put_entries(store, "c", cause="schedule:stale:60:c")
    put_entries(store, "d", cause="schedule:stale:600:d")

    def sequence_numbers(key: str) -> list[str]:
        return [entry.task_id for entry in store.audit.caused_by(key)]

    assert sequence_numbers("hook:1:taskUpdated") == ["a", "b"]
    assert sequence_numbers("schedule:stale:60") == ["c"]
    assert sequence_numbers("hook:1:task") == sequence_numbers("hook") == []


def test_many_writers_make_one_chain(store_url: str) -> None:
    """Processes and threads take turns; nobody waits for ever, no number is used twice."""
    stores = [Store.open(store_url, keys=Keyring("k")) for _ in range(3)]

    def work(store: Store, name: str) -> None:
        for n in range(8):
            row = store.journal.begin(replace(WRITE, task_id=f"{name}{n}"), 5)
            raw = {"id": f"shared{n % 2}", "list": {"id": "1"}, "date_updated": "1"}
            store.journal.finish(row, DONE, 6, wait=False)
            store.mirror.put_many("w", [raw], 5)
        store.flush()

    threads = [threading.Thread(target=work, args=(one, f"s{n}-")) for n, one in enumerate(stores)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    verdict = stores[0].audit.verify()
    assert (verdict.problem, verdict.checked, verdict.signed_from) == ("", 24, 1)
    for store in stores:
        store.close()
