"""Where boards and columns go, in words for people. Pure."""

from collections.abc import Mapping
from typing import Final

from clickup_mlops.features.migration.columns._model import Slot
from clickup_mlops.features.migration.mapping.model import (
    BoardTable,
    ColumnTable,
    Groups,
    PlaceTable,
)

NOT_MAPPED: Final = "not in the mapping: not kept"
_SLOTS: Final[Mapping[Slot, str]] = {
    "status": "status",
    "assignees": "assignees",
    "priority": "priority",
    "due": "due date",
    "start": "start date",
    "dates": "start and due date",
    "tags": "tags",
    "description": "a line in the description",
    "files": "attachments",
    "time": "time entries",
    "dependencies": "dependencies",
    "links": "linked tasks",
}
_GROUPS: Final[Mapping[Groups, str]] = {
    "lists": "a List each",
    "field": "a drop-down field",
    "status": "the status",
    "none": "not kept",
}


def column(table: ColumnTable | None) -> str:
    """Where a column's values go."""
    if table is None:
        return NOT_MAPPED
    if table.to == "none":
        reason = table.because.removeprefix("Left out by default: ").removeprefix("Left out: ")
        return f"not kept: {reason}" if reason else "not kept"
    if table.to == "field":
        return f'field "{table.field}" ({table.field_type})'
    return _SLOTS[table.to]


def is_kept(table: ColumnTable | None) -> bool:
    """Whether its values go anywhere."""
    return table is not None and table.to != "none"


def board(table: BoardTable) -> str:
    """Where a board goes: `Space / Folder / List`."""
    place: PlaceTable = table.place
    last = "a List for each group" if table.groups == "lists" else place.list
    return " / ".join(part for part in (place.space, place.folder, last) if part)


def groups(table: BoardTable) -> str:
    """What becomes of the board's groups."""
    return _GROUPS[table.groups]
