"""The files of an export: where boards, updates, people and attachments are in them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path

from clickup_mlops.errors import ContentError
from clickup_mlops.features.migration.records import Board, Person
from clickup_mlops.features.migration.sources._files.entries import Comment, Entry, Problems, Table
from clickup_mlops.features.migration.sources._files.explanation import Explanation
from clickup_mlops.features.migration.sources._files.file_source import Attachment
from clickup_mlops.features.migration.sources._files.markup import html_of_text
from clickup_mlops.features.migration.sources._files.text import stable_id
from clickup_mlops.features.migration.sources._monday_rows import Children, Converter, entries
from clickup_mlops.features.migration.sources._order import age
from clickup_mlops.monday.export.archive import Archive, Member, read_team
from clickup_mlops.monday.export.board import ItemRow, read_head, read_items
from clickup_mlops.monday.export.updates import UpdateRow, is_update_sheet, read_updates
from clickup_mlops.monday.export.workbook import Row, Workbook
from clickup_mlops.spelling import format_count

OpenBook = Callable[[], Workbook]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet that is read anew each time; between two readings nothing of it is held."""

    where: str
    name: str
    book: OpenBook

    def rows(self) -> Iterator[Row]:
        """Raises ContentError."""
        book = self.book()
        try:
            yield from book.rows(self.name)
        finally:
            book.close()

    def items(self) -> Iterator[ItemRow]:
        """Raises ContentError."""
        return read_items(self.rows())


@dataclass(frozen=True, slots=True)
class BoardSheet:
    """A board, and the sheet with its subitems if that is another one."""

    board: Board
    sheet: Sheet
    subitems: Sheet | None = None


@dataclass
class Export:
    """What one file holds."""

    boards: Sequence[BoardSheet]
    updates: Sequence[Sheet]
    explanation: Explanation
    people: Sequence[Person] = ()
    attachments: Mapping[str, Attachment] = field(default_factory=dict)

    def tables(self) -> Iterator[Table]:
        """Its boards."""
        for number, board in enumerate(self.boards):
            yield Table(
                board=board.board,
                entries=partial(self._entries, board),
                comments=partial(self._comments, number),
            )

    def _converter(self, sheet: Sheet) -> Converter:
        return Converter(sheet.where, self.explanation, self.attachments)

    def _entries(self, board: BoardSheet, problems: Problems) -> Iterator[Entry]:
        children = None
        if board.subitems is not None:
            children = Children(board.subitems.items(), self._converter(board.subitems))
        yield from entries(board.sheet.items(), self._converter(board.sheet), children, problems)

    @cached_property
    def _places(self) -> Mapping[str, tuple[int, str]]:
        """Board (its number) and id of an item, by its id or, if it has none, by its name."""
        places: dict[str, tuple[int, str]] = {}
        for number, board in enumerate(self.boards):
            for sheet in filter(None, (board.sheet, board.subitems)):
                converter = self._converter(sheet)
                for row in sheet.items():
                    key = row.id or f"name:{row.name}"
                    # A name that occurs twice says nothing: updates must not reach the wrong item.
                    place = (number, converter.id_of(row))
                    places[key] = place if row.id or key not in places else (-1, "")
        return places

    def _comments(self, number: int, problems: Problems) -> Iterator[tuple[str, Comment]]:
        placed = []
        for sheet in self.updates:
            unplaced = 0
            for row in read_updates(sheet.rows()):
                board, item_id = self._place(row)
                unplaced += board < 0
                if board == number:
                    placed.append((item_id, row))
            if unplaced:
                skipped = format_count(unplaced, "update")
                problems.add(f"{sheet.where}: {skipped} skipped, no item has their Item ID")
        yield from self._in_order(placed, problems)

    def _place(self, row: UpdateRow) -> tuple[int, str]:
        by_name = self._places.get(f"name:{row.item_name}", (-1, ""))
        return self._places.get(row.item_id, by_name)

    def _in_order(
        self, placed: list[tuple[str, UpdateRow]], problems: Problems
    ) -> Iterator[tuple[str, Comment]]:
        """Oldest first, replies last."""
        ids = {row.id for _, row in placed}
        placed.sort(
            key=lambda pair: (pair[1].reply_to is not None, age(pair[1].created_ms, pair[1].id))
        )
        for item_id, row in placed:
            if row.reply_to not in (None, *ids):
                problems.add(f"update {row.id}: no reply any more, {row.reply_to} is not there")
            yield (
                item_id,
                self._comment(item_id, row, row.reply_to if row.reply_to in ids else None),
            )

    def _comment(self, item_id: str, row: UpdateRow, reply_to: str | None) -> Comment:
        inside = tuple(id for id in row.assets if id in self.attachments)
        outside = [id for id in row.assets if id not in self.attachments]
        lines = [html_of_text(row.text)] if row.text else []
        if outside:
            lines.append(html_of_text(f"(files in Monday.com: {', '.join(outside)})"))
        return Comment(
            id=row.id or stable_id(item_id, row.number, row.text),
            html="<br>".join(lines),
            author=row.author,
            created_ms=row.created_ms,
            reply_to=reply_to,
            likes=row.likes,
            assets=inside,
        )


