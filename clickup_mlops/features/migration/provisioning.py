"""The places, statuses and custom fields that a mapping needs, as templates and as a tree. Pure.

Provisioning plans and applies the tree like any template's. What exists is adopted and never
changed; what ClickUp's API cannot create (fields, statuses) becomes a manual step there.
"""

from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Mapping as ReadOnly
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from typing import Any, Final

from clickup_mlops.features.migration.columns._model import ColumnType, Target
from clickup_mlops.features.migration.mapping import fields as of_columns
from clickup_mlops.features.migration.mapping import words
from clickup_mlops.features.migration.mapping.model import (
    BLANK,
    GROUP_FIELD,
    BoardTable,
    ColumnTable,
    Mapping,
)
from clickup_mlops.features.migration.mapping.template_fields import TemplateFields
from clickup_mlops.features.migration.records import Board, Column, Group, Option
from clickup_mlops.features.migration.template_policies import policies
from clickup_mlops.features.provisioning.template import desired
from clickup_mlops.features.provisioning.template.model import (
    CustomField,
    Folder,
    List,
    Space,
    Status,
    Tag,
    Template,
)
from clickup_mlops.features.provisioning.template.words import Ignored
from clickup_mlops.features.provisioning.tree import Node, Path, Tree, fold, fold_name

THEIRS: Final[tuple[Ignored, ...]] = ("name", "place", "description", "color", "private")
"""What of a place that exists is left as people made it."""
STRATEGY: Final = "none: boards of another tool"
Fields = dict[str, CustomField]
"""By folded name."""


@dataclass
class _Place:
    """A Folder or List while its contents are collected."""

    name: str
    description: str = ""
    template: str = ""
    """Name of the ClickUp template that it is made of."""
    status: dict[str, Status] = dataclass_field(default_factory=dict)
    fields: Fields = dataclass_field(default_factory=dict)
    lists: "dict[str, _Place]" = dataclass_field(default_factory=dict)


@dataclass
class _Space:
    """A Space while its contents are collected; `root` has the Lists without a Folder."""

    root: _Place
    folders: dict[str, _Place] = dataclass_field(default_factory=dict)
    tags: dict[str, Tag] = dataclass_field(default_factory=dict)


def tree(
    mapping: Mapping,
    boards: Iterable[Board],
    columns: ReadOnly[str, ColumnType],
    of_templates: ReadOnly[str, TemplateFields] | None = None,
) -> Tree:
    """Everything that the mapping's boards need. The mapping has no problems (`mapping.check`).

    `of_templates`: of the workspace templates that places name, with their objectives and metrics.
    """
    space_templates = templates(mapping, boards, columns, of_templates)
    nodes: dict[Path, Node] = {}
    for template in (*space_templates, *policies(mapping, of_templates or {})):
        paths = set(map(fold, nodes))
        nodes |= {
            path: node for path, node in desired.tree(template).items() if fold(path) not in paths
        }
    return nodes


def templates(
    mapping: Mapping,
    boards: Iterable[Board],
    columns: ReadOnly[str, ColumnType],
    of_templates: ReadOnly[str, TemplateFields] | None = None,
) -> tuple[Template, ...]:
    """A template for each Space."""
    spaces: dict[str, _Space] = {}
    boards_by_id = {board.id: board for board in boards}
    for board_id, table in mapping.boards.items():
        board = boards_by_id.get(board_id) or _remembered(board_id, table)
        name = table.place.space
        space = spaces.setdefault(fold_name(name), _Space(_Place(name)))
        extra = (of_templates or {}).get(table.place.template)
        _collect(space, table, board, _needs(mapping, table, board, columns, extra))
        if extra is not None:
            _join(space.root.fields, extra.space)
    return tuple(_template(mapping, space) for space in spaces.values())


def _remembered(board_id: str, table: BoardTable) -> Board:
    """A board that the source has no more, as far as the mapping knows it."""
    groups = tuple(Group(group_id, name) for group_id, name in table.group_names.items())
    return Board(board_id, table.name, groups=groups)


