"""Reads a source into the store once, so that plan, run and verification work on the same data.

Records go through in batches: memory does not grow with the board. A reading that was interrupted
is simply repeated: what it stored is replaced, and only a reading that reached its end counts. The
pages of an API that it had read are stored until then, and cost no calls again.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from collections.abc import Mapping as ReadOnly
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import Final, TypeVar

import orjson
from pydantic import TypeAdapter

from clickup_mlops.errors import ContentError, Forbidden, NotFound
from clickup_mlops.features.migration import records as values
from clickup_mlops.features.migration.mapping.gaps import gaps
from clickup_mlops.features.migration.mapping.model import Mapping, Problem
from clickup_mlops.features.migration.records import Asset, Board, Item, Person, Record, Update
from clickup_mlops.features.migration.source import Source
from clickup_mlops.features.migration.stored_pages import StoredPages, resuming
from clickup_mlops.features.migration.tables.migration_records import MigrationRecords, StagedRecord

BATCH: Final = 500
"""Records in one transaction."""

_READING, _LAST = "reading", "last"
# Each reading has positions of its own: what an older one left never takes the place of a newer.
_POSITIONS = 10**10

Progress = Callable[[str, int], None]
"""Called with a kind of record and how many of it have been read so far."""
R = TypeVar("R", bound=Record)


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a reading found: records by kind, what could not be read, calls to the source's API.

    `unread`: ids of boards that could not be read at all; nothing is known about their items.
    `with_updates`, `with_files`: whether the mapping wanted them. `other_boards`: names of boards
    that the mapping did not have, by id. `began_ms`: when it began (Unix ms), 0: that is unknown.
    `calls` counts those of an interrupted reading that it went on with, too. `files`: `versions` of
    the files that were read.
    """

    number: int
    counts: ReadOnly[str, int] = field(default_factory=dict)
    problems: tuple[str, ...] = ()
    calls: int = 0
    unread: tuple[str, ...] = ()
    with_updates: bool = True
    with_files: bool = True
    other_boards: ReadOnly[str, str] = field(default_factory=dict)
    began_ms: int = 0
    files: ReadOnly[str, str] = field(default_factory=dict)


_ADAPTER = TypeAdapter(Fetched)


def _quiet(_kind: str, _count: int) -> None:
    """Shows nothing."""


def fetch(
    source: Source,
    records: MigrationRecords,
    mapping: Mapping,
    progress: Progress = _quiet,
    now_ms: int = 0,
    *,
    anew: bool = False,
    files: Sequence[Path] = (),
) -> Fetched:
    """Read the mapping's boards (all, if it names none) and store what they hold. A reading that
    was interrupted goes on, unless it is to begin `anew`.

    A board that is gone, closed to the token or damaged is left out and reported.

    Raises:
        ApiError: the source cannot be reached or refuses the token; call it again later.
    """
    writer = _Writer(records, mapping.name, records.fetched(mapping.name) + 1, progress)
    pages = StoredPages(records, mapping.name)
    with resuming(source, pages, now_ms, anew=anew) as began_ms:
        reading = _read(source, writer, mapping)
        reading = replace(
            reading,
            calls=reading.calls + pages.replayed,
            began_ms=began_ms,
            files=versions(files),
        )
        records.put(mapping.name, [_marker(reading)])
    return reading


def _read(source: Source, writer: "_Writer", mapping: Mapping) -> Fetched:
    # The count is the source's so far: it may have been read from before.
    calls = source.calls
    writer.put("", source.people())
    other_boards: dict[str, str] = {}
    unread, problems = _boards(source, writer, mapping, other_boards)
    return Fetched(
        writer.number,
        dict(writer.counts),
        # All of them: a file may have been found damaged when it was opened.
        (*dict.fromkeys(source.problems), *problems),
        source.calls - calls,
        tuple(unread),
        mapping.updates,
        mapping.files,
        other_boards,
    )


def _boards(
    source: Source, writer: "_Writer", mapping: Mapping, other_boards: dict[str, str]
) -> tuple[list[str], list[str]]:
    unread: list[str] = []
    problems: list[str] = []
    missing = set(mapping.boards)
    for board in source.boards():
        if mapping.boards and board.id not in mapping.boards:
            other_boards[board.id] = board.name
            continue
        missing.discard(board.id)
        writer.put("", [board])
        try:
            _board(source, writer, mapping, board)
        except (NotFound, Forbidden, ContentError) as problem:
            writer.flush()
            unread.append(board.id)
            problems.append(f'board "{board.name}" ({board.id}): {problem}')
    problems += [
        f"board {board_id} is in the mapping, but not in the source" for board_id in sorted(missing)
    ]
    return [*unread, *sorted(missing)], problems


def _board(source: Source, writer: "_Writer", mapping: Mapping, board: Board) -> None:
    writer.put(board.id, source.items(board))
    if mapping.updates:
        writer.put(board.id, source.updates(board))
    if mapping.files:
        writer.put(board.id, source.assets(board))


