"""The source that reads files, whatever tool wrote them. A file is read anew for each question:
nothing but its shape is kept, so that a file with 100,000 rows needs little memory.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from pathlib import Path
from typing import Any, BinaryIO

from clickup_mlops.errors import InputError, NotFound
from clickup_mlops.features.migration.history import Change
from clickup_mlops.features.migration.records import Asset, Board, Cell, Item, Person, Update
from clickup_mlops.features.migration.source import Selection
from clickup_mlops.features.migration.sources._files.entries import (
    Comment,
    Entry,
    PastChange,
    Problems,
    Raw,
    Table,
)
from clickup_mlops.features.migration.sources._files.people import People
from clickup_mlops.features.migration.sources._files.survey import Shape, Survey
from clickup_mlops.features.migration.sources._files.text import unique
from clickup_mlops.features.migration.sources._files.values import cell, is_empty, text_of
from clickup_mlops.spelling import suggest_word


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file inside the export. `size` is in bytes."""

    name: str
    size: int
    open: Callable[[], BinaryIO]


class FileSource:
    """A `Source` over tables.

    `people` are known beside those in the tables, `attachments` are files by id. Raises InputError
    if the selection names a board that is not in the file.
    """

    def __init__(
        self,
        tables: Sequence[Table],
        selection: Selection,
        problems: Problems | None = None,
        *,
        people: Sequence[Person] = (),
        attachments: Mapping[str, Attachment] | None = None,
        close: Callable[[], None] = lambda: None,
    ) -> None:
        self.calls = 0
        self._problems = problems or Problems()
        self.problems = self._problems.lines
        self._tables = _selected(_with_own_ids(tables), selection)
        self._archived = selection.archived
        self._owners: dict[str, str] = {}
        self._people = People()
        for person in people:
            self._people.note(person)
        self._attachments = attachments or {}
        self._close = close

    def people(self) -> Iterator[Person]:
        """People, then teams."""
        _ = self._shapes
        yield from self._people

    def boards(self) -> Iterator[Board]:
        """The selected boards, with columns and groups."""
        for shape in self._shapes.values():
            yield shape.board

    def items(self, board: Board) -> Iterator[Item]:
        """A parent before its subitems: the file is read once for each level, unless it is so."""
        shape = self._shapes[board.id]
        if shape.in_order:
            yield from self._level(board, shape, None)
            return
        for depth in range(max(shape.depths.values(), default=0) + 1):
            yield from self._level(board, shape, depth)

    def updates(self, board: Board, since_ms: int | None = None) -> Iterator[Update]:
        """Item by item, oldest first; an update before its replies."""
        for item_id, comment in self._comments(self._table(board)):
            if since_ms is None or (comment.created_ms or since_ms) >= since_ms:
                yield self._update(item_id, comment)

    def history(self, board: Board) -> Iterator[Change]:
        """The changes that the file has."""
        for entry in self._entries(self._table(board)):
            for change in entry.changes:
                yield self._change(entry.id, change)

    def assets(self, board: Board) -> Iterator[Asset]:
        """The files of the archive that items and updates name; each once for each item."""
        yielded: set[tuple[str, str]] = set()
        for asset in self._named_assets(self._table(board)) if self._attachments else ():
            attachment = self._attachments.get(asset.id)
            if attachment and (asset.item_id, asset.id) not in yielded:
                yielded.add((asset.item_id, asset.id))
                yield replace(asset, name=attachment.name, size=attachment.size)

    def open(self, asset: Asset) -> BinaryIO:
        """The file's content. Raises NotFound, ContentError."""
        if asset.id not in self._attachments:
            raise NotFound(f"the export does not hold the file {asset.name} ({asset.id})")
        return self._attachments[asset.id].open()

    def close(self) -> None:
        """Close the files."""
        self._close()

    @cached_property
    def _shapes(self) -> Mapping[str, Shape]:
        # Names in one board may be known from another: types are decided after all are read.
        surveys = {table.board.id: Survey(table, self._people) for table in self._tables}
        for table in self._tables:
            for entry in self._entries(table):
                surveys[table.board.id].add(entry)
            for _, comment in table.comments(self._problems) if table.comments else ():
                self._people.note(comment.author)
        return {id: survey.shape(self._problems) for id, survey in surveys.items()}

    def _table(self, board: Board) -> Table:
        return next(table for table in self._tables if table.board.id == board.id)

    def _entries(self, table: Table) -> Iterator[Entry]:
        ids: set[str] = set()
        for entry in table.entries(self._problems):
            where = f"{table.board.name}, {entry.where}"
            if self._is_elsewhere(entry, table):
                reason = "skipped, it is on another board too"
                self._problems.add(
                    f"{where}: {reason}: {entry.id}", f"{table.board.name}: {reason}"
                )
            elif entry.id in ids:
                kind = f"{table.board.name}: skipped, the id occurs twice"
                self._problems.add(f"{where}: skipped, the id {entry.id} occurs twice", kind)
            elif not entry.name:
                reason = "skipped, it has no name"
                self._problems.add(f"{where}: {reason}", f"{table.board.name}: {reason}")
            elif self._archived or not entry.archived:
                ids.add(entry.id)
                yield entry

    def _is_elsewhere(self, entry: Entry, table: Table) -> bool:
        """An item stays on the board that was read first: a task has one id in the journal."""
        if len(self._tables) == 1:
            return False
        return self._owners.setdefault(entry.id, table.board.id) != table.board.id

    def _comments(self, table: Table) -> Iterator[tuple[str, Comment]]:
        if table.comments is not None:
            yield from table.comments(self._problems)
            return
        for entry in self._entries(table):
            for comment in sorted(entry.comments, key=_oldest_first):
                yield entry.id, comment

    def _named_assets(self, table: Table) -> Iterator[Asset]:
        for entry in self._entries(table):
            yield from _of_item(entry)
        for item_id, comment in self._comments(table):
            for id in comment.assets:
                yield Asset(id, "", item_id, comment.id)

    def _level(self, board: Board, shape: Shape, depth: int | None) -> Iterator[Item]:
        for entry in self._entries(self._table(board)):
            if depth is None or shape.depths.get(entry.id, 0) == depth:
                yield self._item(shape, entry)

    def _item(self, shape: Shape, entry: Entry) -> Item:
        return Item(
            id=entry.id,
            board_id=shape.board.id,
            name=entry.name,
            group_id=entry.group[0],
            parent_id=shape.parents.get(entry.id),
            cells=dict(self._cells(shape, entry)),
            description=entry.description,
            creator=self._person_id(entry.creator),
            subscribers=tuple(map(self._person_id, entry.subscribers)),
            created_ms=entry.created_ms,
            updated_ms=entry.updated_ms,
            url=entry.url,
            archived=entry.archived,
            losses=entry.losses,
        )

    def _cells(self, shape: Shape, entry: Entry) -> Iterator[tuple[str, Cell]]:
        columns = shape.own if entry.own_columns else shape.main
        for field, raw in entry.raw:
            if is_empty(raw):
                continue
            try:
                yield field.id, cell(columns.field(field.id), raw, self._people.find)
            except (ValueError, KeyError, TypeError, ArithmeticError) as problem:
                message = f'column "{field.title}": the value cannot be read'
                self._problems.add(
                    f"{shape.board.name}, {entry.where}, {message}: {problem}",
                    f"{shape.board.name}, {message}",
                )
                yield field.id, Cell(None, text_of(raw))  # people still see it in the description

    def _update(self, item_id: str, comment: Comment) -> Update:
        author = None if is_empty(comment.author) else self._people.find(comment.author)
        return Update(
            id=comment.id,
            item_id=item_id,
            html=comment.html,
            author=author.id if author else "",
            author_name=author.name if author else "",
            created_ms=comment.created_ms,
            edited_ms=comment.edited_ms,
            reply_to=comment.reply_to,
            pinned=comment.pinned,
            likes=comment.likes,
            assets=comment.assets,
        )

    def _change(self, item_id: str, change: PastChange) -> Change:
        values = (change.before, change.after)
        is_person = change.field == "assignee"
        before, after = map(self._person_id if is_person else text_of, values)
        actor = self._person_id(change.actor)
        return Change(item_id, change.at_ms, change.field, before, after, actor)

    def _person_id(self, raw: Raw) -> str:
        return "" if is_empty(raw) else self._people.find(raw).id