@dataclass(frozen=True, slots=True)
class _Needs:
    """What a board needs of its place."""

    status: tuple[Status, ...]
    fields: tuple[CustomField, ...]
    tags: tuple[Tag, ...]


def _needs(
    mapping: Mapping,
    table: BoardTable,
    board: Board,
    columns: ReadOnly[str, ColumnType],
    extra: TemplateFields | None,
) -> _Needs:
    pairs = list(_pairs(table, board))
    column_fields = [field for pair in pairs if (field := _field(*pair, columns))]
    # One in the Space, made by hand for all Lists, would do: a List sees it.
    ids = CustomField(name=mapping.id_field, type="short_text", description=_IDS)
    more = (*_group_field(table, board), *(extra.place if extra else ()))
    return _Needs(_statuses(table, board, pairs), (ids, *column_fields, *more), tuple(_tags(pairs)))


_IDS: Final = "The item's id in the tool that it came from. A migration finds its tasks by it."


def _pairs(table: BoardTable, board: Board) -> Iterator[tuple[ColumnTable, Column]]:
    """Columns of the mapping with those of the board; one that the board has not is bare."""
    for tables, real in (
        (table.columns, board.columns),
        (table.subitem_columns, board.subitem_columns),
    ):
        existing = {mapped.id: mapped for mapped in real}
        for column_id, mapped in tables.items():
            options = tuple(Option(key, name) for key, name in mapped.options.items())
            bare = Column(column_id, mapped.title, mapped.type, options=options)
            yield mapped, existing.get(column_id, bare)


# Statuses


def _statuses(
    table: BoardTable, board: Board, pairs: Sequence[tuple[ColumnTable, Column]]
) -> tuple[Status, ...]:
    """In the order of the source, with one to begin with and one to end with."""
    statuses: dict[str, tuple[str, str, bool]] = {}
    for name, color, is_done in (*_group_statuses(table, board), *_column_statuses(pairs)):
        statuses.setdefault(fold_name(name), (name, color, is_done))
    if not statuses:
        return ()
    first_name, last_name = (words.unique(name, {*statuses}) for name in ("to do", "complete"))
    open_statuses = [status for status in statuses.values() if not status[2]]
    done_statuses = [status for status in statuses.values() if status[2]]
    first, *middle = open_statuses or [(first_name, "", False)]
    *finished, last = done_statuses or [(last_name, "", True)]
    kinds: list[tuple[Any, Sequence[tuple[str, str, bool]]]] = [
        ("open", [first]),
        ("custom", middle),
        ("done", finished),
        ("closed", [last]),
    ]
    return tuple(
        Status(name=name, type=kind, color=color or None, ignore_changes=("type",))
        for kind, listed in kinds
        for name, color, _ in listed
    )


def _group_statuses(table: BoardTable, board: Board) -> Iterator[tuple[str, str, bool]]:
    for group in board.groups if table.groups == "status" else ():
        if name := table.group_names.get(group.id, ""):
            yield name, group.color, words.is_done(name)


def _column_statuses(
    pairs: Sequence[tuple[ColumnTable, Column]],
) -> Iterator[tuple[str, str, bool]]:
    for table, column in pairs:
        if table.to == "status":
            if name := table.options.get(BLANK, ""):
                yield name, "", False
            marked = any(option.done for option in column.options)
            for option in column.options:
                if name := table.options.get(option.key, ""):
                    named = bool(words.clean(option.name))
                    is_done = option.done if marked else words.is_done(option.name)
                    yield name, option.color if named else "", is_done and named


# Fields and tags


def _field(
    table: ColumnTable, column: Column, columns: ReadOnly[str, ColumnType]
) -> CustomField | None:
    if table.to != "field":
        return None
    kind = columns.get(table.type)
    # What is known of a column that the source has no more may fit less than the column did.
    aim = of_columns.target(table, kind.targets(column) if kind else ())
    aim = aim or Target("field", table.field_type)
    options = of_columns.options(table, column, aim)
    attributes = {
        "name": table.field,
        "type": aim.type,
        "description": column.description,
        "options": tuple(options),
        "colors": {name: color for name, color in options.items() if color},
    }
    return CustomField.model_validate({**aim.settings, **attributes})


