"""The models that have a page: tasks with metric fields, together by the model that they name."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from clickup_mlops.clickup.model import Task
from clickup_mlops.ports.sections.models import model_name
from clickup_mlops.store.tables.metric_values import MetricValue

MILESTONE: Final = 1
"""`custom_item_id` of a milestone."""


@dataclass(frozen=True, slots=True)
class Model:
    """A model or service: its own tasks with what they measure, and other open tasks about it."""

    name: str
    tasks: tuple[Task, ...]
    values: tuple[MetricValue, ...]
    work: tuple[Task, ...]
    milestones: tuple[Task, ...]


def models(
    measured_tasks: Iterable[Task],
    tasks: Iterable[Task],
    values: Iterable[MetricValue],
    model_field: str,
) -> list[Model]:
    """By name. `tasks` are the open ones of the Workspace, of which those about a model are kept;
    `measured_tasks` are the open ones that have `values`.
    """
    subjects = [*measured_tasks]
    by_id = {task.id: task for task in (*subjects, *_about(subjects, tasks, model_field))}
    measured: dict[str, list[MetricValue]] = defaultdict(list)
    for value in values:
        if value.task_id in by_id:
            measured[value.task_id].append(value)
    named: dict[str, list[Task]] = defaultdict(list)
    for task in by_id.values():
        named[model_name(task, model_field)].append(task)
    created = (
        _model(name, namesakes, measured, by_id)
        for name, namesakes in named.items()
        if any(task.id in measured for task in namesakes)
    )
    return sorted(created, key=lambda model: model.name.casefold())


def is_milestone(task: Task) -> bool:
    """Whether ClickUp shows it as a milestone."""
    return task.raw.get("custom_item_id") == MILESTONE


def _about(subjects: Sequence[Task], tasks: Iterable[Task], model_field: str) -> Iterator[Task]:
    """Those that belong to a model of these: by its name, a link, a dependency, or as a subtask."""
    names = {model_name(task, model_field) for task in subjects}
    ids = {task.id for task in subjects}
    linked = {task_id for task in subjects for task_id in _linked(task)}
    for task in tasks:
        if task.id not in ids and (
            task.id in linked or task.parent_id in ids or model_name(task, model_field) in names
        ):
            yield task


def _linked(task: Task) -> tuple[str, ...]:
    return (*task.links, *task.depends_on, *task.blocks)


def _model(
    name: str,
    namesakes: Sequence[Task],
    measured: Mapping[str, Sequence[MetricValue]],
    by_id: Mapping[str, Task],
) -> Model:
    subjects = tuple(task for task in namesakes if task.id in measured)
    ids = {task.id for task in subjects}
    linked = [task_id for task in subjects for task_id in _linked(task)]
    related = {task.id: task for task in namesakes} | {
        task_id: by_id[task_id] for task_id in linked if task_id in by_id
    }
    about = [task for task in related.values() if task.id not in ids]
    about += [task for task in by_id.values() if task.parent_id in ids and task.id not in related]
    about.sort(key=lambda task: (task.priority or 5, task.created_ms, task.id))
    return Model(
        name,
        subjects,
        tuple(value for task in subjects for value in measured[task.id]),
        tuple(task for task in about if not is_milestone(task)),
        tuple(task for task in about if is_milestone(task)),
    )
