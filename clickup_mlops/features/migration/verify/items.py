"""Compares an item with its task: all but its relations, comments and files. Pure."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import Final

from clickup_mlops.features.migration.mapping.model import (
    BLANK,
    GROUP_FIELD,
    BoardTable,
    ColumnTable,
)
from clickup_mlops.features.migration.records import Board, Column, Item
from clickup_mlops.features.migration.verify import fields, reading, times
from clickup_mlops.features.migration.verify.fields import Finding
from clickup_mlops.features.migration.verify.people import People
from clickup_mlops.features.migration.verify.reading import Moment, SourceCell
from clickup_mlops.features.migration.verify.task_state import TaskState
from clickup_mlops.features.migration.verify.text import ANYTHING, letters, line, plain, shows

PRIORITIES: Final[Mapping[str, int | None]] = {
    "urgent": 1,
    "high": 2,
    "normal": 3,
    "low": 4,
    "none": None,
    "": None,
}

_PRIORITY_NAMES: Final[Mapping[int | None, str]] = {
    number: name for name, number in PRIORITIES.items() if number
}
_ORIGIN: Final = 200
"""Characters of the end of a description, where it says where a task comes from."""
_LONGEST: Final = 60_000
"""Characters of a description that are certainly kept."""
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]+")
Named = tuple[str, Finding]
"""A field's name, and its two values."""


@dataclass(frozen=True, slots=True)
class Side:
    """What the mapping says of the board, who is who, and where the token's user lives."""

    board: Board
    table: BoardTable
    people: People
    zone: tzinfo | None = None

    def columns(self, item: Item) -> Iterator[tuple[Column, ColumnTable]]:
        """The item's columns that go anywhere."""
        is_subitem = item.parent_id is not None and not self.board.multi_level
        tables = self.table.subitem_columns if is_subitem and self.table.subitem_columns else None
        tables = self.table.columns if tables is None else tables
        for column in self.board.columns_of(item):
            table = tables.get(column.id)
            if table is not None and table.to != "none":
                yield column, table


def compare(side: Side, item: Item, task: TaskState) -> Iterator[Named]:
    """What differs, by field; columns by their title in the source."""
    if not _is_named(item, task):
        yield "name", (item.name, task.name)
    description = letters(item.description)[:_LONGEST]
    if description and not shows(letters(task.text), description):
        yield "description", (item.description, task.text)
    yield from _group(side, item, task)
    cells = list_source_cells(side, item)
    yield from _sets(side, item, cells, task)
    yield from _tracked(cells, task)
    yield from _empty_fields(side, item, task)
    yield from _empty_slots(side, item, task)
    yield from _creation(item, task)
    yield from _blank_status(side, item, task)
    places = Counter((source_cell.table.to, source_cell.table.field) for source_cell in cells)
    for source_cell in cells:
        is_shared = places[source_cell.table.to, source_cell.table.field] > 1
        if (
            finding := _unmatched(source_cell, task) or _checked(source_cell, task, is_shared)
        ) is not None:
            yield source_cell.column.title, finding


def list_source_cells(side: Side, item: Item, to: str = "") -> list[SourceCell]:
    """The item's cells that go anywhere, or there."""
    return [
        SourceCell(column, item.cells[column.id], table, side.people, side.zone)
        for column, table in side.columns(item)
        if column.id in item.cells and to in ("", table.to)
    ]


def titles(cells: Sequence[SourceCell]) -> str:
    """Their columns."""
    return ", ".join(source_cell.column.title for source_cell in cells)


def _tracked(cells: Sequence[SourceCell], task: TaskState) -> Iterator[Named]:
    """How much time there is: several columns may go there."""
    chosen = [source_cell for source_cell in cells if source_cell.table.to == "time"]
    if chosen and (finding := times.totals(chosen, task.tracked_ms)):
        yield titles(chosen), finding


def _is_named(item: Item, task: TaskState) -> bool:
    """Whether the task has the item's name; a long one is cut, and in full in the description."""
    name, have = line(_CONTROL.sub(" ", item.name)), line(task.name)
    if name == have or not name:
        return bool(task.name.strip())
    start = have.removesuffix("…")
    return start != have and name.startswith(start) and _shows(task, name)


