"""The mirror, the journal, decisions, overrides and cursors keep what they were given."""

import gc
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from clickup_mlops.store import Mute, Store, Write
from clickup_mlops.store.journal_rows import DONE, FAILED
from clickup_mlops.store.queries.task_memory import TaskMemory, Wrote
from clickup_mlops.store.tables.journal import ECHO_EARLY_MS, ECHO_LATE_MS, HOUR_MS
from clickup_mlops.store.tables.mirror import PAGE, MirrorRow
from clickup_mlops.store.tables.notes import CHANGED, Note


def task(task_id: str, *, updated: int = 100, **more: Any) -> dict[str, Any]:
    return {
        "id": task_id,
        "name": "Serve it",
        "date_updated": str(updated),
        "status": {"status": "to do", "type": "open"},
        "priority": {"id": "2", "priority": "high"},
        "list": {"id": "55", "name": "Inference"},
    } | more


def priority_write(after: Any = 1, task_id: str = "t1", kind: str = "priority") -> Write:
    return Write(task_id, kind, before=None, after=after, cause="w1:1", automation="r", run="")


def _echo(store: Store, event_ms: int) -> int | None:
    match_echo = store.journal.match_echo("t1", "priority", 1, event_ms)
    return match_echo and match_echo.id


def test_when_a_task_was_read_first_stays(store: Store) -> None:
    """However often it is read again; nothing is known of one that never was."""
    store.mirror.put_many("900", [task("t1", updated=1)], 5_000)
    store.mirror.put_many("900", [task("t1", updated=9)], 6_000)

    assert store.mirror.first_ms("t1") == 5_000
    assert store.mirror.first_ms("t2") == 0


def test_the_mirror_gives_back_the_task_as_it_was_read(store: Store) -> None:
    """All of it, with when it was read and when it had changed; unknown tasks are None."""
    store.mirror.put_many("900", [task("t1"), task("t2", updated=7)], 5_000)

    row = store.mirror.get("t1")

    assert row is not None
    assert (row.raw, row.fetched_ms, row.updated_ms) == (task("t1"), 5_000, 100)
    assert store.mirror.get("t3") is None
    assert sorted(store.mirror.get_many(["t1", "t2", "t3"])) == ["t1", "t2"]
    store.mirror.put_many("900", [], 5_000)


def test_older_tasks_are_found_by_a_part_of_their_text(store: Store) -> None:
    """As it is, whatever is in it; the oldest first; younger ones are not asked for."""
    line = 'Stop if "p99" > 900 ms – or 50 % fail\\n'
    for name, created in (("t2", 20), ("t1", 10), ("t3", 30)):
        raw = task(name, date_created=str(created), text_content=f"Begin.\n{line} End.")
        store.mirror.put_many("900", [raw], 5_000)

    def recall(texts: list[str], limit: int) -> list[str]:
        return [row.task_id for row in store.mirror.earlier_with(texts, 30, limit)]

    assert recall([line], 5) == recall(["other", line], 5) == ["t1", "t2"]
    assert recall([line], 1) == ["t1"]
    assert recall(["50 % fails", "other"], 5) == []


def test_an_older_reading_never_replaces_a_newer_one(store: Store) -> None:
    """A slow page that arrives late does not turn the clock back."""
    store.mirror.put_many("900", [task("t1", updated=200, name="new")], 5_000)
    store.mirror.put_many("900", [task("t1", updated=100, name="old")], 6_000)
    store.mirror.put_many("900", [task("t1", updated=200, name="stale")], 4_000)

    row = store.mirror.get("t1")
    assert row is not None
    assert (row.raw["name"], row.fetched_ms) == ("new", 5_000)

    store.mirror.put_many("900", [task("t1", updated=200, name="again")], 7_000)
    row = store.mirror.get("t1")
    assert row is not None
    assert (row.raw["name"], row.fetched_ms) == ("again", 7_000)


