"""Priorities that tasks had when they were first seen; and which changes were the bot's own."""

from dataclasses import replace

from clickup_mlops.features.provisioning.tables.provisions import Provisions, StepRow
from clickup_mlops.store import Override, Store, Write
from clickup_mlops.store.journal_rows import DONE, FAILED
from clickup_mlops.store.tables.journal import WRITE_SLACK_MS

MINUTE_MS = 60_000
FOUND = Override("t1", 2, 183, 1_000, 9_000, "existing", created_ms=500)


def test_what_is_first_seen_never_replaces_a_choice_and_any_choice_replaces_it(
    store: Store,
) -> None:
    """Even one that is told late."""
    assert store.overrides.put_first(FOUND, 0) == FOUND
    assert store.overrides.put_first(replace(FOUND, since_ms=2_000), 0) == FOUND

    store.overrides.put("t1", 3, 184, 900, 9_900)
    chosen = Override("t1", 3, 184, 900, 9_900)
    assert store.overrides.get("t1", 1_000) == chosen
    assert store.overrides.put_first(FOUND, 1) == chosen


def test_many_alike_become_an_import(store: Store) -> None:
    """The same user, priority and minute; those that were kept before, too."""
    neighbours = (
        replace(FOUND, task_id="other user", user_id=9),
        replace(FOUND, task_id="other priority", priority=1),
        replace(FOUND, task_id="unknown user", user_id=None),
        replace(FOUND, task_id="later", created_ms=500 + MINUTE_MS + 1),
    )
    for neighbour in neighbours:
        store.overrides.put_first(neighbour, 3)
    result = [store.overrides.put_first(replace(FOUND, task_id=f"t{n}"), 3) for n in range(4)]

    assert [override.origin for override in result] == ["existing", "existing", "import", "import"]
    origins = {override.task_id: override.origin for override in store.overrides.list(1_000)}
    assert origins == {row.task_id: "existing" for row in neighbours} | {
        f"t{n}": "import" for n in range(4)
    }
    assert store.stats.overrides(1_000) == len(neighbours)


def test_the_time_of_what_was_first_seen_can_begin_anew(store: Store) -> None:
    """Also where it was over; choices stay as they are."""
    store.overrides.put_first(FOUND, 0)
    store.overrides.put("t2", 4, 183, 1_000, 5_000)

    assert store.overrides.restart(20_000, 30_000) == 1
    again = store.overrides.get("t1", 20_000)
    assert again == replace(FOUND, since_ms=20_000, until_ms=30_000)
    assert store.overrides.get("t2", 20_000) is None


def test_decisions_as_they_were_at_a_time(store: Store) -> None:
    """The newest of each task from before then."""
    for task, at_ms in (("t1", 10), ("t1", 20), ("t1", 30), ("t2", 30)):
        store.decisions.put(task, {"at": at_ms}, "k", at_ms)

    assert [(row.task_id, row.body["at"]) for row in store.decisions.before(30)] == [("t1", 20)]
    newest = store.decisions.latest_of(["t1", "t2", "unknown"])
    assert {row.task_id: row.body["at"] for row in newest} == {"t1": 30, "t2": 30}


def test_the_journal_knows_the_times_of_its_writes(store: Store) -> None:
    """From the beginning of the call to its end, with some slack; a failed one changed nothing."""
    write = Write("t1", "comment:stale", before=None, after="?", cause="c", automation="r")
    row = store.journal.begin(write, 100_000)
    store.journal.finish(row, DONE, 101_000, receipt="9001")
    failed = store.journal.begin(write, 200_000)
    store.journal.finish(failed, FAILED, 201_000)

    existing = [100_000 - WRITE_SLACK_MS, 101_000 + WRITE_SLACK_MS]
    assert all(store.journal.wrote_at("t1", at_ms) for at_ms in existing)
    assert not any(
        store.journal.wrote_at("t1", at_ms) for at_ms in (existing[0] - 1, existing[1] + 1, 200_500)
    )
    assert not store.journal.wrote_at("t2", 100_500)
    assert store.journal.has_receipt("9001")
    assert not store.journal.has_receipt("9002")
    assert store.journal.filter_receipts(["9001", "9002"]) == {"9001"}
    assert store.journal.filter_receipts([]) == set()


def test_what_provisioning_makes_is_known(store: Store) -> None:
    """Also while it is being made, as long as nobody knows its id."""
    provisions = store.table(Provisions)
    assert not provisions.is_making()
    step = provisions.begin_step(StepRow(1, "[]", "create", None, {}), 10)
    assert provisions.is_making()
    provisions.made(step, "t1")

    assert not provisions.is_making()
    assert provisions.has_made("t1")
    provisions.begin_step(StepRow(1, "[]", "update", None, {}, object_id="t2"), 20)
    assert not provisions.has_made("t2")
