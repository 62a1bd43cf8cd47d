"""Which reading belongs to which task. What is not certain is reported, never guessed. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from clickup_mlops.clickup.model import FieldValue, Task
from clickup_mlops.features.metrics.bindings import Binding
from clickup_mlops.features.metrics.placement.owners import NOTHING_KNOWN, Known, choose
from clickup_mlops.features.metrics.scrape import Labels, Reading
from clickup_mlops.pace import paced
from clickup_mlops.spelling import suggest_word

NUMERIC: Final = frozenset({"number", "currency"})
"""Types of fields that a number can go into."""
_SHOWN = 5
Fact = tuple[str, str]
"""What of a task a label may name, such as `tag`, and its value, both in small letters."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A value for a field of a task, and the readings that it comes from."""

    task: Task
    field: FieldValue
    binding: Binding
    value: float
    readings: tuple[Reading, ...]

    @property
    def key(self) -> tuple[str, str]:
        """Task and field, by id."""
        return self.task.id, self.field.id

    @property
    def labels(self) -> Labels:
        """The labels that all its readings have."""
        return frozenset.intersection(*(reading.labels for reading in self.readings))

    @property
    def least(self) -> float | None:
        """The smallest value that it may be: the first bucket of a histogram has no lower edge."""
        return self.binding.of_values(
            [0.0 if reading.bound == "≤" else reading.value for reading in self.readings]
        )

    @property
    def at_ms(self) -> int:
        """Time of the oldest reading in it, Unix ms."""
        return min(reading.at_ms for reading in self.readings)


@dataclass(frozen=True, slots=True)
class Unplaced:
    """A series, or a binding as a whole, that belongs to no task for certain; says why."""

    binding: Binding
    labels: tuple[tuple[str, str], ...]
    why: str

    @property
    def series(self) -> str:
        """For people: the measure and the labels."""
        return " ".join([self.binding.measure, *(f"{key}={value}" for key, value in self.labels)])


@dataclass(frozen=True, slots=True)
class Shared:
    """A series that fits several open tasks, and stays with the one that has it."""

    binding: Binding
    task: Task
    further_tasks: tuple[Task, ...]

    @property
    def text(self) -> str:
        """For people: what it is, and what to do."""
        names = ", ".join(repr(task.name) for task in self.further_tasks[:_SHOWN])
        return (
            f"{self.binding.field} stays with {self.task.name!r}, though {names} fits, too: close "
            f"what is a duplicate, or narrow `match` or `lists`"
        )


@dataclass(slots=True)
class Placement:
    """Of all bindings: values by task and field, and what could not be placed."""

    values: dict[tuple[str, str], Placed] = field(default_factory=dict)
    unplaced: list[Unplaced] = field(default_factory=list)
    unsure: list[Placed] = field(default_factory=list)
    """Values that do not tell whether they meet the objective: not written."""
    shared: list[Shared] = field(default_factory=list)


class TaskIndex:
    """Tasks by what a label may name of them. Of `earlier`, what did not change is read no more."""

    def __init__(self, tasks: Iterable[Task], earlier: "TaskIndex | None" = None) -> None:
        self.tasks = {task.id: task for task in tasks}
        self._by: dict[Fact, set[str]] = defaultdict(set)
        self._facts: dict[str, tuple[Fact, ...]] = {}
        for task in paced(self.tasks.values()):
            facts = earlier.facts(task) if earlier else None
            self._facts[task.id] = facts or tuple(_facts(task))
            for fact in self._facts[task.id]:
                self._by[fact].add(task.id)
        self.names = frozenset(name for name, _value in self._by)

    def facts(self, task: Task) -> tuple[Fact, ...] | None:
        """What is known of the task; None: nothing, or it has changed."""
        return self._facts.get(task.id) if self.tasks.get(task.id) is task else None

    def find(self, fact: Fact) -> AbstractSet[str]:
        """The ids of the tasks of which it is true."""
        return self._by.get(fact, frozenset())


def place(
    bindings: Sequence[Binding],
    readings: Mapping[str, Sequence[Reading]],
    tasks: TaskIndex,
    ownership: Known = NOTHING_KNOWN,
) -> Placement:
    """`readings` by source. Of two bindings for one field of a task the earlier one holds. Of
    several tasks that a series fits, `known` says whose it is.
    """
    placement = Placement()
    for binding in bindings:
        matches = [
            reading for reading in readings.get(binding.source, ()) if binding.takes(reading)
        ]
        if matches:
            _place_one(binding, matches, Lookup(binding, tasks), placement, ownership)
    return placement


