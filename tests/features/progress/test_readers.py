"""Who sees which run: as its task's List says; on both databases."""

import pytest

from clickup_mlops.features.progress import watched
from clickup_mlops.features.progress.model import Progress, RunReport
from clickup_mlops.store import Store
from clickup_mlops.store.access import NOTHING, Access
from tests.store.conftest import postgresql_url, sqlite_url, store, store_url
from tests.store.test_readers import put_tasks

__all__ = ["postgresql_url", "sqlite_url", "store", "store_url"]

OPEN = Access(frozenset({"open"}))
W = "w"


def run(id_: str, task_id: str) -> Progress:
    """A run of that task."""
    return Progress("hpc", RunReport(id_, f"run {id_}", "running"), task_id, (), 1, at_ms=1)


def keep(store: Store, *runs: Progress, before: tuple[Progress, ...] = (), now_ms: int = 1) -> None:
    """These are the runs now."""
    watched.write(
        store, W, {old.key: old for old in before}, {new.key: new for new in runs}, now_ms
    )


def seen(store: Store, access: Access) -> set[str]:
    return {*watched.read(store.seen_with(access), W)}


def test_a_run_is_seen_by_who_sees_its_task(store: Store) -> None:
    """A run of no task is of machines: everybody sees it."""
    put_tasks(store, "open", "secret")
    keep(store, run("1", "t0"), run("2", "t1"), run("3", ""))

    assert seen(store, OPEN) == {"hpc/1", "hpc/3"}
    assert seen(store, NOTHING) == {"hpc/3"}
    assert {*watched.read(store, W)} == {"hpc/1", "hpc/2", "hpc/3"}


@pytest.mark.parametrize("id_", ["t0", "x:t0", "x/t0", "x-t0"])
def test_a_run_that_is_named_like_a_visible_task_is_its_own_tasks(store: Store, id_: str) -> None:
    """People choose the ids of runs."""
    put_tasks(store, "open", "secret")
    keep(store, run(id_, "t1"))

    assert seen(store, OPEN) == set()


def test_a_run_whose_task_becomes_known_is_that_tasks_from_then_on(store: Store) -> None:
    """It is kept once, and forgotten a day after its source has named it last."""
    put_tasks(store, "open", "secret")
    first, later = run("1", ""), run("1", "t1")
    keep(store, first)
    keep(store, later, before=(first,))

    assert seen(store, OPEN) == set()
    assert watched.read(store, W)["hpc/1"].task_id == "t1"
    keep(store, before=(later,), now_ms=90_000_000)
    assert watched.read(store, W) == {}


@pytest.mark.parametrize("name", ["x/t0", "x-t0", "x_t0"])
def test_a_note_whose_name_only_ends_like_a_task_is_hidden(store: Store, name: str) -> None:
    """A task's note is named by its id, after a colon if at all."""
    put_tasks(store, "open", "secret")
    store.notes.put("other", name, True, 1)
    store.notes.put("latch", "automation:t0", True, 1)
    reader = store.seen_with(OPEN)

    assert reader.notes.all("other") == {}
    assert reader.notes.all("latch").keys() == {"automation:t0"}