def test_open_tasks_are_read_a_page_at_a_time(store: Store) -> None:
    """All of them once, in order, with a page of them in memory, whatever is written meanwhile."""
    tasks = [task(f"t{n:05}") for n in range(2 * PAGE + 7)]
    store.mirror.put_many("900", tasks, 5_000)
    names, most = [], 0
    for number, row in enumerate(store.mirror.each_open()):
        names.append(row.task_id)
        if number % 100 == 0:
            most = max(
                most, sum(type(live_object) is MirrorRow for live_object in gc.get_objects())
            )
            store.mirror.put_many("900", [task(row.task_id, updated=900 + number)], 6_000)

    assert names == [entry["id"] for entry in tasks]
    assert most <= 3, "a row is made when it is asked for"


def test_only_open_tasks_count(store: Store) -> None:
    """Closed, done, moved and removed tasks leave the list's counts."""
    store.mirror.put_many(
        "900",
        [
            task("a", priority={"id": "1"}),
            task("b", priority={"id": "1"}),
            task("c", priority=None),
            task("d", status={"type": "closed"}),
            task("e", status={"type": "done"}),
            task("f", list={"id": "66"}),
        ],
        5_000,
    )

    assert [row.task_id for row in store.mirror.all_open("55")] == ["a", "b", "c"]
    assert [row.task_id for row in store.mirror.each_open()] == ["a", "b", "c", "f"]
    assert store.mirror.open_and_urgent("55") == (3, {"a", "b"})

    store.mirror.remove("a")
    store.mirror.put_many("900", [task("b", updated=300, list={"id": "66"})], 6_000)
    assert store.mirror.open_and_urgent("55") == (1, frozenset())


def test_a_write_is_unfinished_until_its_outcome_is_known(store: Store) -> None:
    """After a crash the journal names exactly the writes that nobody knows the outcome of."""
    first = store.journal.begin(priority_write({"b": 1, "a": [None, "é"]}), 1_000)
    second = store.journal.begin(priority_write(2, "t2"), 1_001)
    store.journal.finish(second, DONE, 1_002)

    (row,) = store.journal.unfinished()

    assert (row.id, row.after, row.before, row.begun_ms) == (
        first,
        {"b": 1, "a": [None, "é"]},
        None,
        1_000,
    )
    (entry,) = store.journal.list(task_id="t2")
    assert (entry.outcome, entry.finished_ms) == (DONE, 1_002)
    assert [row.id for row in store.journal.list(cause="w1:1")] == [second, first]
    assert [row.id for row in store.journal.list(limit=1)] == [second]


def test_what_is_closed_stays_as_it_is(store: Store) -> None:
    """Whoever comes later with another outcome changes nothing."""
    write = store.journal.begin(priority_write(1), 1_000)
    store.journal.finish(write, DONE, 1_010)

    store.journal.finish(write, "not seen", 1_020)

    (row,) = store.journal.list(task_id="t1")
    assert (row.outcome, row.finished_ms) == (DONE, 1_010)


def test_the_journal_is_asked_for_one_task(store: Store) -> None:
    """What is unfinished, and the newest write that may have happened."""
    first = store.journal.begin(priority_write(1), 1_000)
    second = store.journal.begin(priority_write(2), 1_001)
    begin = store.journal.begin(priority_write(3, "t2"), 1_002)
    store.journal.finish(second, FAILED, 1_003)

    assert [row.id for row in store.journal.unfinished("t1")] == [first]
    assert [row.id for row in store.journal.unfinished("t2")] == [begin]
    newest = store.journal.latest("t1", "priority")
    assert newest is not None and newest.id == first
    assert store.journal.latest("t1", "status") is None


def test_an_echo_is_recognised_once(store: Store) -> None:
    """One event uses one write up; the second change to the same value is somebody else's."""
    write = store.journal.begin(priority_write(1), 1_000)
    store.journal.finish(write, DONE, 1_010)

    assert _echo(store, 1_005) == write
    assert store.journal.match_echo("t1", "priority", 1, 9_000) is None


