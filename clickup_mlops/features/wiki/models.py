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
    own = [*measured_tasks]
    by_id = {task.id: task for task in (*own, *_about(own, tasks, model_field))}
    measured: dict[str, list[MetricValue]] = defaultdict(list)
    for one in values:
        if one.task_id in by_id:
            measured[one.task_id].append(one)
    named: dict[str, list[Task]] = defaultdict(list)
    for task in by_id.values():
        named[model_name(task, model_field)].append(task)
    found = (
        _model(name, together, measured, by_id)
        for name, together in named.items()
        if any(task.id in measured for task in together)
    )
    return sorted(found, key=lambda model: model.name.casefold())


def is_milestone(task: Task) -> bool:
    """Whether ClickUp shows it as a milestone."""
    return task.raw.get("custom_item_id") == MILESTONE


def _about(own: Sequence[Task], tasks: Iterable[Task], model_field: str) -> Iterator[Task]:
    """Those that belong to a model of these: by its name, a link, a dependency, or as a subtask."""
    names = {model_name(task, model_field) for task in own}
    ids = {task.id for task in own}
    linked = {one for task in own for one in _linked(task)}
    for task in tasks:
        if task.id not in ids and (
            task.id in linked or task.parent_id in ids or model_name(task, model_field) in names
        ):
            yield task


def _linked(task: Task) -> tuple[str, ...]:
    return (*task.links, *task.depends_on, *task.blocks)


def _model(
    name: str,
    together: Sequence[Task],
    measured: Mapping[str, Sequence[MetricValue]],
    by_id: Mapping[str, Task],
) -> Model:
    own = tuple(task for task in together if task.id in measured)
    ids = {task.id for task in own}
    linked = [one for task in own for one in _linked(task)]
    others = {task.id: task for task in together} | {
        one: by_id[one] for one in linked if one in by_id
    }
    about = [task for task in others.values() if task.id not in ids]
    about += [task for task in by_id.values() if task.parent_id in ids and task.id not in others]
    about.sort(key=lambda task: (task.priority or 5, task.created_ms, task.id))
    return Model(
        name,
        own,
        tuple(value for task in own for value in measured[task.id]),
        tuple(task for task in about if not is_milestone(task)),
        tuple(task for task in about if is_milestone(task)),
    )
