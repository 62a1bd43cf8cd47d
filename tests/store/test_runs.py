"""The run log: a row for what was written, one an hour for what only repeats itself."""

from dataclasses import replace

import pytest

from clickup_mlops.store import Store
from clickup_mlops.store.tables import runs as log
from clickup_mlops.store.tables.runs import (
    FAILED,
    AutomationRun,
    AutomationRunRow,
    Result,
    RunAction,
    RunFilter,
)

HOUR = 3_600_000
BAD = RunAction("assign", "t1", "action 1, assign: user: nobody", "problem", hint="Ask Ana.")
GOOD = RunAction("add_tag", "t1", "+ tag hot", "done")
RUN = AutomationRun("raise", "t1", "e1", "taskUpdated", HOUR, "failed", (BAD,))


def put(store: Store, *runs: AutomationRun) -> None:
    for run in runs:
        store.runs.put(run)
    store.flush()


def runs_of(
    store: Store, results: tuple[Result, ...] = (), **wanted: str | int
) -> list[AutomationRunRow]:
    return store.runs.list(RunFilter(results=results, **wanted), 99)  # type: ignore[arg-type]


def test_it_waits_for_the_next_write_of_the_thread(store: Store) -> None:
    """No transaction of its own: an event costs no more because of it."""
    store.runs.put(RUN)
    assert runs_of(store) == []

    store.flush()

    (row,) = runs_of(store)
    assert store.runs.get(row.id) == row
    assert (row.actions, row.count, row.first_ms, row.at_ms) == ((BAD,), 1, HOUR, HOUR)
    assert row.why == "action 1, assign: user: nobody"
    assert store.runs.get(row.id + 1) is None


@pytest.mark.parametrize("result", ["failed", "capped", "held", "shadow"])
def test_what_only_repeats_itself_is_counted(store: Store, result: Result) -> None:
    """A storm of events about a task is one row; the next hour begins another."""
    run = replace(RUN, result=result)
    put(store, *(replace(run, event_key=f"e{n}", at_ms=HOUR + n) for n in range(50)))
    put(store, replace(run, event_key="later", at_ms=2 * HOUR))

    later, storm = runs_of(store)
    assert (storm.count, storm.first_ms, storm.at_ms) == (50, HOUR, HOUR + 49)
    assert storm.event_key == "e49"
    assert later.count == 1


def test_other_words_or_another_task_are_no_repetition(store: Store) -> None:
    """Each is worth a line."""
    second = replace(BAD, text="action 1, assign: user: somebody else")
    put(store, RUN, replace(RUN, actions=(second,)), replace(RUN, task_id="t2"))

    assert [row.count for row in runs_of(store)] == [1, 1, 1]


@pytest.mark.parametrize("result", ["done", "partly failed", "refused"])
def test_what_wrote_or_was_refused_has_a_row_for_its_event(store: Store, result: Result) -> None:
    """However often it is tried: the last try holds. Another event is another run."""
    run = replace(RUN, result=result, actions=(GOOD,))
    put(store, run, replace(run, at_ms=HOUR + 5), replace(run, event_key="e2"))
    put(store, replace(run, at_ms=HOUR + 9, result="done"))

    assert [(row.event_key, row.count, row.result) for row in runs_of(store)] == [
        ("e1", 1, "done"),
        ("e2", 1, result),
    ]
    again = store.runs.of_event("raise", "t1", "e1")
    assert again is not None
    assert (again.first_ms, again.at_ms) == (HOUR, HOUR + 9)
    assert store.runs.of_event("raise", "t2", "e1") is None


def test_the_same_event_twice_is_counted_once(store: Store) -> None:
    """It was handled again after a crash."""
    put(store, RUN, RUN)

    assert [row.count for row in runs_of(store)] == [1]


def test_they_are_listed_newest_first_by_what_is_asked(store: Store) -> None:
    """Automation, task, result and time; together, too."""
    outcome = replace(RUN, automation="other", at_ms=2 * HOUR, result="done", actions=(GOOD,))
    elsewhere = replace(RUN, task_id="t2", at_ms=3 * HOUR)
    put(store, RUN, outcome, elsewhere)

    def tasks(results: tuple[Result, ...] = (), **wanted: str | int) -> list[str]:
        return [f"{row.automation} {row.task_id}" for row in runs_of(store, results, **wanted)]

    assert tasks() == ["raise t2", "other t1", "raise t1"]
    assert tasks(automation="raise", task_id="t1") == ["raise t1"]
    assert tasks(FAILED) == ["raise t2", "raise t1"]
    assert tasks(since_ms=2 * HOUR) == ["raise t2", "other t1"]
    assert len(store.runs.list(RunFilter(), 2)) == 2


def test_failing_automations_are_counted_with_their_newest_failure(store: Store) -> None:
    """The most failures first; what is older, or went well, does not count."""
    put(store, *(replace(RUN, event_key=f"e{n}", at_ms=2 * HOUR + n) for n in range(3)))
    put(store, replace(RUN, automation="other", at_ms=2 * HOUR, result="refused"))
    put(store, replace(RUN, automation="fine", at_ms=2 * HOUR, result="done", actions=(GOOD,)))
    put(store, replace(RUN, automation="old"))

    failing = store.runs.failing(2 * HOUR)

    assert [(row.automation, row.count) for row in failing] == [("raise", 3), ("other", 1)]
    assert failing[0].newest.at_ms == 2 * HOUR + 2


def test_old_runs_go_and_so_does_what_is_too_much(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By age; and the oldest beyond a number of rows, whatever their age."""
    put(store, *(replace(RUN, at_ms=n * HOUR) for n in range(1, 7)))

    assert store.retention.prune({"runs": 3 * HOUR}, 9 * HOUR) == {"runs": 2}

    assert log.MOST_ROWS == 100_000
    monkeypatch.setattr(log, "MOST_ROWS", 3)
    assert store.retention.prune({"runs": 0}, 9 * HOUR) == {"runs": 1}
    assert [row.at_ms // HOUR for row in runs_of(store)] == [6, 5, 4]
