"""Provisioning's journal: runs, steps and remembered objects, on both databases."""

from clickup_mlops.features.provisioning.tables.provisions import (
    DONE,
    FAILED,
    OPEN,
    Provisions,
    Remembered,
    Run,
    StepRow,
)
from clickup_mlops.store import Filter, Store

PATH = '[["space","ML"]]'


def begun(store: Store, workspace: str = "900", **changes: str) -> int:
    row = {"template": "serving", "kind": "apply", "plan": {"steps": []}} | changes
    return store.table(Provisions).begin(Run(workspace, **row), now_ms=1_000)  # type: ignore[arg-type]


def remembered(object_id: str, path: str = PATH, run_id: int = 1) -> Remembered:
    return Remembered("900", path, object_id, "serving", {"color": "#fff"}, run_id)


def test_a_step_is_open_until_it_is_finished(store: Store) -> None:
    """Begun, made, finished: each survives on its own, so a crash leaves exactly what was known."""
    rows = store.table(Provisions)
    run_id = begun(store)
    number = rows.begin_step(StepRow(run_id, PATH, "create", None, {"a": [1]}), 1_001)
    assert [(s.outcome, s.object_id) for s in rows.steps(run_id)] == [(OPEN, "")]

    rows.made(number, "77")
    assert [(s.outcome, s.object_id) for s in rows.steps(run_id)] == [(OPEN, "77")]

    rows.finish_step(number, DONE, 1_002, [remembered("77")])
    (step,) = rows.steps(run_id)
    assert (step.outcome, step.finished_ms, step.before, step.after) == (
        DONE,
        1_002,
        None,
        {"a": [1]},
    )
    assert rows.remembered("900")[PATH].object_id == "77"


def test_a_step_that_ends_changes_no_other(store: Store) -> None:
    """Else an undo would delete the object of another step."""
    rows = store.table(Provisions)
    run_id = begun(store)
    first, _second = (
        rows.begin_step(StepRow(run_id, PATH, "create", None, {}), 1_001) for _ in range(2)
    )

    rows.made(first, "77")
    rows.finish_step(first, DONE, 1_002)

    assert [(s.outcome, s.object_id) for s in rows.steps(run_id)] == [(DONE, "77"), (OPEN, "")]


def test_only_runs_that_never_ended_are_interrupted(store: Store) -> None:
    """Oldest first, of this workspace only."""
    ended, first, second = begun(store), begun(store), begun(store)
    begun(store, workspace="other")
    store.table(Provisions).finish(ended, DONE, 2_000)

    assert [run.id for run in store.table(Provisions).interrupted("900")] == [first, second]


def test_runs_come_newest_first_with_their_plan(store: Store) -> None:
    """What a run set out to do comes back as it was."""
    begun(store), begun(store, kind="undo")

    newest, _older = store.table(Provisions).runs("900")
    assert (newest.kind, newest.plan) == ("undo", {"steps": []})
    assert store.table(Provisions).run(newest.id) == newest
    assert store.table(Provisions).run(999) is None


def test_a_path_stands_for_the_object_of_its_last_run(store: Store) -> None:
    """Remembering again replaces; forgetting removes; other workspaces are not seen."""
    rows = store.table(Provisions)
    rows.remember([remembered("1"), remembered("2", '[["space","Other"]]')])
    rows.remember([remembered("3", run_id=2)])
    rows.forget("900", ['[["space","Other"]]'])
    rows.forget("900", [])

    assert rows.remembered("900") == {PATH: remembered("3", run_id=2)}
    assert rows.remembered("other") == {}


def test_what_was_noted_survives_a_restart(store_url: str) -> None:
    """The journal is on disk when the call returns."""
    with Store.open(store_url) as store:
        run_id = begun(store)
        store.table(Provisions).begin_step(StepRow(run_id, PATH, "create", None, {}), 1_001)

    with Store.open(store_url) as again:
        assert [run.id for run in again.provisions.interrupted("900")] == [run_id]
        assert len(again.provisions.steps(run_id)) == 1


def test_each_step_is_in_the_audit(store: Store) -> None:
    """With its path, its object and its run; one that failed too."""
    rows = store.table(Provisions)
    run = begun(store)
    for outcome in (DONE, FAILED):
        number = rows.begin_step(StepRow(run, PATH, "create", None, {"name": "ML"}), 1_001)
        rows.made(number, "77")
        rows.finish_step(number, outcome, 1_002)

    entries = [*store.audit.select(Filter(run=f"provision:{run}"))]
    assert [entry.outcome for entry in entries] == [DONE, FAILED]
    assert (entries[0].kind, entries[0].task_id, entries[0].receipt) == (
        "provision:create",
        "77",
        PATH,
    )
    assert not store.audit.verify().problem