def _place_one(
    binding: Binding,
    readings: Sequence[Reading],
    lookup: "Lookup",
    placement: Placement,
    ownership: Known,
) -> None:
    if not lookup.has_candidates:
        why = f"no task in reach has a number field {binding.field!r}"
        placement.unplaced.append(Unplaced(binding, (), why))
        return
    of_task: dict[str, list[Reading]] = defaultdict(list)
    shared: dict[str, Shared] = {}
    for reading in paced(readings):
        owners = lookup.owners(reading)
        choice = choose(owners, binding, ownership)
        if choice.task is not None:
            of_task[choice.task.id].append(reading)
            if choice.further_tasks:
                shared[choice.task.id] = Shared(binding, choice.task, choice.further_tasks)
        else:
            placement.unplaced.append(
                Unplaced(binding, tuple(sorted(reading.labels)), lookup.why(reading, owners))
            )
    for task_id, of_one_task in of_task.items():
        _add(placement, binding, lookup.tasks[task_id], of_one_task)
    placement.shared += shared.values()


def _add(placement: Placement, binding: Binding, task: Task, readings: Sequence[Reading]) -> None:
    value, field_value = binding.value(readings), number_field(task, binding.field)
    if value is None or field_value is None:
        why = f"{len(readings)} series belong to {task.name!r}: narrow `where`, or set `of`"
        placement.unplaced.append(Unplaced(binding, (), why))
        return
    placed = Placed(task, field_value, binding, value, tuple(readings))
    placement.values.setdefault(placed.key, placed)


def _in_reach(binding: Binding, task: Task) -> bool:
    if binding.space_id and task.space_id != binding.space_id:
        return False
    if binding.folders and task.folder_id not in binding.folders:
        return False
    list_names = {task.list_id, task.list_name.casefold()}
    return not binding.lists or bool(binding.lists & list_names)


def number_field(task: Task, name: str) -> FieldValue | None:
    """The task's field of this name, in any case, that holds a number."""
    folded_name = name.casefold()
    fields = (field for field in task.fields if field.name.casefold() == folded_name)
    return next((field for field in fields if field.type in NUMERIC), None)


class Lookup:
    """The tasks that a series belongs to, by its labels; looked up, not searched."""

    def __init__(self, binding: Binding, index: TaskIndex) -> None:
        self._binding, self._index = binding, index
        self._match, self._where = binding.match, binding.where
        self.tasks: Mapping[str, Task] = index.tasks

    @cached_property
    def has_candidates(self) -> bool:
        """Whether any task in reach has the field."""
        return any(map(self._is_candidate, self.tasks.values()))

    def owners(self, reading: Reading) -> list[Task]:
        """All tasks that fit. Without a label to go by, all that are in reach."""
        matches = [self._having(label, value) for label, value in self._labels(reading)]
        ids: Iterable[str] = sorted(set.intersection(*map(set, matches))) if matches else self.tasks
        return [self.tasks[task_id] for task_id in ids if self._is_candidate(self.tasks[task_id])]

    def _is_candidate(self, task: Task) -> bool:
        return (
            _in_reach(self._binding, task) and number_field(task, self._binding.field) is not None
        )

    def why(self, reading: Reading, owners: Sequence[Task]) -> str:
        """Why the series has no single owner; a label or field that nobody has is named."""
        if owners:
            names = ", ".join(repr(task.name) for task in owners[:_SHOWN])
            return f"{len(owners)} tasks match: {names}"
        facts = self._index.names
        labels = dict(reading.labels)
        for label, fact in self._match.items():
            if label not in labels:
                suggestion = suggest_word(label, labels)
                return (
                    f"no task matches these labels: the series has no label {label!r}{suggestion}"
                )
            if _plain(fact) not in facts:
                suggestion = suggest_word(fact, facts)
                return f"no task matches these labels: none has a value of {fact!r}{suggestion}"
        return "no task matches these labels"

    def _labels(self, reading: Reading) -> Iterator[tuple[str, str]]:
        """Labels to go by, with their values."""
        labels = dict(reading.labels)
        if self._match:
            return ((label, labels.get(label, "")) for label in self._match)
        return ((label, value) for label, value in labels.items() if label not in self._where)

    def _having(self, label: str, value: str) -> AbstractSet[str]:
        folded = value.casefold()
        if not folded:
            return frozenset()
        if self._match:
            return self._index.find((_plain(self._match[label]), folded))
        keys = (_plain(label), "name", "tag")
        return frozenset().union(*(self._index.find((key, folded)) for key in keys))


def _facts(task: Task) -> Iterator[Fact]:
    """Of a task."""
    yield "name", task.name.casefold()
    yield "id", task.id.casefold()
    yield "list", task.list_name.casefold()
    yield from (("tag", name.casefold()) for name in task.tags)
    for custom_field in task.fields:
        value = custom_field.read()
        for part in value if isinstance(value, list | tuple) else [value]:
            if isinstance(part, str | int | float) and not isinstance(part, bool):
                yield _plain(custom_field.name), _label(part)


def _label(value: str | float) -> str:
    """As a label has it: the number 1.0 is the port `1`."""
    is_integer = isinstance(value, float) and value.is_integer()
    return str(int(value) if is_integer else value).casefold()


def _plain(name: str) -> str:
    """`model_name`, `Model name` and `model-name` are the same."""
    return name.casefold().replace("_", " ").replace("-", " ")
