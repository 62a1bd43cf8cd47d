"""Writes files as Monday.com exports them, from simple values."""

import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

ITEM_ID = "Item ID (auto generated)"
UPDATE_HEADER = (
    *("Item ID", "Item Name", "Content Type", "Content Type", "User", "Created At"),
    *("Update Content", "Likes Count", "Asset IDs", "Post ID", "Parent Post ID"),
)
Value = str | int | float | bool | date | datetime | None


@dataclass
class Item:
    """An item or subitem; `cells` by column title."""

    name: str
    id: str = ""
    cells: Mapping[str, Value] = field(default_factory=dict)
    subitems: Sequence["Item"] = ()
    subitem_names: str = ""


@dataclass
class Group:
    title: str
    items: Sequence[Item] = ()
    totals: Mapping[str, Value] = field(default_factory=dict)


@dataclass
class Update:
    item: str
    item_name: str
    user: str
    at: str
    text: str
    id: str
    reply_to: str = ""
    likes: int = 0
    assets: str = ""

    def row(self) -> list[Value]:
        kinds = ("", "Reply") if self.reply_to else ("Update", "")
        posts = (self.assets, self.id, self.reply_to)
        return [
            self.item,
            self.item_name,
            *kinds,
            self.user,
            self.at,
            self.text,
            self.likes,
            *posts,
        ]


@dataclass
class Board:
    """`ids`: the export has a column with ids. `subitems`: the column of their names."""

    title: str
    groups: Sequence[Group]
    columns: Sequence[str] = ()
    subitem_columns: Sequence[str] = ()
    description: str = ""
    noun: str = "Name"
    ids: bool = True
    subitems: bool = True
    updates: Sequence[Update] = ()
    discussion: Sequence[Update] = ()

    def write(self, path: Path) -> Path:
        path.write_bytes(self.xlsx())
        return path

    def xlsx(self) -> bytes:
        book = Workbook()
        sheet = book.worksheets[0]
        sheet.title = re.sub(r"[\\*?:/\[\]]", "", self.title.lower())[:20] or "board"
        self._write_groups(sheet)
        for suffix, posts in (("updates", self.updates), ("discussion", self.discussion)):
            if posts:
                write_updates(book.create_sheet(f"{sheet.title}-{suffix}"), self.title, posts)
        return saved(book)

    def _write_groups(self, sheet: Worksheet) -> None:
        sheet.append([self.title])
        if self.description:
            sheet.append([self.description])
            sheet.append([])
        for group in self.groups:
            sheet.append([group.title])
            sheet.append(self._header())
            for item in group.items:
                self._write_item(sheet, item)
            if group.totals:
                sheet.append(self._row(Item("", "", group.totals)))
            sheet.append([])

    def _header(self) -> list[Value]:
        named = [self.noun, *(["Subitems"] if self.subitems else []), *self.columns]
        return [*named, *([ITEM_ID] if self.ids else [])]

    def _row(self, item: Item) -> list[Value]:
        names = item.subitem_names or ",".join(subitem.name for subitem in item.subitems)
        cells = [item.cells.get(title) for title in self.columns]
        start = [item.name, *([names] if self.subitems else [])]
        return [cell or None if cell == "" else cell for cell in [*start, *cells, *self._id(item)]]

    def _id(self, item: Item) -> list[Value]:
        return [item.id] if self.ids else []

    def _write_item(self, sheet: Worksheet, item: Item) -> None:
        sheet.append(self._row(item))
        if not item.subitems:
            return
        sheet.append(["Subitems", "Name", *self.subitem_columns, *([ITEM_ID] if self.ids else [])])
        for subitem in item.subitems:
            cells = [subitem.cells.get(title) for title in self.subitem_columns]
            sheet.append([None, subitem.name, *cells, *self._id(subitem)])


def write_updates(sheet: Worksheet, title: str, posts: Sequence[Update]) -> None:
    sheet.append([title, "Updates"])
    sheet.append(UPDATE_HEADER)
    for post in posts:
        sheet.append(post.row())


def updates_xlsx(title: str, posts: Sequence[Update]) -> bytes:
    book = Workbook()
    write_updates(book.worksheets[0], title, posts)
    return saved(book)


def team_xlsx(people: Sequence[tuple[str, str, str]]) -> bytes:
    """Names, e-mail addresses and states."""
    book = Workbook()
    book.worksheets[0].append(["Team"])
    book.worksheets[0].append(["Name", "Email", "User Status"])
    for person in people:
        book.worksheets[0].append(person)
    return saved(book)


def saved(book: Workbook) -> bytes:
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def account(path: Path, files: Mapping[str, bytes]) -> Path:
    """The archive of an account: files by their names in it."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path