def _checked(source_cell: SourceCell, task: TaskState, is_shared: bool) -> Finding | None:
    """A cell of a shape that nobody expects is kept as its text: that must be somewhere. What has
    no place, or has to share it with another column, is in the description.
    """
    try:
        check = _SLOTS.get(source_cell.table.to)
        finding = check(source_cell, task) if check else None
        may_be_text = finding is not None and (is_shared or not finding[1])
        return None if may_be_text and _is_described(source_cell, task) else finding
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError):
        text = plain(source_cell.cell.text)
        values = (
            plain(fields.format_value(letters_of.value)) for letters_of in task.fields.values()
        )
        if any(shows(shown_text, text) for shown_text in (letters(task.text), *values)):
            return None
        return source_cell.cell.text, ""


def _is_described(source_cell: SourceCell, task: TaskState) -> bool:
    """Whether the description has the column's title and the value: no field could hold it."""
    have, titles = letters(task.text), (source_cell.column.title, source_cell.table.field)
    return any(
        shows(have, f"{plain(title)}:{ANYTHING}{plain(piece)}")
        for title in titles
        for piece in reading.pieces(source_cell)
        if title
    )


def _shows(task: TaskState, piece: str) -> bool:
    """Whether the description shows a piece of text, or leads to an address; the end of a very long
    one is cut.
    """
    if len(task.text) > _LONGEST:
        return True
    address = piece.replace("(", "%28").replace(")", "%29")
    return shows(letters(task.text), plain(piece)) or ("://" in piece and address in task.text)


def _unmatched(source_cell: SourceCell, task: TaskState) -> Finding | None:
    """People who are no members of ClickUp are named in the description."""
    if source_cell.table.to != "assignees" and source_cell.table.field_type != "users":
        return None
    names = source_cell.people.unmatched(reading.people(source_cell))
    missing = ", ".join(name for name in names if not _shows(task, name))
    return (missing, "") if missing else None


def _group(side: Side, item: Item, task: TaskState) -> Iterator[Named]:
    """The group, where it became a status or a field."""
    table = side.table
    title = next((group.title for group in side.board.groups if group.id == item.group_id), "")
    name = table.group_names.get(item.group_id, "")
    if item.parent_id is not None and not title:
        return
    if not name:
        # A group that the mapping does not have.
        if title and table.groups != "none" and not _shows(task, f"Group:{title}"):
            yield "group", (title, "")
        return
    if table.groups == "status" and name.casefold() != task.status.casefold():
        yield "group", (name, task.status)
    if table.groups == "field":
        have = task.fields.get(GROUP_FIELD.casefold())
        value = str(have.value or "") if have else ""
        if name.casefold() != value.casefold():
            yield "group", (name, value)


def _sets(side: Side, item: Item, cells: list[SourceCell], task: TaskState) -> Iterator[Named]:
    """People and tags: several columns may go to the same place."""
    slots = {table.to for _, table in side.columns(item)}
    if "assignees" in slots:
        chosen = [source_cell for source_cell in cells if source_cell.table.to == "assignees"]
        emails = [
            email
            for source_cell in chosen
            for email in source_cell.people.emails(reading.people(source_cell))
        ]
        if finding := fields.compare_names(emails, task.assignees):
            yield "assignees", finding
    if "tags" in slots:
        chosen = [source_cell for source_cell in cells if source_cell.table.to == "tags"]
        if finding := fields.compare_names(
            (tag for source_cell in chosen for tag in _tags(source_cell)), task.tags
        ):
            yield "tags", finding


def _tags(source_cell: SourceCell) -> tuple[str, ...]:
    return tuple(map(line, reading.names(source_cell)))


def _field(source_cell: SourceCell, task: TaskState) -> Finding | None:
    have = task.fields.get(source_cell.table.field.casefold())
    return fields.compare(source_cell, have.value if have else None)


def _empty_fields(side: Side, item: Item, task: TaskState) -> Iterator[Named]:
    """Fields that have a value although none of the columns that go there has one."""
    columns = [(column, table) for column, table in side.columns(item) if table.to == "field"]
    filled = {table.field.casefold() for column, table in columns if column.id in item.cells}
    for column, table in columns:
        have = task.fields.get(table.field.casefold())
        if have is None or table.field.casefold() in filled:
            continue
        if finding := fields.compare_empty(table.field_type, have.value):
            yield column.title, finding


