"""What a module in this folder defines: where a column's values may go, and how they get there."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from clickup_mlops.features.migration.records import Cell, Column
from clickup_mlops.features.migration.steps import Deferred
from clickup_mlops.json_types import Json, JsonObject

Slot = Literal[
    "status",
    "assignees",
    "priority",
    "due",
    "start",
    "dates",
    "tags",
    "description",
    "field",
    "files",
    "time",
    "dependencies",
    "links",
    "none",
]
"""Where a column's values go: a native attribute of the task (`due`: due date; `start`: start date;
`dates`: both), a custom field, `description`: a line in the task's description, or nowhere."""


@dataclass(frozen=True, slots=True)
class Target:
    """A place that the column's values may go to; `type` and `options` are a field's.

    `settings` are further attributes of the field in the words of a template: `currency`,
    `precision`, `count`, `start`, `end`.
    """

    slot: Slot
    type: str = ""
    options: tuple[tuple[str, str], ...] = ()
    """Names and colours (`#rrggbb` or empty)."""
    settings: JsonObject = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Loss:
    """A piece of a value that ClickUp cannot keep. `what` is the same sentence for all values that
    lose the same, so that losses can be counted; `example` is this value's.
    """

    what: str
    example: str = ""


@dataclass(frozen=True, slots=True)
class Converted:
    """What a value becomes.

    `attributes` are arguments of `clickup.tasks.create` (status, priority, assignees, tags, due_ms,
    start_ms, dates_have_time, type_id); `value` is for the custom field, as `clickup/fields.py`
    takes it; `lines` are Markdown paragraphs for the description; `deferred` must wait until all
    tasks exist, and its `item_id` is empty: a column does not know its item.
    """

    attributes: Mapping[str, Any] = field(default_factory=dict)
    value: Json = None
    lines: tuple[str, ...] = ()
    deferred: tuple[Deferred, ...] = ()
    losses: tuple[Loss, ...] = ()


class Lookup(Protocol):
    """What a conversion may ask about the world around the item."""

    def person(self, person_id: str) -> int | None:
        """The ClickUp user who is this person; None: there is none."""

    def members(self, team_id: str) -> tuple[str, ...]:
        """The people in a team; none if it is not known."""

    def name(self, person_id: str) -> str:
        """What the person or team is called; the id if it is not known."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What the mapping says of a column. `options`: option key -> name of status or option."""

    slot: Slot
    name: str = ""
    """The custom field's name."""
    type: str = ""
    """The custom field's type."""
    options: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sample:
    """A worked value, for the reference and the tests: the cell, the choice, what it becomes."""

    column: Column
    cell: Cell
    choice: Choice
    converted: Converted


@dataclass(frozen=True, slots=True)
class ColumnType:
    """A column type. `targets`: where such a column may go, the default first.

    `convert` never raises for a cell of the documented shape; for any other it raises ValueError,
    TypeError or KeyError, and the run reports the cell and keeps its text. What of a cell is in no
    part of the `Converted` must be in its `losses`.
    """

    summary: str
    targets: Callable[[Column], tuple[Target, ...]]
    convert: Callable[[Cell, Column, Choice, Lookup], Converted]
    losses: tuple[str, ...] = ()
    """What values of this type may lose: every `Loss.what` that `convert` can give."""
    samples: tuple[Sample, ...] = ()
