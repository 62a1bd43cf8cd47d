"""An item as the task, and the steps after it, that it becomes by the mapping. Pure.

A value that cannot stand where the mapping puts it is kept in the description, and the loss says
so: nothing is left out silently, and no cell stops an item.
"""

import re
from collections.abc import Mapping as ReadOnly
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any, Final, NamedTuple

from clickup_mlops import registry
from clickup_mlops.clickup.blocks import escape_markdown
from clickup_mlops.errors import InputError
from clickup_mlops.features.migration import columns
from clickup_mlops.features.migration.columns import _dates, _simple
from clickup_mlops.features.migration.columns._model import ColumnType, Converted, Lookup
from clickup_mlops.features.migration.columns._text import link, paragraphs
from clickup_mlops.features.migration.html import shortened
from clickup_mlops.features.migration.mapping.model import (
    BLANK,
    GROUP_FIELD,
    BoardTable,
    ColumnTable,
    Mapping,
)
from clickup_mlops.features.migration.records import Board, Cell, Column, Item
from clickup_mlops.features.migration.steps import CreateTask, Deferred
from clickup_mlops.spelling import suggest_word

NAME_LENGTH: Final = 255
"""Characters of a task's name."""
DESCRIPTION_BYTES: Final = 256 * 1024
"""ClickUp's limit of a description (help centre, "Tasks feature availability and limits")."""
NO_NAME: Final = "(no name)"

UNREADABLE: Final = "a value that could not be read: its text is kept in the description"
TAKEN: Final = "another column already gives this: kept in the description"
NOT_MAPPED: Final = "the mapping does not have the column"
SUM: Final = "computed from the items below: kept in the description, or it would count twice"
COMPUTED: Final = "computed from the items below: it does not follow them any more"
NOT_MIGRATED: Final = "an item of a board that is not migrated: named in the description"
NAMELESS: Final = "an item without a name"
LONG_NAME: Final = "a name of more than 255 characters: it is in the description in full"
LONG_TEXT: Final = "the end of a description of more than 256 KB"
GROUP: Final = "the item's group"
NO_GROUP: Final = "a group that the mapping does not have"
FOLLOWERS: Final = "who follows the item"
NO_STATUS: Final = "an item without a status: its task gets the first status of the List"
MIXED: Final = "a day without a time, beside a date with one: shown as 10:00 UTC"
_MERGED: Final = frozenset({"tags", "dates_have_time", "type_id"})
"""Attributes that several columns may give."""
_SUMMED: Final = ("numbers", "time_tracking")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]+")
_MENTION: Final = re.compile(
    r"(?<![\w/])@(?=(?:everyone|all|here|channel|team|assignees|watchers|followers)\b)"
    r"|(?<=\()#(?=user_mention#)",
    re.IGNORECASE,
)
"""What ClickUp could take for a mention, in Markdown that is the source's own."""
_ROOM: Final = 4096
"""Bytes of a description that are left for what else is written into it."""


@dataclass(frozen=True, slots=True)
class ItemLoss:
    """What of an item is lost: `column_id` is empty for what is in no column; `title` names it."""

    column_id: str
    title: str
    what: str
    example: str = ""


@dataclass(frozen=True, slots=True)
class Conversion:
    """What becomes of an item."""

    task: CreateTask
    deferred: tuple[Deferred, ...] = ()
    losses: tuple[ItemLoss, ...] = ()


def convert(
    item: Item, board: Board, table: BoardTable, mapping: Mapping, lookup: Lookup
) -> Conversion:
    """The item's task with all its values, what must wait for other tasks, and what is lost.

    Raises:
        InputError: the mapping has a column type or a place that there is not.
    """
    draft = _Draft(item, mapping, lookup)
    place = _place(draft, board, table)
    for column in board.columns_of(item):
        if column.id in item.cells:
            _add(draft, column, item.cells[column.id], table)
    _fill_status(draft, board, table)
    draft.finish_dates()
    for loss in item.losses:
        draft.lose(loss.title, loss.what, loss.example)
    task = CreateTask(
        item_id=item.id,
        place=place,
        name=_name(draft),
        parent_id=item.parent_id,
        markdown=_markdown(draft),
        attributes=draft.attributes,
        fields=draft.fields,
    )
    return Conversion(task, tuple(dict.fromkeys(draft.deferred)), tuple(draft.losses))


@cache
def column_types() -> dict[str, ColumnType]:
    """The column types by name. Raises ConfigError."""
    return dict(sorted((_simple.COLUMNS | registry.find(columns, "COLUMN")).items()))


def column_type(name: str) -> ColumnType:
    """The column type of that name. Raises InputError."""
    types = column_types()
    if name not in types:
        guess = suggest_word(name, types)
        raise InputError(
            f'there is no column type "{name}"{guess}', hint=f"Known: {', '.join(types)}."
        )
    return types[name]


