"""The sheet of a board as items. Pure.

A board is written for people: the header repeats for every group, each parent with subitems is
followed by a header of theirs and by rows that start one cell further to the right, a row of
totals may end a group, and nothing says what a row is. What tells them apart stands in `_Layout`.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from clickup_mlops.monday.export.workbook import Row, Value

ITEM_ID: Final = "Item ID (auto generated)"
SUBITEMS: Final = "Subitems"


@dataclass(frozen=True, slots=True)
class Head:
    """What stands above the first item. `noun`: what the board calls an item."""

    title: str = ""
    description: str = ""
    noun: str = "Name"


@dataclass(frozen=True, slots=True)
class ItemRow:
    """An item or subitem: row number (from 1), group (number and title), cells with their titles.

    `id` is empty where the export has none. `cells` are without name, id and subitems; a title may
    occur twice.
    """

    number: int
    group: tuple[int, str]
    name: str
    id: str
    is_subitem: bool
    subitems: str
    cells: tuple[tuple[str, Value], ...]


def read_head(rows: Iterable[Row]) -> Head | None:
    """Title and description; None: the sheet has no row that could be a header."""
    layout = _Layout()
    for _ in layout.read(rows):
        break
    return layout.head


def read_items(rows: Iterable[Row]) -> Iterator[ItemRow]:
    """The items, each followed by its subitems."""
    return _Layout().read(rows)


def format_cell(value: Value) -> str:
    """A cell as text; the sheet holds every number as a decimal one, ids too."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


class _Layout:
    """Reads row by row and remembers which header is in force."""

    def __init__(self) -> None:
        self.head: Head | None = None
        self._header: tuple[str, ...] = ()
        self._sub_header: tuple[str, ...] = ()
        self._lone: list[str] = []
        self._group = (0, "")

    def read(self, rows: Iterable[Row]) -> Iterator[ItemRow]:
        for number, row, following in _pair_with_next(rows):
            if not self._header:
                self._read_above(row)
            elif (item := self._read_below(number, row, following)) is not None:
                yield item

    def _read_above(self, row: Row) -> None:
        """Title, description and the first group stand alone in their rows; then the header."""
        if len(row) == 1 and not (self._lone and row[0] == "Name"):
            self._lone.append(format_cell(row[0]))
            return
        self._header = _format_cells(row)
        *above, group = self._lone or [""]
        self.head = Head(above[0] if above else "", "\n".join(above[1:]), self._header[0] or "Name")
        self._group = (1, group)

    def _read_below(self, number: int, row: Row, following: Row) -> ItemRow | None:
        texts = _format_cells(row)
        if texts == self._header:
            self._sub_header = ()
        elif self._is_sub_header(texts):
            self._sub_header = texts
        elif self._is_group(row, following):
            self._group, self._sub_header = (self._group[0] + 1, format_cell(row[0])), ()
        elif row[0] != "":
            self._sub_header = ()
            return self._build_item(number, self._header, row)
        elif self._is_subitem(row):
            return self._build_item(number, self._sub_header, row)
        elif _cell_at(row, _find_title(self._header, ITEM_ID)) != "":
            return self._build_item(number, self._header, row)
        return None  # a header, a group, or totals

    def _is_sub_header(self, texts: tuple[str, ...]) -> bool:
        ends_alike = (ITEM_ID in texts) == (ITEM_ID in self._header)
        return len(texts) > 1 and texts[0] == SUBITEMS and texts[1] != "" and ends_alike

    def _is_group(self, row: Row, following: Row) -> bool:
        """A title alone, before a header. An item that has only a name still has its id."""
        is_before_header = _format_cells(following) == self._header
        has_ids = ITEM_ID in self._header and len(self._header) > 1
        return len(row) == 1 and (is_before_header or has_ids)

    def _is_subitem(self, row: Row) -> bool:
        """Totals look like a subitem, but have no id and rarely anything in the second cell."""
        has_ids = ITEM_ID in self._sub_header
        has_id = _cell_at(row, _find_title(self._sub_header, ITEM_ID)) != ""
        return bool(self._sub_header) and (has_id if has_ids else _cell_at(row, 1) != "")

    def _build_item(self, number: int, header: tuple[str, ...], row: Row) -> ItemRow:
        is_subitem = header is self._sub_header
        name, id_at = int(is_subitem), _find_title(header, ITEM_ID)
        subitems = -1 if is_subitem else _find_title(header, SUBITEMS)
        excluded = {0, name, id_at, subitems}
        return ItemRow(
            number=number,
            group=self._group,
            name=format_cell(_cell_at(row, name)),
            id=format_cell(_cell_at(row, id_at)),
            is_subitem=is_subitem,
            subitems=format_cell(_cell_at(row, subitems)),
            cells=tuple(
                (title, _cell_at(row, at))
                for at, title in enumerate(header)
                if title and at not in excluded
            ),
        )


def _pair_with_next(rows: Iterable[Row]) -> Iterator[tuple[int, Row, Row]]:
    """Number, row, and the next one; without empty rows and without empty cells at the end."""
    number, before = 0, None
    for at, row in enumerate(rows, start=1):
        if not (trimmed := _trim(row)):
            continue
        if before is not None:
            yield number, before, trimmed
        number, before = at, trimmed
    if before is not None:
        yield number, before, ()


def _trim(row: Row) -> Row:
    length = len(row)
    while length and row[length - 1] == "":
        length -= 1
    return row[:length]


def _format_cells(row: Row) -> tuple[str, ...]:
    return tuple(map(format_cell, row))


def _find_title(header: Sequence[str], title: str) -> int:
    return header.index(title) if title in header else -1


def _cell_at(row: Row, index: int) -> Value:
    return row[index] if 0 <= index < len(row) else ""
