"""Rows of a Monday.com export as entries. Pure, given the rows."""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from clickup_mlops.features.migration.sources._files import dates
from clickup_mlops.features.migration.sources._files.entries import Entry, Field, Problems, Raw
from clickup_mlops.features.migration.sources._files.explanation import Explanation
from clickup_mlops.features.migration.sources._files.text import stable_id, unique
from clickup_mlops.features.migration.sources._files.values import is_empty, text_of
from clickup_mlops.monday.export.board import ItemRow, format_cell
from clickup_mlops.monday.export.workbook import Value

_START, _END = " - Start", " - End"
_LOG: Final = {"Creator": "creator", "Created at": "created", "Updated at": "updated"}
"""Columns that every item has in the export of an account."""


@dataclass(slots=True)
class Converter:
    """Makes entries from the rows of one board. `assets` are ids of files in the archive."""

    sheet: str
    explanation: Explanation
    assets: Container[str] = ()
    _fields: dict[tuple[str, ...], Sequence[Field]] = field(default_factory=dict)
    _groups: dict[int, str] = field(default_factory=dict)
    _numbers: dict[tuple[bool, str], dict[int, int]] = field(default_factory=dict)
    """Items without ids: by name, from row numbers to how many came before."""

    def entry(self, row: ItemRow, parent: str | None, own_columns: bool) -> Entry:
        """The entry of a row."""
        log = {_LOG[title]: value for title, value in row.cells if title in _LOG}
        return Entry(
            where=f"row {row.number}",
            id=self.id_of(row),
            name=row.name,
            raw=self._raw(row),
            group=self._group(*row.group),
            parent=parent,
            own_columns=own_columns,
            creator=text_of(log.get("creator", "")),
            created_ms=dates.unix_ms(log.get("created", "")),
            updated_ms=dates.unix_ms(log.get("updated", "")),
        )

    def id_of(self, row: ItemRow) -> str:
        """The item's id. Where the export has none, its name and how often that came before are
        one: then a later export has the same items. Ask for the rows of a sheet in order.
        """
        if row.id:
            return row.id
        key = (row.is_subitem, row.name)
        numbers = self._numbers.setdefault(key, {})
        return stable_id(self.sheet, *key, numbers.setdefault(row.number, len(numbers)))

    def _group(self, number: int, title: str) -> tuple[str, str]:
        """Its title is its id; a second group of the same title gets a number."""
        if number not in self._groups:
            self._groups[number] = unique(title, self._groups.values()) if title else ""
        return self._groups[number], title

    def _raw(self, row: ItemRow) -> Sequence[tuple[Field, Raw]]:
        cells = [
            (title, value)
            for title, value in _paired(row.cells)
            if title not in _LOG and not self.explanation.is_ignored(title)
        ]
        titles = tuple(title for title, _ in cells)
        if titles not in self._fields:
            self._fields[titles] = self.explanation.fields(titles)
        values = (self._files(value) for _, value in cells)
        return list(zip(self._fields[titles], values, strict=True))

    def _files(self, value: Raw) -> Raw:
        """Ids of files in the archive, as a file column has them; any other value stays."""
        ids = (
            []
            if isinstance(value, tuple)
            else [part.strip() for part in format_cell(value).split(",")]
        )
        if ids and all(id in self.assets for id in ids):
            return [{"asset": id} for id in ids]
        return value


def entries(
    rows: Iterable[ItemRow], converter: Converter, children: "Children | None", problems: Problems
) -> Iterator[Entry]:
    """The items, each followed by its subitems: from the same sheet, or from one of their own."""
    parent: str | None = None
    for row in rows:
        if row.is_subitem:
            if parent is None:
                problems.add(f"{converter.sheet}, row {row.number}: a subitem without an item")
            yield converter.entry(row, parent, parent is not None)
            continue
        item = converter.entry(row, None, False)
        parent = item.id
        yield item
        if children is not None:
            yield from children.of(row.subitems, item)
    if children is not None:
        yield from children.orphans(problems)


class Children:
    """The subitems of a board whose parents are known by name only. Held once, in file order."""

    def __init__(self, rows: Iterable[ItemRow], converter: Converter) -> None:
        self.converter = converter
        self._by_name: dict[str, list[ItemRow]] = {}
        for row in rows:
            self._by_name.setdefault(row.name, []).append(row)

    def of(self, names: str, item: Entry) -> Iterator[Entry]:
        """The item's subitems by their names, joined by commas; each is given once."""
        for name in split(names, self._by_name):
            if waiting := self._by_name.get(name):
                child = self.converter.entry(waiting.pop(0), item.id, True)
                yield replace(child, group=item.group)

    def orphans(self, problems: Problems) -> Iterator[Entry]:
        """Those that no item named, as items. Their columns are not the board's: the values become
        lines of the description.
        """
        for row in (waiting_row for waiting in self._by_name.values() for waiting_row in waiting):
            problems.add(f"{self.converter.sheet}, row {row.number}: no item has this subitem")
            entry = self.converter.entry(row, None, False)
            lines = [
                f"{field.title}: {text_of(raw)}" for field, raw in entry.raw if not is_empty(raw)
            ]
            yield replace(entry, raw=(), description="\n\n".join(lines), group=("", ""))


def split(names: str, known_names: Container[str]) -> Sequence[str]:
    """Names joined by commas, although a name may have a comma: the longest known ones."""
    parts, result = names.split(","), []
    while parts:
        length = next(
            (count for count in range(len(parts), 0, -1) if ",".join(parts[:count]) in known_names),
            1,
        )
        result.append(",".join(parts[:length]))
        parts = parts[length:]
    return result


def _paired(cells: Sequence[tuple[str, Value]]) -> Iterator[tuple[str, Raw]]:
    """The two columns of a timeline as one, with both days as its value."""
    ends: Mapping[str, Value] = {title: value for title, value in cells if title.endswith(_END)}
    starts = {title for title, _ in cells if title.endswith(_START)}
    for title, value in cells:
        name = title.removesuffix(_START)
        if title in starts and name + _END in ends:
            yield name, _range(value, ends[name + _END])
        elif not (title in ends and title.removesuffix(_END) + _START in starts):
            yield title, value


def _range(start: Value, end: Value) -> Raw:
    if start == "" or end == "":
        return (start or end, start or end) if start or end else ""
    return start, end
