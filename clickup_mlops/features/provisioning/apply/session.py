"""Where a plan is applied: one workspace, and the ids that are known in it so far."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from clickup_mlops.clickup.model import FieldDefinition
from clickup_mlops.errors import InputError
from clickup_mlops.features.provisioning import fields
from clickup_mlops.features.provisioning.fields import Refused
from clickup_mlops.features.provisioning.plan.cost import definition_places
from clickup_mlops.features.provisioning.tree import (
    Attributes,
    JsonTable,
    Kind,
    Level,
    Path,
    fold_name,
    level_of,
    show,
)
from clickup_mlops.store.tables.space_policies import SpacePolicies

if TYPE_CHECKING:
    from clickup_mlops.clickup.client import ClickUp

ROOT: Path = ()
"""The workspace itself."""
Known = Mapping[str, FieldDefinition]
"""Custom fields by folded name."""


class NotThere(InputError):
    """An object that others belong to does not exist: its own step was left out or failed."""


@dataclass
class Reading:
    """A workspace while it is being read. `unseen`: the kinds of objects that the token may not
    read.
    """

    clickup: "ClickUp"
    workspace: str
    unseen: set[str] = field(default_factory=set, init=False)
    _seen: dict[tuple[str, str], tuple[Any, ...]] = field(default_factory=dict, init=False)

    def once(self, key: tuple[str, str], reader: Callable[[], Iterable[Any]]) -> tuple[Any, ...]:
        """What is in a place, as it was read the first time in this run."""
        if key not in self._seen:
            self._seen[key] = tuple(reader())
        return self._seen[key]


@dataclass
class Session(Reading):
    """A workspace while it is being changed. `ids` grows with every new object; `refused` holds
    the levels at which ClickUp lets nobody create fields by the undocumented call.
    """

    now_ms: Callable[[], int]
    sleep: Callable[[float], None]
    policies: SpacePolicies
    ids: dict[Path, str] = field(default_factory=dict)
    refused: dict[str, Refused] = field(default_factory=dict)
    _missing: list[Path] = field(default_factory=list)
    _names: dict[tuple[Path, Kind, str], str] = field(default_factory=dict)
    _defined: dict[Path, tuple[FieldDefinition, ...]] = field(default_factory=dict)
    _read: dict[tuple[str, str], Mapping[str, str]] = field(default_factory=dict)

    def learn(self, path: Path, object_id: str) -> None:
        """Remember which object a path means."""
        self.ids[path] = object_id
        kind, name = path[-1]
        self._names[path[:-1], kind, fold_name(name)] = object_id

    def id(self, path: Path) -> str:
        """The id of the object at a path; the workspace's for the empty one.

        Raises:
            NotThere: it does not exist yet.
        """
        if path == ROOT:
            return self.workspace
        if path in self.ids:
            return self.ids[path]
        raise NotThere(
            f"{show(path)} does not exist yet", hint="Apply again: its own step comes first."
        )

    def parent(self, path: Path) -> tuple[Kind | None, str]:
        """Kind and id of what an object sits in; kind None means the workspace."""
        above = path[:-1]
        return (above[-1][0] if above else None), self.id(above)

    def place(self, path: Path) -> tuple[Level, str]:
        """Level and id of the place that an object is directly in."""
        return level_of(path[:-1]), self.id(path[:-1])

    def within(self, path: Path, kind: Kind) -> str:
        """The id of the nearest object of a kind on the way to the path."""
        for end in range(len(path), 0, -1):
            if path[end - 1][0] == kind:
                return self.id(path[:end])
        raise InputError(f"{show(path)} is in no {kind}")

    def read(
        self, key: tuple[str, str], reader: Callable[[], Mapping[str, str]], name: str
    ) -> Mapping[str, str]:
        """Ids by name in a place: as read before if `wanted` was among them, else read now."""
        if name not in self._read.get(key, ()):
            self._read[key] = reader()
        return self._read[key]

    def fields(self, path: Path) -> "Known":
        """The custom fields that are known at or above a path, with their ids only."""
        places = {path[:end] for end in range(len(path))}
        return {
            fold_name(field_path[-1][1]): FieldDefinition(field_id, field_path[-1][1], "")
            for field_path, field_id in self.ids.items()
            if field_path[-1][0] == "field" and field_path[:-1] in places
        }

    def definitions(self, path: Path) -> "Known":
        """The same with types and options: one call for each place around, once."""
        by_name: dict[str, FieldDefinition] = {}
        for place in definition_places(path):
            if place not in self._defined:
                read = fields.readers(self.clickup)[level_of(place)]
                self._defined[place] = tuple(read(self.id(place)))
            by_name |= {
                fold_name(definition.name): definition for definition in self._defined[place]
            }
        return by_name

    def mark_missing(self, field: Path) -> None:
        """Note that a field will not be there in this run."""
        self._missing.append(field)

    def missing(self, path: Path) -> set[str]:
        """The (folded) names of fields that an object at a path cannot have in this run."""
        return {
            fold_name(field_path[-1][1])
            for field_path in self._missing
            if path[: len(field_path) - 1] == field_path[:-1]
        }

    def task(self, path: Path, name: str) -> str | None:
        """The id of a task by name, anywhere in the list that the path is in."""
        list_path = tuple(part for part in path if part[0] != "task")
        return next(
            (
                task_id
                for (place, kind, task_name), task_id in self._names.items()
                if kind == "task"
                and task_name == fold_name(name)
                and place[: len(list_path)] == list_path
            ),
            None,
        )


def id_of(objects: Iterable[Any], path: Path) -> str | None:
    """The id of the first object that has the name of the path."""
    name = fold_name(path[-1][1])
    return next(
        (str(candidate.id) for candidate in objects if fold_name(candidate.name) == name), None
    )


def attributes(desired: Attributes, *names: str) -> JsonTable:
    """Those of the attributes that are given and not None."""
    return {name: desired[name] for name in names if desired.get(name) is not None}