@dataclass
class _Draft:
    """A task while it is put together."""

    item: Item
    mapping: Mapping
    lookup: Lookup
    attributes: dict[str, Any] = field(default_factory=dict)
    fields: dict[str, Any] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)
    deferred: list[Deferred] = field(default_factory=list)
    losses: list[ItemLoss] = field(default_factory=list)
    whole_days: dict[str, Column] = field(default_factory=dict)
    """Dates without a time, by attribute."""
    has_time: bool = False

    def lose(self, column: Column | str, description: str, example: str = "") -> None:
        """Note a loss of a column, or of what is named."""
        if isinstance(column, Column):
            self.losses.append(ItemLoss(column.id, column.title, description, example))
        else:
            self.losses.append(ItemLoss("", column, description, example))

    def take(self, column: Column, converted: Converted, name: str) -> None:
        """Add what a cell has become; `name` is its custom field."""
        self._take_attributes(column, converted)
        if converted.value is not None:
            self.fields[name] = converted.value
        self.lines += converted.lines
        self.deferred += (replace(step, item_id=self.item.id) for step in converted.deferred)
        for loss in converted.losses:
            self.lose(column, loss.what, loss.example)

    def is_taken(self, converted: Converted, name: str) -> bool:
        """Whether another column has given one of its attributes, or the value of its field."""
        attributes = set(converted.attributes) & set(self.attributes) - _MERGED
        return bool(attributes) or (converted.value is not None and name in self.fields)

    def finish_dates(self) -> None:
        """One flag says for both dates whether they have a time."""
        if not {"due_ms", "start_ms"} & set(self.attributes):
            return
        self.attributes["dates_have_time"] = self.has_time
        if self.has_time:
            for column in self.whole_days.values():
                self.lose(column, MIXED)

    def _take_attributes(self, column: Column, converted: Converted) -> None:
        for key, value in converted.attributes.items():
            if key == "tags":
                tags = [*self.attributes.get("tags", ()), *value]
                self.attributes["tags"] = list(dict.fromkeys(tags))
            elif key != "dates_have_time":
                self.attributes[key] = value
        self._note_time(column, converted)

    def _note_time(self, column: Column, converted: Converted) -> None:
        if converted.attributes.get("dates_have_time") is True:
            self.has_time = True
        elif "dates_have_time" in converted.attributes:
            dates = {"due_ms", "start_ms"} & set(converted.attributes)
            self.whole_days |= dict.fromkeys(dates, column)


# Columns


def _add(draft: _Draft, column: Column, cell: Cell, table: BoardTable) -> None:
    """Add a cell to the draft, or its text if that is not possible."""
    table_row = _tables(draft.item, table).get(column.id)
    if table_row is None:
        draft.lose(column, NOT_MAPPED, cell.text)
        return
    kind = column_type(table_row.type)
    if table_row.to == "none" and cell.value == draft.item.id:
        return  # the field for the source's id has it
    if cell.value is None and not cell.text.strip():
        return
    try:
        _convert(draft, column, cell, table_row, kind)
    except (ValueError, TypeError, KeyError):
        draft.lines += paragraphs(column, _format_cell(cell))
        draft.lose(column, UNREADABLE, _format_cell(cell)[:200])


def _fill_status(draft: _Draft, board: Board, table: BoardTable) -> None:
    """A blank status: the one that the mapping names for it, else a loss, because ClickUp has no
    task without a status and takes the first of the List.
    """
    tables = _tables(draft.item, table)
    for column in board.columns_of(draft.item):
        if column.id not in tables or tables[column.id].to != "status":
            continue
        is_unknown = any(loss.column_id == column.id for loss in draft.losses)
        if "status" in draft.attributes or is_unknown:
            continue
        if name := tables[column.id].options.get(BLANK):
            draft.attributes["status"] = name
        else:
            draft.lose(column, NO_STATUS)


def _tables(item: Item, table: BoardTable) -> ReadOnly[str, ColumnTable]:
    """A subitem's columns are those of the board if the mapping has none for subitems."""
    has_own = item.parent_id is not None and table.subitem_columns
    return table.subitem_columns if has_own else table.columns


def _convert(
    draft: _Draft, column: Column, cell: Cell, mapped: ColumnTable, kind: ColumnType
) -> None:
    cell = _inside(draft, column, cell, mapped)
    if cell.computed and mapped.to not in ("description", "none"):
        is_sum = column.type in _SUMMED
        draft.lose(column, SUM if is_sum else COMPUTED, f"{cell.computed}: {cell.text[:200]}")
        if is_sum:
            _describe(draft, column, cell, mapped, kind)
            return
    converted = kind.convert(cell, column, mapped.choice, draft.lookup)
    if not draft.is_taken(converted, mapped.field):
        draft.take(column, converted, mapped.field)
        return
    _describe(draft, column, cell, mapped, kind)
    draft.lose(column, TAKEN, _format_cell(cell)[:200])


def _describe(
    draft: _Draft, column: Column, cell: Cell, mapped: ColumnTable, kind: ColumnType
) -> None:
    """Add the cell to the description instead."""
    choice = replace(mapped.choice, slot="description")
    draft.take(column, kind.convert(cell, column, choice, draft.lookup), "")


