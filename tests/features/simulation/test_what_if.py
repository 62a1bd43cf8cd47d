"""Two policies over the tasks that the bot knows, a List at a time."""

import gc
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pytest

from clickup_mlops.clickup.model import Task
from clickup_mlops.errors import InputError
from clickup_mlops.features.simulation import what_if
from clickup_mlops.routing.classifier import classify
from clickup_mlops.routing.policy import Policy
from clickup_mlops.store import Store
from tests.empty import store_at

NOW_MS = 1_767_614_400_000
CLASSIFIER = classify.load()


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store.open(store_at(tmp_path / "bot.db"))


def task(task_id: str, place: str, tag: str, **raw: Any) -> dict[str, Any]:
    return {
        "id": task_id,
        "name": f"Work {task_id}",
        "list": {"id": place, "name": f"List {place}"},
        "status": {"status": "to do", "type": "open"},
        "tags": [{"name": tag}],
        "date_created": str(NOW_MS),
    } | raw


def test_only_the_tasks_of_one_list_are_in_memory(store: Store) -> None:
    """However many Lists there are."""
    lists = [f"{number:02}" for number in range(6)]
    for place in lists:
        store.mirror.put_many("1", [task(f"{place}-{n}", place, "data") for n in range(20)], 1)
    alive = []

    def watch(task_ids: Sequence[str]) -> Iterable[str]:
        for place in task_ids:
            yield place
            gc.collect()
            alive.append(sum(type(candidate) is Task for candidate in gc.get_objects()))

    before = sum(type(candidate) is Task for candidate in gc.get_objects())
    question = what_if.Question(Policy(), Policy())
    evaluated, moves = what_if.ask(store, CLASSIFIER, question, NOW_MS, watch=watch)

    assert (evaluated, moves, len(alive)) == (120, [], 6)
    assert max(alive) - before <= 40


def test_what_waits_in_another_list_counts(store: Store) -> None:
    """By the policy that is tried, and only while it is open."""
    waits = {"dependencies": [{"task_id": "b1", "depends_on": "a1", "type": 1}]}
    closed = {"dependencies": [{"task_id": "b2", "depends_on": "a2", "type": 1}]}
    closed_status = {"status": {"status": "done", "type": "closed"}}
    store.mirror.put_many(
        "1",
        [
            task("a1", "1", "infra", **waits),
            task("a2", "1", "infra", **closed),
            task("b1", "2", "serving"),
            task("b2", "2", "serving", **closed_status),
        ],
        1,
    )
    question = what_if.Question(
        Policy(labels={"serving": "other"}), Policy(labels={"serving": "inference"}), "List 1"
    )
    evaluated, moves = what_if.ask(store, CLASSIFIER, question, NOW_MS)

    assert evaluated == 2
    assert [(m.task.id, m.before.tier, m.after.tier) for m in moves] == [("a1", "soon", "due")]


def test_a_list_that_nobody_knows_is_refused_with_the_nearest(store: Store) -> None:
    """By the names of all Lists."""
    store.mirror.put_many("1", [task(f"t{n}", str(n), "data") for n in range(3)], 1)
    question = what_if.Question(Policy(), Policy(), "Lisst 2")
    with pytest.raises(InputError, match='in a List "Lisst 2"') as refused:
        what_if.ask(store, CLASSIFIER, question, NOW_MS)
    assert "List 2" in refused.value.hint
