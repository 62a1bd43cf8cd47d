"""The lane: its order, what is in it, and why in one line."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from clickup_mlops.features.dashboard.work_queue import Lane, lane
from clickup_mlops.routing.decision import Decision, Workload
from clickup_mlops.routing.outcome import Outcome
from clickup_mlops.routing.policy import Policy
from clickup_mlops.store import Store
from tests.empty import store_at

NOW_MS = 1_795_680_000_000


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(store_at(tmp_path / "bot.db")) as store:
        yield store


def put(
    store: Store,
    task_id: str,
    priority: int | None,
    created_ms: int,
    *,
    decided: int | None = None,
    workload: Workload | None = "inference",
    status: str = "open",
    reasons: tuple[str, ...] = ("Because.",),
    **body: Any,
) -> None:
    """A task, and a decision about it unless the workload is None."""
    raw = {
        "id": task_id,
        "name": task_id,
        "list": {"id": "1"},
        "status": {"status": status, "type": status},
        "priority": priority and {"id": str(priority)},
        "date_created": str(created_ms),
        "date_updated": str(created_ms),
    }
    store.mirror.put_many("9", [raw], NOW_MS)
    if workload is not None:
        by, expected = "inference.normal", decided or priority
        result = Decision(task_id, expected, None, workload, "normal", by, reasons).to_dict()
        store.decisions.put(task_id, result | body, "k", NOW_MS)


def first(store: Store, limit: int = 9) -> Lane:
    return lane(store, Policy(), "inference", NOW_MS, limit)


def test_by_priority_then_the_oldest(store: Store) -> None:
    """A task without a priority comes last; equals are in a fixed order."""
    for task_id, priority, created_ms in (
        ("none", None, 1),
        ("new", 2, 30),
        ("old", 2, 10),
        ("same", 2, 10),
        ("urgent", 1, 40),
    ):
        put(store, task_id, priority, created_ms)
    result = first(store)
    assert [place.task.id for place in result.places] == ["urgent", "old", "same", "new", "none"]
    assert [place.task.id for place in first(store, 2).places] == ["urgent", "old"]
    assert first(store, 2).total == result.total == 5


def test_only_open_decided_tasks_of_the_workload(store: Store) -> None:
    """The newest decision counts; what is closed, undecided or of another workload is not there."""
    put(store, "closed", 1, 1, status="closed")
    put(store, "undecided", 1, 1, workload=None)
    put(store, "training", 1, 1, workload="training")
    put(store, "moved", 1, 1, workload="training")
    put(store, "moved", 1, 1)
    assert [place.task.id for place in first(store).places] == ["moved"]


def test_why_in_one_line(store: Store) -> None:
    """The reasons; without any, what decided; what became of it where the priority is another."""
    put(store, "a", 2, 1)
    put(store, "b", 2, 2, reasons=())
    put(store, "c", 3, 3, decided=1, **Outcome("capped", "inference_first").to_dict())
    store.overrides.put("a", 2, 7, 1, 2**42, user_name="Ana")
    first_place, two, three = first(store).places
    assert (first_place.why, two.why) == ("Because.", "Decided by inference.normal.")
    assert three.why.startswith("Because. ")
    assert "cap" in three.why
    assert first_place.held.startswith("High is held for Ana")
    assert (two.held, three.held) == ("", "")