def of_workbook(path: Path, label: str, explanation: Explanation) -> Export:
    """The export of a board; `label` names the file. Raises ContentError if it has no board."""
    opened = partial(Workbook, path, str(path))
    book = opened()
    try:
        names = book.sheets
        update_sheets = [name for name in names if is_update_sheet(book.rows(name))]
    finally:
        book.close()
    sheets = [Sheet(f"{label}, sheet {name}", name, opened) for name in names]
    boards = [_board(sheet, sheet.name) for sheet in sheets if sheet.name not in update_sheets]
    board_sheets = [sheet for sheet in boards if sheet is not None]
    if not board_sheets:
        hint = "Export the board from Monday.com as .xlsx, and do not edit the file."
        raise ContentError(path, "", "has no sheet with the header of a board", hint=hint)
    return Export(
        board_sheets, [sheet for sheet in sheets if sheet.name in update_sheets], explanation
    )


def of_archive(archive: Archive, explanation: Explanation, problems: Problems) -> Export:
    """The export of an account. A board that cannot be read is reported, the others go on.

    Raises ContentError if it has no board.
    """
    boards = []
    for member in archive.boards:
        try:
            board = _archived_board(archive, member)
        except ContentError as problem:
            problems.add(f"board skipped: {problem}")
            continue
        if board is None:
            problems.add(f"board skipped: {member.path} has no header of a board")
        else:
            boards.append(board)
    if not boards:
        why = "".join(f": {asset}" for asset in problems.lines[:1])
        hint = "It must be the archive of the whole account, as Monday.com made it."
        raise ContentError(archive.file, "boards", f"has no readable board{why}", hint=hint)
    for member in archive.unclaimed:
        problems.add(f"{member.path}: skipped, the board of these subitems is not in the archive")
    return Export(
        boards,
        list(_sheets(archive, archive.updates, problems)),
        explanation,
        list(_people(archive, problems)),
        {
            id: Attachment(asset.name, asset.size, partial(archive.open, asset))
            for id, asset in archive.assets.items()
        },
    )


def _archived_board(archive: Archive, member: Member) -> BoardSheet | None:
    subitems = archive.subitems_of(member)
    return _board(
        _sheet(archive, member),
        member.name,
        member.id,
        _sheet(archive, subitems) if subitems else None,
    )


def _board(
    sheet: Sheet, name: str, id: str = "", subitems: Sheet | None = None
) -> BoardSheet | None:
    head = read_head(sheet.rows())
    if head is None:
        return None
    name = head.title or name
    return BoardSheet(Board(id or name, name, description=head.description), sheet, subitems)


def _sheet(archive: Archive, member: Member) -> Sheet:
    """The first sheet of a workbook in the archive."""
    book = archive.workbook(member)
    try:
        return Sheet(member.path, book.sheets[0], partial(archive.workbook, member))
    finally:
        book.close()


def _sheets(archive: Archive, members: Sequence[Member], problems: Problems) -> Iterator[Sheet]:
    for member in members:
        try:
            yield _sheet(archive, member)
        except ContentError as problem:
            problems.add(f"updates skipped: {problem}")


def _people(archive: Archive, problems: Problems) -> Iterator[Person]:
    for sheet in _sheets(archive, archive.team, problems):
        for member in read_team(sheet.rows()):
            yield Person(member.name, member.name, member.email, active=member.active)
