"""Everything that a migration writes to ClickUp, as values. Pure.

A step has a `key`: the same thing has the same key in every run, so that it is done once. Ids are
the source's: the journal knows which task stands for which item.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class CreateTask:
    """Create the task of an item.

    `place` is the list's path in the mapping (`space/folder/list` names); `attributes` are
    arguments of `clickup.tasks.create`; `fields` by the custom field's name.
    """

    item_id: str
    place: tuple[str, ...]
    name: str
    parent_id: str | None = None
    markdown: str = ""
    attributes: Mapping[str, Any] = field(default_factory=dict)
    fields: Mapping[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """The item."""
        return f"task:{self.item_id}"


@dataclass(frozen=True, slots=True)
class AddDependency:
    """Make the item's task wait for another's."""

    item_id: str
    waits_for: str

    @property
    def key(self) -> str:
        """Both items."""
        return f"dependency:{self.item_id}:{self.waits_for}"


@dataclass(frozen=True, slots=True)
class AddLink:
    """Link two items' tasks; the direction does not matter."""

    item_id: str
    other: str

    @property
    def key(self) -> str:
        """Both items, the smaller id first."""
        return "link:" + ":".join(sorted((self.item_id, self.other)))


@dataclass(frozen=True, slots=True)
class SetRelation:
    """Put other items' tasks into a relationship field."""

    item_id: str
    field: str
    others: tuple[str, ...]

    @property
    def key(self) -> str:
        """The item and the field."""
        return f"relation:{self.item_id}:{self.field}"


@dataclass(frozen=True, slots=True)
class AddComment:
    """Add an update as a comment or, with `reply_to`, as a reply to another update's comment."""

    update_id: str
    item_id: str
    markdown: str
    reply_to: str | None = None

    @property
    def key(self) -> str:
        """The update."""
        return f"comment:{self.update_id}"


@dataclass(frozen=True, slots=True)
class AddFile:
    """Attach a file to the item's task."""

    asset_id: str
    item_id: str
    name: str

    @property
    def key(self) -> str:
        """The file and the task: one file may be shown at several items."""
        return f"file:{self.item_id}:{self.asset_id}"


@dataclass(frozen=True, slots=True)
class AddTime:
    """Add a time entry of `duration_ms` from `start_ms` (Unix ms). `user`: whose, if it may be."""

    item_id: str
    start_ms: int
    duration_ms: int
    user: int | None = None
    note: str = ""

    @property
    def key(self) -> str:
        """The item, the time and the person."""
        return f"time:{self.item_id}:{self.start_ms}:{self.duration_ms}:{self.user or ''}"


@dataclass(frozen=True, slots=True)
class AddWatchers:
    """Make people (ClickUp user ids) watch the item's task."""

    item_id: str
    users: tuple[int, ...]

    @property
    def key(self) -> str:
        """The item."""
        return f"watchers:{self.item_id}"


@dataclass(frozen=True, slots=True)
class ArchiveTask:
    """Archive the item's task, when everything else is in it."""

    item_id: str

    @property
    def key(self) -> str:
        """The item."""
        return f"archive:{self.item_id}"


Deferred = AddDependency | AddLink | SetRelation | AddFile | AddTime
"""What a column gives that needs the tasks to exist."""
Step = CreateTask | AddComment | AddWatchers | ArchiveTask | Deferred
