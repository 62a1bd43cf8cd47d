"""The numbers that concern a task: of everything that its sources say, by what they are about."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from clickup_mlops.clickup.model import Task
from clickup_mlops.metrics.bindings import Binding
from clickup_mlops.metrics.placing import Lookup
from clickup_mlops.metrics.scrape import NONE, Labels, Reading

Groups = Mapping[Labels, Mapping[str, float]]
"""Values by measure, by the labels that they have: a port, a model, a replica."""


def groups(readings: Iterable[Reading]) -> Groups:
    """What is measured of a whole source is added to each of its parts."""
    found: dict[Labels, dict[str, float]] = defaultdict(dict)
    for one in readings:
        found[one.labels][one.measure] = one.value
    whole = found.get(NONE, {})
    parts = {key: {**whole, **values} for key, values in found.items() if key != NONE}
    return parts or dict(found)


def of_task(
    task: Task, bindings: Sequence[Binding], readings: Mapping[str, Sequence[Reading]]
) -> Groups:
    """Of the sources that are bound to the task: the series that name it, and those without labels.

    `bindings` are those by which it got a value.
    """
    by_source = {one.source: one for one in bindings}
    return groups(
        reading
        for source, binding in by_source.items()
        for reading in own(task, binding, readings.get(source, ()))
    )


def own(task: Task, binding: Binding, readings: Iterable[Reading]) -> Iterator[Reading]:
    """Of the source's series those that name the task, and those without labels."""
    look = Lookup(binding, [task])
    return (one for one in readings if not one.labels or look.owners(one))


def about(labels: Labels) -> str:
    """Labels for people: `device=mlx5_0 port=1`."""
    return " ".join(f"{key}={value}" for key, value in sorted(labels))
