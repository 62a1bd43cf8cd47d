"""The models that have a page, out of all open tasks."""

import gc
from collections.abc import Iterator
from typing import Any

from clickup_mlops.clickup.model import Task
from clickup_mlops.features.wiki.models import models
from clickup_mlops.store.tables.metric_values import MetricValue

MANY = 5_000


def task(task_id: str, name: str, **raw: Any) -> Task:
    usual = {"id": task_id, "name": name, "status": {"status": "to do", "type": "open"}}
    return Task.parse(usual | raw)


def value(task_id: str) -> MetricValue:
    return MetricValue(task_id, "f", "900", "P99", 812.0, "s", "p99", "", "", 1, 1)


def test_a_model_has_its_name_sakes_links_dependents_and_subtasks() -> None:
    """And nothing else."""
    blocks = [{"task_id": "d", "depends_on": "m", "type": 1}]
    model_task = task("m", "ranker", dependencies=blocks)
    other_tasks = [
        task("a", "ranker"),
        task("d", "Roll it out"),
        task("s", "Quantise it", parent="m"),
        task("z", "Something else"),
    ]
    (model,) = models([model_task], [model_task, *other_tasks], [value("m"), value("c")], "Model")

    assert (model.name, model.tasks) == ("ranker", (model_task,))
    assert [task.id for task in model.work] == ["a", "d", "s"]


def test_tasks_about_no_model_are_not_kept() -> None:
    """So that memory does not grow with the number of open tasks."""
    model_task, alive = task("m", "ranker"), []

    def stream() -> Iterator[Task]:
        for number in range(MANY):
            yield task(f"t{number}", f"Work {number}")
            if number % 1_000 == 999:
                alive.append(sum(type(candidate) is Task for candidate in gc.get_objects()))

    assert [model.name for model in models([model_task], stream(), [value("m")], "Model")] == [
        "ranker"
    ]
    assert len(alive) == 5
    assert max(alive) - min(alive) <= 2