def _inside(draft: _Draft, column: Column, cell: Cell, mapped: ColumnTable) -> Cell:
    """The cell without items of boards that are not migrated: they are named in the description."""
    if mapped.type != "board_relation" or mapped.to not in ("field", "links"):
        return cell
    outside = [item for item in cell.value if _is_outside(item, draft.mapping)]
    for item in outside:
        name = str(item.get("name") or f"item {item['item']}")
        draft.lines += paragraphs(column, name)
        draft.lose(column, NOT_MIGRATED, name)
    return replace(cell, value=[item for item in cell.value if item not in outside])


def _is_outside(connected: Any, mapping: Mapping) -> bool:
    if not isinstance(connected, dict):
        raise TypeError(f"{connected!r:.60} is no connected item")
    return bool(connected.get("board")) and str(connected["board"]) not in mapping.boards


def _format_cell(cell: Cell) -> str:
    return cell.text or ("" if cell.value is None else str(cell.value))


# Place


class _Group(NamedTuple):
    title: str
    name: str
    """In ClickUp; empty: the mapping does not have it."""


def _place(draft: _Draft, board: Board, table: BoardTable) -> tuple[str, ...]:
    """The path of the task's List; notes the group in the draft if it is no List."""
    place = table.place
    above = (place.space, place.folder) if place.folder else (place.space,)
    group = _group(draft.item, board, table)
    if table.groups == "lists":
        return (*above, _list(draft, group, table))
    if group is not None:
        _note_group(draft, board, table, group)
    return (*above, place.list)


def _group(item: Item, board: Board, table: BoardTable) -> _Group | None:
    titles = {group.id: group.title for group in board.groups}
    # Subitems may have a group of a board of their own, which nobody sees.
    if not item.group_id or (item.parent_id is not None and item.group_id not in titles):
        return None
    return _Group(
        titles.get(item.group_id, item.group_id), table.group_names.get(item.group_id, "")
    )


def _list(draft: _Draft, group: _Group | None, table: BoardTable) -> str:
    """The group's List. A subitem without a group goes where its parent is."""
    if group is not None and group.name:
        return group.name
    if group is not None:
        draft.lose("group", NO_GROUP, group.title)
        draft.lines.append(f"**Group:** {escape_markdown(group.title)}")
    return table.place.list or next(iter(table.group_names.values()), "")


def _note_group(draft: _Draft, board: Board, table: BoardTable, group: _Group) -> None:
    name = group.name or group.title
    if table.groups == "none":
        if len(board.groups) > 1:
            draft.lose("group", GROUP, group.title)
    elif not group.name:
        draft.lose("group", NO_GROUP, name)
        draft.lines.append(f"**Group:** {escape_markdown(name)}")
    elif table.groups == "status":
        draft.attributes["status"] = name
    else:
        draft.fields[GROUP_FIELD] = name


# Name and description


def _name(draft: _Draft) -> str:
    name = _CONTROL.sub(" ", draft.item.name).strip()
    if not name:
        draft.lose("name", NAMELESS)
        return NO_NAME
    if len(name) > NAME_LENGTH:
        draft.lose("name", LONG_NAME, name)
        draft.lines.insert(0, f"**Name:** {escape_markdown(name)}")
        return f"{name[: NAME_LENGTH - 1].rstrip()}…"
    return name


def _markdown(draft: _Draft) -> str:
    """The item's description, the lines of its columns, and where it comes from."""
    if draft.item.subscribers and not draft.mapping.subscribers:
        draft.lose(
            "followers", FOLLOWERS, ", ".join(map(draft.lookup.name, draft.item.subscribers))
        )
    description = _MENTION.sub("\\g<0>\u2060", draft.item.description.strip())
    body = "\n\n".join(filter(None, (description, *draft.lines)))
    origin = _origin(draft)
    room = DESCRIPTION_BYTES - _ROOM - len(origin.encode())
    if len(body.encode()) > room:
        draft.lose("description", LONG_TEXT, f"{len(body.encode())} bytes")
        body = shortened(body, len(body.encode()[:room].decode(errors="ignore")))
    return f"{body}\n\n---\n\n{origin}".lstrip() if body else origin


def _origin(draft: _Draft) -> str:
    item, name = draft.item, draft.lookup.name
    author = f" by {escape_markdown(_author_name(name(item.creator)))}" if item.creator else ""
    created = f" on {_dates.format_instant(item.created_ms)}" if item.created_ms is not None else ""
    changed = (
        f", last changed {_dates.format_instant(item.updated_ms)}"
        if item.updated_ms is not None
        else ""
    )
    # No name of a board: routing reads the text, and "Serving" would be a sign.
    where = link(item.url, f"item {item.id}") if item.url else f"item {escape_markdown(item.id)}"
    creation = f", created{author}{created}" if author or created else ""
    return f"Source: {where}{creation}{changed}."


def _author_name(name: str) -> str:
    return "an automation" if re.fullmatch(r"-\d+", name) else name