def test_the_same_echo_gets_the_same_answer(store: Store) -> None:
    """ClickUp reports a change in two events, and a crashed worker asks again."""
    write = store.journal.begin(priority_write(1), 1_000)

    assert {_echo(store, 1_005) for _ in range(3)} == {write}


def test_two_writes_have_two_echoes(store: Store) -> None:
    """Each echo uses up the write that is nearest."""
    first = store.journal.begin(priority_write(1), 1_000)
    second = store.journal.begin(priority_write(1), 2_000)

    assert _echo(store, 1_500) == first
    assert _echo(store, 2_500) == second
    assert _echo(store, 1_500) == first


def test_an_echo_that_never_came_shifts_no_other(store: Store) -> None:
    """A write that was cut off, or whose event was lost, is not taken for a later one."""
    store.journal.begin(priority_write(1), 1_000)
    second = store.journal.begin(priority_write(1), 60_000)
    third = store.journal.begin(priority_write(1), 120_000)

    assert _echo(store, 60_050) == second
    assert _echo(store, 120_050) == third


@pytest.mark.parametrize("hours", [-24, 1, 24])
def test_an_echo_is_recognised_if_the_time_was_learned_meanwhile(store: Store, hours: int) -> None:
    """The write began by a clock that was wrong; with its answer the bot knew ClickUp's time."""
    now = 1_800_000_000_000
    write = store.journal.begin(priority_write(1), now - hours * 3_600_000)
    store.journal.finish(write, DONE, now + 200)

    assert store.journal.match_echo("t1", "priority", 1, now + ECHO_LATE_MS + 201) is None
    assert store.journal.match_echo("t1", "priority", 1, now + 100) is not None


def test_what_only_looks_like_an_echo_is_none(store: Store) -> None:
    """Another task, kind or value, a failed write, or another time: not ours."""
    store.journal.begin(priority_write(1), 1_000_000)
    failed = store.journal.begin(priority_write(3), 1_000_000)
    store.journal.finish(failed, FAILED, 1_000_001)

    def match(task_id: str, kind: str, after: Any, event_ms: int) -> object:
        return store.journal.match_echo(task_id, kind, after, event_ms)

    assert match("t2", "priority", 1, 1_000_000) is None
    assert match("t1", "tag", 1, 1_000_000) is None
    assert match("t1", "priority", 2, 1_000_000) is None
    assert match("t1", "priority", 3, 1_000_000) is None
    assert match("t1", "priority", 1, 1_000_000 - ECHO_EARLY_MS - 1) is None
    assert match("t1", "priority", 1, 1_000_000 + ECHO_LATE_MS + 1) is None
    assert match("t1", "priority", 1, 1_000_000 + ECHO_LATE_MS) is not None


def test_the_newest_decision_explains_the_task(store: Store) -> None:
    """Decisions are kept in order; the latest is the one that counts."""
    store.decisions.put("t1", {"priority": 2}, "w1:1", 1_000)
    store.decisions.put("t1", {"priority": 1, "reasons": ["incident"]}, "w1:2", 2_000)
    store.decisions.put("t2", {"priority": 4}, "w1:3", 3_000)

    latest = store.decisions.latest("t1")

    assert latest is not None
    assert (latest.body, latest.event_key, latest.decided_ms) == (
        {"priority": 1, "reasons": ["incident"]},
        "w1:2",
        2_000,
    )
    assert [row.event_key for row in store.decisions.history("t1", 9)] == ["w1:2", "w1:1"]
    assert store.decisions.latest("t3") is None