def _group_field(table: BoardTable, board: Board) -> Iterator[CustomField]:
    if table.groups != "field" or not board.groups:
        return
    colors: dict[str, str] = {}
    for group in board.groups:
        name = table.group_names.get(group.id, "").strip()
        if name and fold_name(name) not in map(fold_name, colors):
            colors[name] = group.color
    set_colors = {name: color for name, color in colors.items() if color}
    yield CustomField(name=GROUP_FIELD, type="drop_down", options=tuple(colors), colors=set_colors)


def _tags(pairs: Sequence[tuple[ColumnTable, Column]]) -> Iterator[Tag]:
    for table, column in pairs:
        for option in column.options if table.to == "tags" else ():
            name = table.options.get(option.key, option.name).strip().lower()
            # A template refuses such a name; ClickUp makes the tag with the first task that has it.
            if name and not words.is_hidden(name):
                yield Tag(name=name, background=option.color or None, ignore_changes=("all",))


def _join(fields: Fields, more: Iterable[CustomField]) -> None:
    """Add fields; of one that is there, the options."""
    for field in more:
        key = fold_name(field.name)
        existing = fields.setdefault(key, field)
        names = set(map(fold_name, existing.options))
        new = tuple(option for option in field.options if fold_name(option) not in names)
        if new and existing.type == field.type:
            options, colors = (*existing.options, *new), {**field.colors, **existing.colors}
            fields[key] = existing.model_copy(update={"options": options, "colors": colors})


# Places


def _collect(space: _Space, table: BoardTable, board: Board, needs: _Needs) -> None:
    """Put what a board needs where all its Lists have it."""
    above = space.root
    if folder := table.place.folder:
        above = space.folders.setdefault(fold_name(folder), _Place(folder))
    lists = [
        above.lists.setdefault(fold_name(name), _Place(name, board.description))
        for _, _, name in table.lists
    ]
    # The Lists of a Folder that is one board's have its statuses and fields in common.
    owners = [above] if folder and table.groups == "lists" else lists
    for place in owners:
        place.template = place.template or table.place.clickup_template
        for status in needs.status:
            place.status.setdefault(fold_name(status.name), status)
        _join(place.fields, needs.fields)
    for tag in needs.tags:
        space.tags.setdefault(fold_name(tag.name), tag)


def _template(mapping: Mapping, space: _Space) -> Template:
    places = [*space.root.lists.values(), *_inner(space)]
    _drop_inherited(space.root.fields, places)
    for folder in space.folders.values():
        _drop_inherited(folder.fields, folder.lists.values())
    place = Space(
        name=space.root.name,
        ignore_changes=THEIRS,
        field=tuple(space.root.fields.values()),
        tag=tuple(space.tags.values()),
        list=tuple(map(_list, space.root.lists.values())),
        folder=tuple(map(_folder, space.folders.values())),
    )
    summary = f"Boards of the migration {mapping.name}."
    return Template(summary=summary, strategy=STRATEGY, space=place).named(mapping.name)


def _inner(space: _Space) -> Iterator[_Place]:
    for folder in space.folders.values():
        yield from (folder, *folder.lists.values())


def _drop_inherited(above: Fields, places: Iterable[_Place]) -> None:
    """A field of the place above is seen below: it takes the options, and stands only there."""
    for place in places:
        for name, field in list(place.fields.items()):
            if name in above and above[name].type == field.type:
                _join(above, [field])
                del place.fields[name]


def _list(place: _Place) -> List:
    return List(
        name=place.name,
        template=place.template,
        ignore_changes=THEIRS,
        description=place.description,
        status=tuple(place.status.values()),
        field=tuple(place.fields.values()),
    )


def _folder(place: _Place) -> Folder:
    return Folder(
        name=place.name,
        template=place.template,
        ignore_changes=THEIRS,
        status=tuple(place.status.values()),
        field=tuple(place.fields.values()),
        list=tuple(map(_list, place.lists.values())),
    )
