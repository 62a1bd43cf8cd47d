"""Objects of Monday.com's API -> records. Pure."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from clickup_mlops.clickup.blocks import escape_markdown
from clickup_mlops.features.migration.records import (
    Asset,
    Board,
    Cell,
    Column,
    Group,
    Item,
    Manual,
    Option,
    Person,
    PersonKind,
    Update,
)
from clickup_mlops.json_types import Json, JsonObject
from clickup_mlops.monday import blocks, labels, values
from clickup_mlops.monday.values.times import parse_moment_ms

Report = Callable[[str, str], None]
"""Takes the kind of a problem (the same for all problems alike) and a sentence about this one."""

NOT_CELLS: Final = ("name", "subtasks", "group")
"""Column types that an item's own attributes hold: its name, its subitems, its group."""

ROLL_UP: Final = "roll_up"
"""Key of a column's settings: the function of its roll-up."""
_AUTOMATIC: Final[Mapping[str, str]] = {"-4": "Monday.com automation", "-7": "Monday.com template"}
_VIEWS: Final[Mapping[str, str]] = {"FormBoardView": "form", "DashboardBoardView": "dashboard"}


def person(raw: JsonObject) -> Person:
    """A user."""
    kind = str(raw.get("kind") or "").lower()
    person_kind: PersonKind = "person"
    if "guest" in kind:
        person_kind = "guest"
    elif "agent" in kind:
        person_kind = "agent"
    return Person(
        id=str(raw["id"]),
        name=str(raw.get("name") or ""),
        email=str(raw.get("email") or ""),
        kind=person_kind,
        active=raw.get("status") != "INACTIVE" and not raw.get("is_deleted"),
    )


def team(raw: JsonObject) -> Person:
    """A team."""
    members = tuple(str(user["id"]) for user in objects(raw.get("users")))
    return Person(str(raw["id"]), str(raw.get("name") or ""), kind="team", members=members)


def board(
    raw: Mapping[str, Any], subitem_columns: Iterable[Mapping[str, Any]], manual: tuple[Manual, ...]
) -> Board:
    """A board; groups in the order of their positions, which are numbers in texts."""
    groups = [entry for entry in objects(raw.get("groups")) if not entry.get("deleted")]
    return Board(
        id=str(raw["id"]),
        name=str(raw.get("name") or ""),
        columns=_columns(objects(raw.get("columns"))),
        subitem_columns=_columns(subitem_columns),
        groups=tuple(map(_group, sorted(groups, key=_position))),
        description=str(raw.get("description") or ""),
        workspace=str(_object(raw.get("workspace")).get("name") or ""),
        folder=tuple(reversed(list(_folders(raw.get("folder"))))),
        url=str(raw.get("url") or ""),
        access=str(raw.get("board_kind") or "public"),
        items=int(raw["items_count"]) if raw.get("items_count") is not None else -1,
        multi_level=raw.get("hierarchy_type") == "multi_level",
        archived=raw.get("state") == "archived",
        owners=tuple(str(entry["id"]) for entry in objects(raw.get("owners"))),
        manual=manual,
    )


def subitem_board(raw: JsonObject) -> str:
    """The id of the hidden board of the board's subitems; empty if there is none."""
    for column in objects(raw.get("columns")):
        if column.get("type") == "subtasks":
            ids = labels.parse_settings(column).get("boardIds") or labels.parse_settings(
                column
            ).get("board_ids")
            return str(ids[0]) if isinstance(ids, list) and ids else ""
    return ""


def views(raw: JsonObject) -> Iterator[Manual]:
    """The board's views and forms."""
    for view in objects(raw.get("views")):
        kind = str(view.get("type") or "")
        yield Manual(_VIEWS.get(kind, "view"), str(view.get("name") or kind), kind)


def inventory(raw: JsonObject) -> Iterator[Manual]:
    """Automations and webhooks."""
    for entry in objects(raw.get("items")):
        details = str(entry.get("description") or "")
        off = "" if entry.get("active", True) else " (off)"
        yield Manual("automation", f"{entry.get('title') or entry.get('id')}{off}", details)
    legacy = raw.get("legacy_automations")
    for entry in legacy if isinstance(legacy, list) else ():
        fields = _object(entry)
        name = fields.get("title") or fields.get("name") or fields.get("id") or entry
        yield Manual("automation", str(name), str(fields.get("description") or ""))
    for entry in objects(raw.get("webhooks")):
        yield Manual(
            "webhook", str(entry.get("event") or entry["id"]), str(entry.get("config") or "")
        )


def item(raw: JsonObject, of: Board, parent: str | None, report: Report) -> Item:
    """An item or subitem; `report` takes what of it could not be read."""
    above = _object(raw.get("parent_item")).get("id")
    creator = str(raw.get("creator_id") or "")
    # Known before the cells: which columns they belong to depends on it.
    partial = Item(
        id=str(raw["id"]),
        board_id=of.id,
        name=str(raw.get("name") or ""),
        group_id=str(_object(raw.get("group")).get("id") or ""),
        parent_id=parent if parent or above is None else str(above),
        description=_description(raw),
        creator="" if creator.startswith("-") else creator,
        subscribers=tuple(str(subscriber["id"]) for subscriber in objects(raw.get("subscribers"))),
        created_ms=_moment(raw.get("created_at")),
        updated_ms=_moment(raw.get("updated_at")),
        url=str(raw.get("url") or ""),
        archived=raw.get("state") == "archived",
    )
    return _with_cells(partial, raw, of.columns_of(partial), report)