def test_a_persons_choice_holds_until_it_ends(store: Store) -> None:
    """It is found while it holds, replaced only by a newer one, and released on request."""
    store.overrides.put("t1", 4, 183, 1_000, 5_000)
    store.overrides.put("t1", 1, 184, 500, 9_000)
    store.overrides.put("t2", None, None, 900, 9_000)

    overrides = store.overrides.get("t1", 4_999)

    assert overrides is not None
    assert (overrides.priority, overrides.user_id, overrides.until_ms) == (4, 183, 5_000)
    assert store.overrides.get("t1", 5_000) is None
    assert [row.task_id for row in store.overrides.list(4_000)] == ["t2", "t1"]
    assert [row.task_id for row in store.overrides.list(5_000)] == ["t2"]
    assert store.overrides.release("t1")
    assert not store.overrides.release("t1")
    assert store.overrides.get("t1", 1_000) is None


def test_what_is_known_of_a_task_is_its_own(store: Store) -> None:
    """Nothing of other tasks, nothing that ended, no other kind of write and none that failed."""
    for task_id, at in (("t1", 1_000), ("t2", 2_000)):
        store.overrides.put(task_id, 2, 183, at, at + 5_000)
        store.decisions.put(task_id, {"for": task_id}, f"e{at}", at)
        for kind, outcome in (("priority", DONE), ("priority", FAILED), ("tag", DONE)):
            number = store.journal.begin(priority_write(at, task_id, kind), at)
            store.journal.finish(number, outcome, at + 1)
        store.notes.put(CHANGED, task_id, task_id, at)
    store.mutes.put(Mute("t2", "r", 9_000))

    memory = store.task_memory.of("t1", 5_999)

    assert memory.override is not None
    assert memory.override.since_ms == 1_000
    assert memory.decision is not None
    assert memory.decision.body == {"for": "t1"}
    assert memory.wrote == Wrote(after=1_000, begun_ms=1_000, echo_ms=None)
    assert memory.notes == {CHANGED: Note("t1", 1_000)}
    assert not memory.is_muted
    assert store.task_memory.of("t2", 8_999).is_muted
    assert store.task_memory.of("t1", 6_000).override is None
    assert not store.task_memory.of("t2", 9_000).is_muted
    assert store.task_memory.of("t3", 3_000) == TaskMemory()


def test_a_mute_ends_for_its_task_and_automation_alone(store: Store) -> None:
    """What people and undos muted elsewhere stays muted."""
    for task_id, automation in (("t1", "a"), ("t1", "b"), ("t2", "a")):
        store.mutes.put(Mute(task_id, automation, 9_000))

    store.mutes.end("t1", "a")

    assert {*store.mutes.of("t1", 5_000)} == {"b"}
    assert {*store.mutes.of("t2", 5_000)} == {"a"}


def test_what_was_done_was_done_by_this_automation_since_then(store: Store) -> None:
    """The same value by another one, on another task, earlier or in vain is another write."""
    number = store.journal.begin(priority_write(1), 5_000)
    store.journal.finish(number, DONE, 5_001)
    failed = store.journal.begin(priority_write(2), 6_000)
    store.journal.finish(failed, FAILED, 6_001)

    def is_done(after: int = 1, task: str = "t1", by: str = "r", since_ms: int = 5_000) -> bool:
        has_done = store.journal.has_done
        return has_done(task, "priority", after, automation=by, since_ms=since_ms)

    assert is_done()
    assert not (is_done(2) or is_done(task="t2") or is_done(by="other") or is_done(since_ms=5_001))


def test_a_cursor_keeps_its_last_value(store: Store) -> None:
    """None before it was set."""
    assert store.cursors.get("backfill") is None
    store.cursors.set("backfill", "1")
    store.cursors.set("backfill", "2")
    assert store.cursors.get("backfill") == "2"