def _empty_slots(side: Side, item: Item, task: TaskState) -> Iterator[Named]:
    """What the task has although no column that gives it has a value."""
    for name, places, value in (
        ("due date", ("due", "dates"), _shown_time(task.due_ms)),
        ("start date", ("start", "dates"), _shown_time(task.start_ms)),
        ("priority", ("priority",), _PRIORITY_NAMES.get(task.priority, "")),
        ("time", ("time",), f"{task.tracked_ms // times.SECOND_MS} s" if task.tracked_ms else ""),
    ):
        columns = [column for column, table in side.columns(item) if table.to in places]
        if value and columns and not any(column.id in item.cells for column in columns):
            yield name, ("", value)


def _creation(item: Item, task: TaskState) -> Iterator[Named]:
    """When the item was created: the last line of the description says it."""
    if item.created_ms is not None:
        creation = reading.minute(item.created_ms)
        if not _shows(task, creation):
            yield "created", (creation, task.text[-_ORIGIN:])


def _blank_status(side: Side, item: Item, task: TaskState) -> Iterator[Named]:
    """The status that the mapping names for items without one."""
    for column, table in side.columns(item):
        name = table.options.get(BLANK, "") if table.to == "status" else ""
        if not name or name.casefold() == task.status.casefold():
            continue
        cells = list_source_cells(side, item, "status")
        if not any(
            reading.names(source_cell)
            for source_cell in cells
            if source_cell.column.id == column.id
        ):
            yield column.title, (name, task.status)


def _status(source_cell: SourceCell, task: TaskState) -> Finding | None:
    names = reading.names(source_cell)[:1]
    return fields.compare_names(names, (task.status,)) if names else None


def _priority(source_cell: SourceCell, task: TaskState) -> Finding | None:
    name = "".join(reading.names(source_cell)[:1])
    desired = int(name) if name.isdigit() else PRIORITIES.get(name.casefold(), -1)
    # An option that the mapping does not name has some priority, or is in the description.
    if desired == task.priority or (desired == -1 and task.priority is not None):
        return None
    return name, _PRIORITY_NAMES.get(task.priority, "")


def _due(source_cell: SourceCell, task: TaskState) -> Finding | None:
    return _moment(reading.moments(source_cell)[1], task.due_ms)


def _start(source_cell: SourceCell, task: TaskState) -> Finding | None:
    start, end = reading.moments(source_cell)
    return _moment(start or end, task.start_ms)


def _dates(source_cell: SourceCell, task: TaskState) -> Finding | None:
    start, end = reading.moments(source_cell)
    return _moment(start, task.start_ms) or _moment(end, task.due_ms)


def _moment(desired: Moment | None, found_ms: int | None) -> Finding | None:
    if desired is None or desired.holds(found_ms):
        return None
    return desired.shown, _shown_time(found_ms)


def _shown_time(ms: int | None) -> str:
    return "" if ms is None else reading.instant(ms).shown


def _described(source_cell: SourceCell, task: TaskState) -> Finding | None:
    pieces = reading.pieces(source_cell)
    if all(_shows(task, piece) for piece in pieces):
        return None
    return ", ".join(pieces), task.text


def _time(source_cell: SourceCell, task: TaskState) -> Finding | None:
    """What no entry explains is in the description, under the column's title."""
    seconds = source_cell.value.get("seconds") or 0
    unexplained = (
        seconds
        - sum(entry.duration_ms for entry in times.finished_entries(source_cell)) / times.SECOND_MS
    )
    if unexplained < 1 or plain(source_cell.column.title) in letters(task.text):
        return None
    return f"{unexplained:.0f} s without an entry", ""


_SLOTS: Mapping[str, Callable[[SourceCell, TaskState], Finding | None]] = {
    "status": _status,
    "priority": _priority,
    "due": _due,
    "start": _start,
    "dates": _dates,
    "description": _described,
    "files": _described,
    "time": _time,
    "field": _field,
}