class _Writer:
    """Stores records in batches under one reading's number."""

    def __init__(
        self, records: MigrationRecords, name: str, number: int, progress: Progress
    ) -> None:
        self.number = number
        self.counts: dict[str, int] = {}
        self._records, self._name, self._progress = records, name, progress
        self._batch: list[StagedRecord] = []
        self._position = number * _POSITIONS

    def put(self, board: str, new_records: Iterable[Record]) -> None:
        """Store all of them, in their order."""
        for record in new_records:
            self._batch.append(self._staged(board, record))
            if len(self._batch) >= BATCH:
                self.flush()
        self.flush()

    def flush(self) -> None:
        """Store what has been collected."""
        batch, self._batch = self._batch, []
        self._records.put(self._name, batch)
        for kind in sorted({record.kind for record in batch}):
            self._progress(kind, self.counts[kind])

    def _staged(self, board: str, record: Record) -> StagedRecord:
        kind, body = values.kind_of(record), values.dumps(record)
        self.counts[kind] = self.counts.get(kind, 0) + 1
        self._position += 1
        key = asset_key(record.item_id, record.id) if isinstance(record, Asset) else record.id
        return StagedRecord(kind, key, board, self._position, self.number, digest(body), body)


def versions(files: Sequence[Path]) -> dict[str, str]:
    """What changes with each file's content, by its path."""
    stats = {str(path): path.stat() for path in files}
    return {name: f"{stat.st_size} {stat.st_mtime_ns}" for name, stat in stats.items()}


def digest(body: bytes) -> str:
    """The hash of a record's body: equal records have equal hashes."""
    return sha256(body).hexdigest()


def asset_key(item_id: str, asset_id: str) -> str:
    """Under what a file is stored: the same one may be shown at several items."""
    return f"{item_id}:{asset_id}"


def _marker(reading: Fetched) -> StagedRecord:
    """Says that a reading reached its end."""
    body = orjson.dumps(reading)
    return StagedRecord(_READING, _LAST, "", reading.number, reading.number, digest(body), body)


class Staged:
    """What the newest complete reading of a migration found. Iterators read in pages.

    What was there before and is not any more has to be asked for with `gone`.
    """

    def __init__(self, records: MigrationRecords, name: str) -> None:
        self._records, self._name = records, name

    @property
    def reading(self) -> Fetched | None:
        """The newest complete reading; None: there is none."""
        row = self._records.get(self._name, _READING, _LAST)
        return _ADAPTER.validate_json(row.body) if row else None

    @property
    def is_complete(self) -> bool:
        """Whether there is a reading, and none that was interrupted after it."""
        reading = self.reading
        return reading is not None and reading.number == self._records.fetched(self._name)

    def covers(self, mapping: Mapping) -> bool:
        """Whether the newest reading was complete, and has all that the mapping names."""
        reading = self.reading
        if reading is None or not self.is_complete:
            return False
        board_ids = {board.id for board in self.boards()} | set(reading.unread)
        has_updates = reading.with_updates or not mapping.updates
        has_files = reading.with_files or not mapping.files
        return has_updates and has_files and board_ids.issuperset(mapping.boards)

    def gaps(self, mapping: Mapping) -> list[Problem]:
        """What was read and has no place in the mapping."""
        reading = self.reading
        return [*gaps(mapping, self.boards(), reading.other_boards if reading else {})]

    def people(self) -> Iterator[Person]:
        """The people and teams whom the source knows."""
        return self._all(Person, "")

    def boards(self) -> Iterator[Board]:
        """Boards with their columns."""
        return self._all(Board, "")

    def items(self, board_id: str) -> Iterator[Item]:
        """A board's items and subitems, a parent before its subitems."""
        return self._all(Item, board_id)

    def updates(self, board_id: str) -> Iterator[Update]:
        """The updates of a board's items, an update before its replies."""
        return self._all(Update, board_id)

    def assets(self, board_id: str) -> Iterator[Asset]:
        """The files of a board's items and updates."""
        return self._all(Asset, board_id)

    def board(self, board_id: str) -> Board | None:
        """One board."""
        return self._record(Board, board_id)

    def item(self, item_id: str) -> Item | None:
        """One item, also one that is gone from the source."""
        return self._record(Item, item_id)

    def update(self, update_id: str) -> Update | None:
        """One update, also one that is gone from the source."""
        return self._record(Update, update_id)

    def asset(self, item_id: str, asset_id: str) -> Asset | None:
        """One file of an item."""
        return self._record(Asset, asset_key(item_id, asset_id))

    def is_in_column(self, asset: Asset) -> bool:
        """Whether a column of its item shows the file: such a file comes with the column."""
        item = None if asset.update_id else self.item(asset.item_id)
        return item is not None and item.shows_file(asset.id)

    def rows(self, kind: str, board_id: str = "") -> Iterator[StagedRecord]:
        """Records as they are stored, with their hash; `kind` as in `records.KINDS`."""
        newest = self._newest()
        rows = self._records.of(self._name, kind, board_id)
        return (row for row in rows if row.fetched >= newest)

    def gone(self, kind: str, board_id: str = "") -> Iterator[StagedRecord]:
        """What an older reading found and the newest did not.

        Ask only about boards that are not in the reading's `unread`.
        """
        newest = self._newest()
        rows = self._records.of(self._name, kind, board_id)
        return (row for row in rows if row.fetched < newest and row.kind != _READING)

    def row(self, kind: str, record_id: str) -> StagedRecord | None:
        """One record as it is stored (a file's id is `asset_key`)."""
        return self._records.get(self._name, kind, record_id)

    def is_seen(self, row: StagedRecord) -> bool:
        """Whether the newest complete reading found it."""
        return row.fetched >= self._newest()

    def _newest(self) -> int:
        reading = self.reading
        return reading.number if reading else 0

    def _all(self, kind: type[R], board_id: str) -> Iterator[R]:
        rows = self.rows(kind.__name__.lower(), board_id)
        return (values.loads(kind, row.body) for row in rows)

    def _record(self, kind: type[R], record_id: str) -> R | None:
        row = self.row(kind.__name__.lower(), record_id)
        return values.loads(kind, row.body) if row else None
