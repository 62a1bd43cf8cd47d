"""A workspace as a value: what a template defines and what ClickUp holds have one form. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

Kind = Literal[
    "space",
    "folder",
    "list",
    "field",
    "status",
    "view",
    "tag",
    "task",
    "doc",
    "page",
    "channel",
    "webhook",
    "automation",
    "dashboard",
    "form",
    "policy",
]

KINDS: Final[tuple[Kind, ...]] = (
    "space",
    "tag",
    "status",
    "field",
    "folder",
    "list",
    "view",
    "task",
    "doc",
    "page",
    "channel",
    "webhook",
    "automation",
    "dashboard",
    "form",
    "policy",
)
"""In the order in which they are made under one parent: views need fields, tasks need tags."""

LOCAL: Final[frozenset[Kind]] = frozenset({"policy"})
"""Kinds that the bot keeps in its own store: no call makes, changes or shows them."""
Level = Literal["team", "space", "folder", "list"]
"""A kind of place; `team` is the workspace itself."""

Path = tuple[tuple[Kind, str], ...]
"""From the space down, for example `(("space", "ML"), ("list", "Serving"), ("view", "Board"))`."""
Part = tuple[str, str]
"""A part of a path: kind and name, the name as ClickUp compares it."""
Parts = frozenset[Part]


JsonTable = dict[str, Any]
"""A table of JSON values."""
Attributes = Mapping[str, Any]
"""An object's attributes: JSON values by name, in the words of a template."""


@dataclass(frozen=True, slots=True)
class Node:
    """One object. `attributes` are JSON values in one canonical spelling, so that `==` decides.

    `id` is ClickUp's, and only known for what exists.
    """

    path: Path
    attributes: Attributes = field(default_factory=dict)
    id: str | None = None

    @property
    def kind(self) -> Kind:
        """What it is."""
        return self.path[-1][0]

    @property
    def name(self) -> str:
        """What it is called."""
        return self.path[-1][1]

    @property
    def parent(self) -> Path:
        """The path of its place; empty for a space."""
        return self.path[:-1]

    def to_dict(self) -> JsonTable:
        """The plain JSON values that `from_dict` reads."""
        path = [list(part) for part in self.path]
        return {"path": path, "attributes": dict(self.attributes), "id": self.id}

    @classmethod
    def from_dict(cls, plain: JsonTable) -> "Node":
        """The node from what `to_dict` returned."""
        path = tuple((kind, name) for kind, name in plain["path"])
        return cls(path, plain["attributes"], plain["id"])


Tree = Mapping[Path, Node]
Changes = Mapping[str, tuple[Any, Any]]
"""Attribute -> (found, wanted). `name` stands for the object's name, `place` for its parent."""


def fold(path: Path) -> Path:
    """The path as ClickUp compares names: without case and outer blanks."""
    return tuple((kind, fold_name(name)) for kind, name in path)


def parts_of(paths: Iterable[Path]) -> Parts:
    """All parts of these paths."""
    return frozenset((kind, fold_name(name)) for path in paths for kind, name in path)


def fold_name(name: str) -> str:
    """A name as ClickUp compares names."""
    return name.strip().casefold()


def place_of(path: Path) -> Path:
    """The space, folder or list that an object is in; for a task and its subtasks the list."""
    return tuple(part for part in path[:-1] if part[0] != "task")


def level_of(place: Path) -> Level:
    """The level of a place.

    Raises:
        ValueError: it is no place, such as the path of a task.
    """
    kind: Kind | Literal["team"] = place[-1][0] if place else "team"
    if kind == "team" or kind == "space" or kind == "folder" or kind == "list":
        return kind
    raise ValueError(f"{show(place)} is no place")


def spellings(path: Path) -> tuple[str, str]:
    """How people may write a path, folded: as `show` does, or without the kind."""
    return fold_name(show(path)), fold_name(" / ".join(name for _, name in path))


def show(path: Path) -> str:
    """A path for people: `list "ML / Serving / Inference"`."""
    kind = path[-1][0] if path else "workspace"
    return f'{kind} "{" / ".join(name for _, name in path)}"'
