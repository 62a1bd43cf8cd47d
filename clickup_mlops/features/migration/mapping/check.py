"""What must agree between a mapping, the source's boards and the column types. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Mapping as ReadOnly
from typing import Final, get_args

from clickup_mlops.features.migration.columns._model import ColumnType, Slot, Target
from clickup_mlops.features.migration.mapping import fields, gaps
from clickup_mlops.features.migration.mapping.model import (
    BLANK,
    GROUP_FIELD,
    BoardTable,
    ColumnTable,
    Location,
    Mapping,
    Place,
    Problem,
)
from clickup_mlops.features.migration.mapping.template_fields import TemplateFields
from clickup_mlops.features.migration.mapping.words import LONGEST_NAME, is_hidden
from clickup_mlops.features.migration.records import Board, Column
from clickup_mlops.features.provisioning.fields import WITH_OPTIONS
from clickup_mlops.features.provisioning.template.model import FieldType
from clickup_mlops.features.provisioning.tree import fold_name
from clickup_mlops.routing.decision import NUMBER
from clickup_mlops.spelling import suggest_word

ColumnTypes = ReadOnly[str, ColumnType]
Templates = ReadOnly[str, TemplateFields]

ONLY_ONE: Final[ReadOnly[Slot, tuple[str, ...]]] = {
    "status": ("status",),
    "assignees": ("assignees",),
    "priority": ("priority",),
    "start": ("start",),
    "due": ("due",),
    "dates": ("start", "due"),
}
"""Slots that a task has once, and the attributes that they fill."""
PRIORITIES: Final = tuple(map(str, NUMBER))
Columns = ReadOnly[str, ColumnTable]


def problems(
    mapping: Mapping,
    boards: Iterable[Board],
    columns: ColumnTypes,
    templates: Templates | None = None,
) -> list[Problem]:
    """Everything that does not agree. `templates`: those that a place may use; None: any."""
    boards_by_id = {board.id: board for board in boards}
    problems_so_far = [
        *_top(mapping),
        *_boards(mapping, boards_by_id),
        *_places(mapping, templates),
    ]
    for board_id, table in mapping.boards.items():
        if board := boards_by_id.get(board_id):
            problems_so_far += _board(table, board, columns, ("boards", board_id))
    return [*problems_so_far, *_fields(mapping, templates or {})]


# The mapping as a whole


def _top(mapping: Mapping) -> Iterator[Problem]:
    if not mapping.name.strip():
        yield ("name",), "it is empty"
    yield from _named(mapping.id_field, ("id_field",))
    if fold_name(mapping.id_field) == fold_name(GROUP_FIELD):
        yield ("id_field",), f'"{GROUP_FIELD}" is the field of the groups'
    for person_id, person in mapping.people.items():
        for member in person.members:
            if member not in mapping.people:
                yield ("people", person_id, "members"), f'there is no person "{member}"'


def _boards(mapping: Mapping, boards_by_id: ReadOnly[str, Board]) -> Iterator[Problem]:
    for board_id in mapping.boards:
        if board_id not in boards_by_id:
            guess = suggest_word(board_id, boards_by_id)
            yield ("boards", board_id), f"the source has no such board{guess}"
    for board_id in mapping.source.boards:
        if board_id not in mapping.boards:
            yield ("source", "boards"), f'the mapping has no table for the board "{board_id}"'
    for board_id in mapping.source.left_out:
        if board_id in mapping.boards:
            yield ("source", "left_out"), f'the mapping has a table for the board "{board_id}"'


def _places(mapping: Mapping, templates: Templates | None) -> Iterator[Problem]:
    owners: dict[tuple[str, ...], str] = {}
    for board_id, board in mapping.boards.items():
        at = ("boards", board_id)
        yield from _place(board, at)
        if templates is not None and board.place.template not in ("", *templates):
            guess = suggest_word(board.place.template, templates)
            yield (*at, "place", "template"), f'there is no "{board.place.template}"{guess}'
        for place in board.lists:
            owner = owners.setdefault(_fold(place), board_id)
            if owner != board_id:
                key = "group_names" if board.groups == "lists" else "place"
                yield (
                    (*at, key),
                    f'the List "{_format_place(place)}" is that of the board "{owner}" too',
                )


def _place(board: BoardTable, at: Location) -> Iterator[Problem]:
    place = board.place
    yield from _named(place.space, (*at, "place", "space"))
    if place.folder:
        yield from _named(place.folder, (*at, "place", "folder"))
    if board.groups != "lists":
        yield from _named(place.list, (*at, "place", "list"))
    elif not board.group_names:
        yield (*at, "groups"), "there are no `group_names`, and each group is a List"


def _named(name: str, at: Location) -> Iterator[Problem]:
    if not name.strip():
        yield at, "it is empty"
    elif len(name.strip()) > LONGEST_NAME:
        yield at, f"a name has at most {LONGEST_NAME} characters, not {len(name)}"
    elif is_hidden(name):
        yield at, "a name is one line without control characters"


def _fold(place: Place) -> tuple[str, ...]:
    return tuple(map(fold_name, place))


def _format_place(place: Place) -> str:
    return " / ".join(filter(None, place))


# One board


def _board(
    table: BoardTable, board: Board, columns: ColumnTypes, at: Location
) -> Iterator[Problem]:
    yield from _groups(table, board, at)
    yield from gaps.of_board(table, board, at)
    real = (board.columns, board.subitem_columns)
    for (location, tables), source_columns in zip(_tables(table, at), real, strict=True):
        yield from _columns(tables, source_columns, columns, location)
        yield from _slots(tables, table.groups == "status", location)


def _groups(table: BoardTable, board: Board, at: Location) -> Iterator[Problem]:
    group_ids = [source_group.id for source_group in board.groups]
    for group_id, name in table.group_names.items():
        location = (*at, "group_names", group_id)
        if group_id not in group_ids:
            yield location, f"the board has no such group{suggest_word(group_id, group_ids)}"
        elif table.groups != "none":
            yield from _named(name, location)


def _columns(
    tables: Columns, real: Iterable[Column], columns: ColumnTypes, at: Location
) -> Iterator[Problem]:
    by_id = {source_column.id: source_column for source_column in real}
    for column_id, table in tables.items():
        location = (*at, column_id)
        if column := by_id.get(column_id):
            yield from _column(table, column, columns, location)
        else:
            guess = suggest_word(column_id, by_id)
            yield location, f"the source has no such column{guess}"


def _column(
    table: ColumnTable, column: Column, columns: ColumnTypes, at: Location
) -> Iterator[Problem]:
    """An unknown type of the source may be treated as another: its values are text."""
    if column.type in columns and table.type != column.type:
        yield (*at, "type"), f'the source says "{column.type}", not "{table.type}"'
    elif table.to == "none":
        return
    elif table.type not in columns:
        guess = suggest_word(table.type, columns)
        yield (*at, "type"), f'there is no column type "{table.type}"{guess}'
    else:
        yield from _target(table, column, columns[table.type].targets(column), at)
        yield from _options(table, column, at)


def _target(
    table: ColumnTable, column: Column, targets: Sequence[Target], at: Location
) -> Iterator[Problem]:
    slots = dict.fromkeys((*(target.slot for target in targets), "none"))
    if table.to not in slots:
        yield (*at, "to"), f"a {table.type} column cannot go there; it can: {', '.join(slots)}"
    elif table.to == "field":
        yield from _named(table.field, (*at, "field"))
        yield from _field_type(table, column, targets, at)
    else:
        for key in ("field", "field_type"):
            if getattr(table, key):
                yield (*at, key), f'it is only for `to = "field"`, not "{table.to}"'


def _field_type(
    table: ColumnTable, column: Column, targets: Sequence[Target], at: Location
) -> Iterator[Problem]:
    location = (*at, "field_type")
    if aim := fields.target(table, targets):
        if aim.type in WITH_OPTIONS and not fields.options(table, column, aim):
            yield location, f"a {aim.type} field needs options, and none of the column has a name"
        return
    fits = ", ".join(dict.fromkeys(target.type for target in targets if target.slot == "field"))
    if table.field_type in get_args(FieldType):
        yield (
            location,
            f"a {table.type} column does not fit a {table.field_type} field; fit: {fits}",
        )
    else:
        guess = suggest_word(table.field_type, get_args(FieldType))
        yield location, f'there is no field type "{table.field_type}"{guess}; fit: {fits}'


def _options(table: ColumnTable, column: Column, at: Location) -> Iterator[Problem]:
    keys = [source_option.key for source_option in column.options]
    blank = (BLANK,) if table.to == "status" else ()
    for key, name in table.options.items():
        location = (*at, "options", key)
        if key not in (*keys, *blank):
            yield location, f"the column has no such option{suggest_word(key, keys)}"
        elif table.to == "priority":
            yield from _priority(name, location)
        else:
            yield from _named(name, location)


def _priority(name: str, at: Location) -> Iterator[Problem]:
    """An empty one is none: such values are kept in the description."""
    if name.strip() and fold_name(name) not in PRIORITIES:
        guess = suggest_word(name, PRIORITIES)
        yield at, f'"{name}" is no priority{guess}; there are: {", ".join(PRIORITIES)}, or empty'


def _slots(tables: Columns, groups_are_statuses: bool, at: Location) -> Iterator[Problem]:
    owners: dict[str, str] = {"status": "what the groups are"} if groups_are_statuses else {}
    for column_id, table in tables.items():
        filled = ONLY_ONE.get(table.to, ())
        if claims := list(dict.fromkeys(owners[slot] for slot in filled if slot in owners)):
            yield (*at, column_id, "to"), f"{', '.join(claims)} goes there already"
        owners |= {slot: f'"{table.title}"' for slot in filled if slot not in owners}


# Fields that meet in a place


def _fields(mapping: Mapping, templates: Templates) -> Iterator[Problem]:
    """Fields of one name in one List: their types agree, and columns do not share them."""
    field_types: dict[tuple[str, ...], tuple[str, str]] = {}
    for board_id, board in mapping.boards.items():
        gained = templates.get(board.place.template)
        for name, field in gained.fields.items() if gained else ():
            field_types |= {
                (*_fold(place), name): (field.name, field.type) for place in board.lists
            }
        for at, tables in _tables(board, ("boards", board_id)):
            yield from _shared(tables, at)
            for location, table in _into_fields(tables, at):
                yield from _reserved(mapping, board, table, location)
                keys = [(*_fold(place), fold_name(table.field)) for place in board.lists]
                met = {field_types.setdefault(key, (table.field, table.field_type)) for key in keys}
                yield from _meeting(table, sorted(met), (*location, "field"))


def _meeting(table: ColumnTable, met: Iterable[tuple[str, str]], at: Location) -> Iterator[Problem]:
    for name, kind in met:
        if kind != table.field_type:
            yield at, f'"{table.field}" is a {kind} field there already'
        elif name != table.field:
            yield at, f'it is "{name}" elsewhere: spell it like that'


def _tables(board: BoardTable, at: Location) -> Iterator[tuple[Location, Columns]]:
    yield (*at, "columns"), board.columns
    yield (*at, "subitem_columns"), board.subitem_columns


def _into_fields(tables: Columns, at: Location) -> Iterator[tuple[Location, ColumnTable]]:
    for column_id, table in tables.items():
        if table.to == "field" and table.field:
            yield (*at, column_id), table


def _shared(tables: Columns, at: Location) -> Iterator[Problem]:
    titles: dict[str, str] = {}
    for location, table in _into_fields(tables, at):
        name = fold_name(table.field)
        if name in titles:
            yield (*location, "field"), f'the column "{titles[name]}" goes into it already'
        titles.setdefault(name, table.title)


def _reserved(
    mapping: Mapping, board: BoardTable, table: ColumnTable, at: Location
) -> Iterator[Problem]:
    if fold_name(table.field) == fold_name(mapping.id_field):
        yield (*at, "field"), f'"{mapping.id_field}" holds the ids (`id_field`)'
    if board.groups == "field" and fold_name(table.field) == fold_name(GROUP_FIELD):
        yield (*at, "field"), f'"{GROUP_FIELD}" holds the groups'
