"""The numbers that concern a task: of everything that its sources say, by what they are about."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from clickup_mlops.clickup.model import Task
from clickup_mlops.features.metrics.bindings import Binding
from clickup_mlops.features.metrics.placement.placing import Lookup, TaskIndex
from clickup_mlops.features.metrics.scrape import NONE, Labels, Reading
from clickup_mlops.pace import paced

Groups = Mapping[Labels, Mapping[str, float]]
"""Values by measure, by the labels that they have: a port, a model, a replica."""


def groups(readings: Iterable[Reading]) -> Groups:
    """What is measured of a whole source is added to each of its parts, and stands for itself under
    `NONE`.
    """
    by_labels: dict[Labels, dict[str, float]] = defaultdict(dict)
    for reading in readings:
        by_labels[reading.labels][reading.measure] = reading.value
    of_source = by_labels.get(NONE, {})
    return {key: {**of_source, **values} for key, values in by_labels.items()}


def of_tasks(
    bound: Iterable[tuple[Task, Binding]], readings: Mapping[str, Sequence[Reading]]
) -> Mapping[str, Groups]:
    """Of each task, by its id: of the sources that are bound to it the series that name it, and
    those without labels. `bound` are the bindings by which it got a value.
    """
    of_source: dict[str, dict[str, tuple[Task, Binding]]] = defaultdict(dict)
    for task, binding in bound:
        of_source[binding.source][task.id] = task, binding
    by_task: dict[str, list[Reading]] = defaultdict(list)
    for source, pairs in of_source.items():
        for task_id, reading in _owned(pairs.values(), readings.get(source, ())):
            by_task[task_id].append(reading)
    return {task_id: groups(reading) for task_id, reading in by_task.items()}


def _owned(
    pairs: Collection[tuple[Task, Binding]], readings: Sequence[Reading]
) -> Iterator[tuple[str, Reading]]:
    of_binding: dict[int, list[Task]] = defaultdict(list)
    bindings = {id(binding): binding for _task, binding in pairs}
    for task, binding in pairs:
        of_binding[id(binding)].append(task)
    for key, tasks in of_binding.items():
        look = Lookup(bindings[key], TaskIndex(tasks))
        for reading in paced(readings):
            owners = look.owners(reading) if reading.labels else tasks
            yield from ((task.id, reading) for task in owners)


def select_readings(task: Task, binding: Binding, readings: Iterable[Reading]) -> Iterator[Reading]:
    """Of the source's series those that name the task, and those without labels."""
    look = Lookup(binding, TaskIndex([task]))
    return (reading for reading in readings if not reading.labels or look.owners(reading))


def about(labels: Labels) -> str:
    """Labels for people: `device=mlx5_0 port=1`."""
    return " ".join(f"{key}={value}" for key, value in sorted(labels))
