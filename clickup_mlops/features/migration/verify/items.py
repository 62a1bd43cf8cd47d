"""Compares an item with its task: all but its relations, comments and files. Pure."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
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
from clickup_mlops.features.migration.verify.reading import Asked, Moment
from clickup_mlops.features.migration.verify.seen import Seen
from clickup_mlops.features.migration.verify.text import ANYTHING, letters, line, plain, shows

PRIORITIES: Final[Mapping[str, int | None]] = {
    "urgent": 1,
    "high": 2,
    "normal": 3,
    "low": 4,
    "none": None,
    "": None,
}

_LONGEST: Final = 60_000
"""Characters of a description that are certainly kept."""
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]+")
Named = tuple[str, Finding]
"""A field's name, and its two values."""


@dataclass(frozen=True, slots=True)
class Side:
    """What the mapping says of the board, and who is who."""

    board: Board
    table: BoardTable
    people: People

    def columns(self, item: Item) -> Iterator[tuple[Column, ColumnTable]]:
        """The item's columns that go anywhere."""
        own = item.parent_id is not None and not self.board.multi_level
        tables = self.table.subitem_columns if own and self.table.subitem_columns else None
        tables = self.table.columns if tables is None else tables
        for column in self.board.columns_of(item):
            table = tables.get(column.id)
            if table is not None and table.to != "none":
                yield column, table


def compare(side: Side, item: Item, seen: Seen) -> Iterator[Named]:
    """What differs, by field; columns by their title in the source."""
    if not _is_named(item, seen):
        yield "name", (item.name, seen.name)
    wanted = letters(item.description)[:_LONGEST]
    if wanted and not shows(letters(seen.text), wanted):
        yield "description", (item.description, seen.text)
    yield from _group(side, item, seen)
    asked = asked_of(side, item)
    yield from _sets(side, item, asked, seen)
    yield from _tracked(asked, seen)
    yield from _empty_fields(side, item, seen)
    yield from _empty_dates(side, item, seen)
    yield from _blank_status(side, item, seen)
    places = Counter((one.table.to, one.table.field) for one in asked)
    for one in asked:
        is_shared = places[one.table.to, one.table.field] > 1
        if (found := _unmatched(one, seen) or _checked(one, seen, is_shared)) is not None:
            yield one.column.title, found


def asked_of(side: Side, item: Item, to: str = "") -> list[Asked]:
    """The item's cells that go anywhere, or there."""
    return [
        Asked(column, item.cells[column.id], table, side.people)
        for column, table in side.columns(item)
        if column.id in item.cells and to in ("", table.to)
    ]


def titles(asked: Sequence[Asked]) -> str:
    """Their columns."""
    return ", ".join(one.column.title for one in asked)


def _tracked(asked: Sequence[Asked], seen: Seen) -> Iterator[Named]:
    """How much time there is: several columns may go there."""
    chosen = [one for one in asked if one.table.to == "time"]
    if chosen and (found := times.totals(chosen, seen.tracked_ms)):
        yield titles(chosen), found


def _is_named(item: Item, seen: Seen) -> bool:
    """Whether the task has the item's name; a long one is cut, and in full in the description."""
    wanted, have = line(_CONTROL.sub(" ", item.name)), line(seen.name)
    if wanted == have or not wanted:
        return bool(seen.name.strip())
    start = have.removesuffix("…")
    return start != have and wanted.startswith(start) and _shows(seen, wanted)


def _checked(asked: Asked, seen: Seen, is_shared: bool) -> Finding | None:
    """A cell of a shape that nobody expects is kept as its text: that must be somewhere. What has
    no place, or has to share it with another column, is in the description.
    """
    try:
        check = _SLOTS.get(asked.table.to)
        found = check(asked, seen) if check else None
        may_be_text = found is not None and (is_shared or not found[1])
        return None if may_be_text and _is_described(asked, seen) else found
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError):
        wanted = plain(asked.cell.text)
        values = (plain(fields.shown(one.value)) for one in seen.fields.values())
        if any(shows(one, wanted) for one in (letters(seen.text), *values)):
            return None
        return asked.cell.text, ""


def _is_described(asked: Asked, seen: Seen) -> bool:
    """Whether the description has the column's title and the value: no field could hold it."""
    have, titles = letters(seen.text), (asked.column.title, asked.table.field)
    return any(
        shows(have, f"{plain(title)}:{ANYTHING}{plain(piece)}")
        for title in titles
        for piece in reading.pieces(asked)
        if title
    )


def _shows(seen: Seen, piece: str) -> bool:
    """Whether the description shows a piece of text, or leads to an address; the end of a very long
    one is cut.
    """
    if len(seen.text) > _LONGEST:
        return True
    address = piece.replace("(", "%28").replace(")", "%29")
    return shows(letters(seen.text), plain(piece)) or ("://" in piece and address in seen.text)


def _unmatched(asked: Asked, seen: Seen) -> Finding | None:
    """People who are no members of ClickUp are named in the description."""
    if asked.table.to != "assignees" and asked.table.field_type != "users":
        return None
    names = asked.people.unmatched(reading.people(asked))
    lost = ", ".join(name for name in names if not _shows(seen, name))
    return (lost, "") if lost else None