ReadEntries = Callable[[Problems], Iterator[tuple[Board, Callable[[], Entry]]]]
"""Reads a file: each entry's board, and how it is built. Those of other boards are not built: a
file with many boards is read once for each of them.
"""


def tables_of(read: ReadEntries) -> Sequence[Table]:
    """A table for each board that entries are on, in the order in which boards appear."""
    boards = {board.id: board for board, _ in read(Problems())}

    def entries(id: str, problems: Problems) -> Iterator[Entry]:
        return (build() for board, build in read(problems) if board.id == id)

    return [Table(board, partial(entries, id)) for id, board in boards.items()]


def first_problem(read: ReadEntries) -> str:
    """Why nothing could be read, as the end of a sentence; empty if nothing is wrong."""
    problems = Problems()
    for _ in read(problems):
        pass
    return f": {problems.lines[0]}" if problems.lines else ""


def files_of(selection: Selection, suffixes: Sequence[str]) -> Sequence[Path]:
    """The files to read. Raises InputError: none, or one with another suffix."""
    if not selection.files:
        raise InputError("no file to read", hint=f"Name one or more: {', '.join(suffixes)}.")
    for path in selection.files:
        if path.suffix.lower() not in suffixes:
            raise InputError(f"{path}: cannot be read", hint=f"Use {' or '.join(suffixes)}.")
    return selection.files


def _oldest_first(comment: Comment) -> tuple[bool, int]:
    return comment.reply_to is not None, comment.created_ms or 0


def _of_item(entry: Entry) -> Iterator[Asset]:
    values: Iterator[Any] = (raw for _, raw in entry.raw if isinstance(raw, list))
    for reference in (part for value in values for part in value):
        if isinstance(reference, dict) and "asset" in reference:
            yield Asset(reference["asset"], "", entry.id)


def _with_own_ids(tables: Sequence[Table]) -> Sequence[Table]:
    by_id: dict[str, Table] = {}
    for table in tables:
        id = unique(table.board.id, by_id)
        by_id[id] = replace(table, board=replace(table.board, id=id))
    return list(by_id.values())


def _selected(tables: Sequence[Table], selection: Selection) -> Sequence[Table]:
    if selection.workspace:
        raise InputError(
            "a file has no workspaces to choose from", hint="Name boards, or leave it out."
        )
    names = [name for table in tables for name in (table.board.id, table.board.name)]
    for board in selection.boards:
        if board not in names:
            raise InputError(f'no board "{board}" in the files', hint=suggest_word(board, names))
    return [
        table
        for table in tables
        if not selection.boards or {table.board.id, table.board.name} & {*selection.boards}
    ]