def test_an_automation_writes_up_to_its_cap_in_any_hour(store: Store) -> None:
    """Failed writes and those of other automations do not count; what is refused is not noted."""
    begin, write = store.journal.begin_under, priority_write(1)
    numbers = [begin(write, 2, now) for now in (1_000, 1_001, 1_002, HOUR_MS + 999)]
    assert [number is not None for number in numbers] == [True, True, False, False]

    assert begin(write, 2, HOUR_MS + 1_000) is not None
    assert begin(write, 2, HOUR_MS + 1_000) is None
    assert numbers[1] is not None
    store.journal.finish(numbers[1], FAILED, 1_003)
    assert begin(write, 2, HOUR_MS + 1_000) is not None
    assert begin(replace(write, automation="other"), 1, HOUR_MS + 1_000) is not None
    assert len(store.journal.list()) == 5


@pytest.mark.parametrize("kind", ["comment:a", "chat:room/1"])
def test_notices_do_not_use_up_the_cap_of_other_writes(store: Store, kind: str) -> None:
    """And the other way round: each has the cap for itself."""
    begin, write = store.journal.begin_under, priority_write(1)
    notice = replace(write, kind=kind)
    numbers = [begin(notice, 2, now) for now in (1_000, 61_000, 61_001)]
    assert [number is not None for number in numbers] == [True, True, False]
    assert begin(write, 2, 61_002) is not None
    assert begin(write, 2, HOUR_MS + 1_001) is not None
    assert begin(write, 2, HOUR_MS + 1_002) is None
    assert begin(notice, 2, HOUR_MS + 1_003) is not None
    assert begin(notice, 2, HOUR_MS + 1_004) is None
    assert store.write_counts.last_hour(HOUR_MS + 1_004) == {write.automation: 2}


def test_a_cap_slides_with_the_hour(store: Store) -> None:
    """To the millisecond, at whatever rate, however long the automation has been writing."""
    begun = [9_000_000 + 97_001 * n for n in range(90)]
    cap = 20
    allowed = [
        now for now in begun if store.journal.begin_under(priority_write(1), cap, now) is not None
    ]
    expected: list[int] = []
    for now in begun:
        if sum(at_ms > now - HOUR_MS for at_ms in expected) < cap:
            expected.append(now)
    assert allowed == expected


def test_a_cap_holds_for_writers_at_the_same_time(store: Store) -> None:
    """However many ask at once, the cap is reached and not exceeded."""
    with ThreadPoolExecutor(6) as pool:
        submits = [
            pool.submit(store.journal.begin_under, priority_write(n), 7, 1_000) for n in range(24)
        ]
    assert sum(submit.result() is not None for submit in submits) == 7


def test_what_was_made_is_recognised_by_its_receipt(store: Store) -> None:
    """Whichever task it was made from, by all events that tell of it."""
    write = store.journal.begin(
        Write("t1", "comment:greet", None, "hi", cause="c", automation="r", chain=(("a", "q"),)),
        1_000,
    )
    store.journal.finish(write, DONE, 1_001, receipt="55")

    match_receipt = store.journal.match_receipt("comment", "55", 1_500)
    assert match_receipt is not None and (match_receipt.id, match_receipt.chain) == (
        write,
        (("a", "q"),),
    )
    assert store.journal.match_receipt("comment", "55", 1_500) == match_receipt
    assert store.journal.match_receipt("comment", "55", 1_600) == match_receipt
    assert store.journal.match_receipt("task", "55", 1_500) is None
    assert store.journal.match_receipt("comment", "56", 1_500) is None


def test_a_note_is_kept_until_it_is_replaced_or_removed(store: Store) -> None:
    """By scope and name; `first` leaves what is there."""
    store.notes.put("plan", "t1", [1], 10)
    store.notes.put("plan", "t1", {"a": 2}, 20)

    assert store.notes.get("plan", "t1") == Note({"a": 2}, 20)
    assert store.notes.all("plan") == {"t1": Note({"a": 2}, 20)}
    assert not store.notes.first("plan", "t1", 0, 30)
    store.notes.remove("plan", "t1")
    assert store.notes.get("plan", "t1") is None
    assert store.notes.first("plan", "t1", 0, 30)