def _group(side: Side, item: Item, seen: Seen) -> Iterator[Named]:
    """The group, where it became a status or a field."""
    table = side.table
    title = next((one.title for one in side.board.groups if one.id == item.group_id), "")
    name = table.group_names.get(item.group_id, "")
    if item.parent_id is not None and not title:
        return
    if not name:
        # A group that the mapping does not have.
        if title and table.groups != "none" and not _shows(seen, f"Group:{title}"):
            yield "group", (title, "")
        return
    if table.groups == "status" and name.casefold() != seen.status.casefold():
        yield "group", (name, seen.status)
    if table.groups == "field":
        have = seen.fields.get(GROUP_FIELD.casefold())
        value = str(have.value or "") if have else ""
        if name.casefold() != value.casefold():
            yield "group", (name, value)


def _sets(side: Side, item: Item, asked: list[Asked], seen: Seen) -> Iterator[Named]:
    """People and tags: several columns may go to the same place."""
    slots = {table.to for _, table in side.columns(item)}
    if "assignees" in slots:
        chosen = [one for one in asked if one.table.to == "assignees"]
        wanted = [email for one in chosen for email in one.people.emails(reading.people(one))]
        if found := fields.same_names(wanted, seen.assignees):
            yield "assignees", found
    if "tags" in slots:
        chosen = [one for one in asked if one.table.to == "tags"]
        if found := fields.same_names((tag for one in chosen for tag in _tags(one)), seen.tags):
            yield "tags", found


def _tags(asked: Asked) -> tuple[str, ...]:
    return tuple(map(line, reading.names(asked)))


def _field(asked: Asked, seen: Seen) -> Finding | None:
    have = seen.fields.get(asked.table.field.casefold())
    return fields.compare(asked, have.value if have else None)


def _empty_fields(side: Side, item: Item, seen: Seen) -> Iterator[Named]:
    """Fields that have a value although none of the columns that go there has one."""
    columns = [(column, table) for column, table in side.columns(item) if table.to == "field"]
    filled = {table.field.casefold() for column, table in columns if column.id in item.cells}
    for column, table in columns:
        have = seen.fields.get(table.field.casefold())
        if have is None or table.field.casefold() in filled:
            continue
        if found := fields.compare_empty(table.field_type, have.value):
            yield column.title, found


def _empty_dates(side: Side, item: Item, seen: Seen) -> Iterator[Named]:
    """Dates of the task although no column that gives them has a value."""
    for name, places, found_ms in (
        ("due date", ("due", "dates"), seen.due_ms),
        ("start date", ("start", "dates"), seen.start_ms),
    ):
        columns = [column for column, table in side.columns(item) if table.to in places]
        if found_ms is not None and columns and not any(each.id in item.cells for each in columns):
            yield name, ("", reading.instant(found_ms).shown)


def _blank_status(side: Side, item: Item, seen: Seen) -> Iterator[Named]:
    """The status that the mapping names for items without one."""
    for column, table in side.columns(item):
        name = table.options.get(BLANK, "") if table.to == "status" else ""
        if not name or name.casefold() == seen.status.casefold():
            continue
        asked = asked_of(side, item, "status")
        if not any(reading.names(each) for each in asked if each.column.id == column.id):
            yield column.title, (name, seen.status)


def _status(asked: Asked, seen: Seen) -> Finding | None:
    names = reading.names(asked)[:1]
    return fields.same_names(names, (seen.status,)) if names else None


def _priority(asked: Asked, seen: Seen) -> Finding | None:
    name = "".join(reading.names(asked)[:1])
    wanted = int(name) if name.isdigit() else PRIORITIES.get(name.casefold(), -1)
    # An option that the mapping does not name has some priority, or is in the description.
    if wanted == seen.priority or (wanted == -1 and seen.priority is not None):
        return None
    number = {value: key for key, value in PRIORITIES.items() if key}
    return name, number.get(seen.priority, "")


def _due(asked: Asked, seen: Seen) -> Finding | None:
    return _moment(reading.moments(asked)[1], seen.due_ms)


def _start(asked: Asked, seen: Seen) -> Finding | None:
    start, end = reading.moments(asked)
    return _moment(start or end, seen.start_ms)


def _dates(asked: Asked, seen: Seen) -> Finding | None:
    start, end = reading.moments(asked)
    return _moment(start, seen.start_ms) or _moment(end, seen.due_ms)


def _moment(wanted: Moment | None, found_ms: int | None) -> Finding | None:
    if wanted is None or wanted.holds(found_ms):
        return None
    return wanted.shown, reading.instant(found_ms).shown if found_ms is not None else ""


def _described(asked: Asked, seen: Seen) -> Finding | None:
    wanted = reading.pieces(asked)
    if all(_shows(seen, piece) for piece in wanted):
        return None
    return ", ".join(wanted), seen.text


def _time(asked: Asked, seen: Seen) -> Finding | None:
    """What no entry explains is in the description, under the column's title."""
    seconds = asked.value.get("seconds") or 0
    rest = seconds - sum(one.duration_ms for one in times.wanted(asked)) / times.SECOND_MS
    if rest < 1 or plain(asked.column.title) in letters(seen.text):
        return None
    return f"{rest:.0f} s without an entry", ""


_SLOTS: Mapping[str, Callable[[Asked, Seen], Finding | None]] = {
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