def update(raw: JsonObject, item_id: str, reply_to: str | None = None) -> Update:
    """An update or a reply. Negative authors are no people: automations, templates."""
    author = str(raw.get("creator_id") or "")
    created_ms = _moment(raw.get("original_creation_date")) or _moment(raw.get("created_at"))
    edited_ms = _moment(raw.get("edited_at"))
    is_automatic = author.startswith("-")
    return Update(
        id=str(raw["id"]),
        item_id=item_id,
        html=str(raw.get("body") or ""),
        author="" if is_automatic else author,
        author_name=str(_object(raw.get("creator")).get("name") or _AUTOMATIC.get(author, "")),
        created_ms=created_ms,
        edited_ms=edited_ms if edited_ms and edited_ms > (created_ms or 0) else None,
        reply_to=reply_to,
        pinned=bool(raw.get("pinned_to_top")),
        likes=len(list(objects(raw.get("likes")))),
        assets=tuple(str(asset["id"]) for asset in objects(raw.get("assets"))),
    )


def asset(raw: JsonObject, item_id: str, update_id: str | None = None) -> Asset:
    """A file."""
    size = raw.get("file_size")
    return Asset(
        id=str(raw["id"]),
        name=str(raw.get("name") or raw["id"]),
        item_id=item_id,
        update_id=update_id,
        size=size if isinstance(size, int) else -1,
        created_ms=_moment(raw.get("created_at")),
    )


def objects(value: Json) -> Iterator[JsonObject]:
    """The objects with an id in a list of the API."""
    if isinstance(value, list):
        yield from (
            entry for entry in value if isinstance(entry, Mapping) and entry.get("id") is not None
        )


def _columns(raw: Iterable[JsonObject]) -> tuple[Column, ...]:
    return tuple(
        _column(column)
        for column in raw
        if column.get("type") not in NOT_CELLS and not column.get("archived")
    )


def _column(raw: JsonObject) -> Column:
    kind = values.current_type(str(raw.get("type")))
    chosen = labels.parse_labels(raw) if kind in ("status", "dropdown") else ()
    return Column(
        id=str(raw["id"]),
        title=str(raw.get("title") or ""),
        type=kind,
        description=str(raw.get("description") or ""),
        options=tuple(Option(o.key, o.name, o.color, o.is_done, o.is_active) for o in chosen),
        settings={**labels.parse_settings(raw), **_roll_up(raw)},
    )


def _roll_up(raw: JsonObject) -> dict[str, str]:
    """The function that gives an item's value from those of its subitems, on multi-level boards."""
    calculated = _object(_object(raw.get("capabilities")).get("calculated"))
    function = str(calculated.get("function") or "NONE")
    return {} if function == "NONE" else {ROLL_UP: function}


def _group(raw: JsonObject) -> Group:
    return Group(str(raw["id"]), str(raw.get("title") or ""), str(raw.get("color") or ""))


def _position(raw: JsonObject) -> float:
    try:
        return float(str(raw.get("position")))
    except ValueError:
        return 0.0


def _folders(raw: Json) -> Iterator[str]:
    """From the inside out."""
    while isinstance(raw, Mapping):
        if raw.get("name"):
            yield str(raw["name"])
        raw = raw.get("parent")


def _description(raw: JsonObject) -> str:
    block_list = _object(raw.get("description")).get("blocks")
    if not isinstance(block_list, list):
        return ""
    return blocks.render_markdown(
        (block for block in block_list if isinstance(block, Mapping)), escape_markdown
    )


def _with_cells(item: Item, raw: JsonObject, columns: Iterable[Column], report: Report) -> Item:
    by_id = {column.id: column for column in columns}
    formulas = {str(formula.get("id")): formula for formula in objects(raw.get("formulas"))}
    cells: dict[str, Cell] = {}
    for raw_value in objects(raw.get("column_values")):
        column = by_id.get(str(raw_value["id"]))
        if column is None:
            continue
        with_formula = {**raw_value, **formulas.get(column.id, {})}
        cell = _cell(with_formula, column, item, report)
        if cell is not None:
            cells[column.id] = cell
    return replace(item, cells=cells)


def _cell(raw_value: JsonObject, column: Column, of: Item, report: Report) -> Cell | None:
    value = values.decode(raw_value)
    where = f'item {of.id} "{of.name}", column "{column.title}"'
    if value.problem:
        kind = f'board {of.board_id}, column "{column.title}": values'
        report(kind, f"{where}: the value cannot be read ({value.problem})")
        return Cell(None, value.text)
    if value.value is None:
        if raw_value.get("battery_value"):
            kind = f'board {of.board_id}, column "{column.title}": statuses'
            report(kind, f"{where}: the status is computed from subitems that differ")
        return None
    computed = "" if raw_value.get("is_leaf", True) else str(column.settings.get(ROLL_UP) or "")
    return Cell(value.value, value.text or _label_of(value.value, column), computed)


def _label_of(value: Json, column: Column) -> str:
    """What people see of a value that comes without a text."""
    names = {option.key: option.name for option in column.options}
    return names.get(value, "" if names else value) if isinstance(value, str) else ""


def _moment(text: Json) -> int | None:
    try:
        return parse_moment_ms(text)
    except ValueError:
        return None


def _object(value: Json) -> JsonObject:
    return value if isinstance(value, Mapping) else {}
