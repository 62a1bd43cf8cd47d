"""Both sides by item, in a file: 100,000 tasks need little memory."""

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Any, Final, Self, TypeVar

import orjson
from pydantic import TypeAdapter

from clickup_mlops.features.migration.batches import batches
from clickup_mlops.features.migration.records import Asset, Item, Update, dumps, kind_of, loads
from clickup_mlops.features.migration.verify.task_state import TaskState

BATCH: Final = 500
T = TypeVar("T")

_TABLES = """
create table task (id text primary key, item text not null, related integer not null, body blob);
create index task_item on task (item);
create table item (id text primary key, name text not null, board text not null);
create table wanted (item text, kind text, field text, other text);
create index wanted_item on wanted (item, kind);
create table part (item text not null, kind text not null, body blob);
create index part_item on part (item, kind);
pragma journal_mode = off;
pragma synchronous = off;
pragma cache_size = -16384;
"""
_SEEN: Final = TypeAdapter(TaskState)


@dataclass(frozen=True, slots=True)
class Named:
    """An item of the source."""

    id: str
    name: str
    board: str


@dataclass(frozen=True, slots=True)
class Relation:
    """The item's task must be related to another's; `kind`: `dependencies`, `links` or `field`."""

    item: str
    kind: str
    field: str
    other: str


class Index:
    """Use it in a `with`; the file is gone afterwards. One thread."""

    def __init__(self) -> None:
        self._folder = TemporaryDirectory(prefix="clickup-mlops-verify-")
        self._file = sqlite3.connect(Path(self._folder.name) / "index.db", isolation_level=None)
        self._file.executescript(_TABLES)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._file.close()
        self._folder.cleanup()

    # -- ClickUp's side

    def put_tasks(self, tasks: Iterable[TaskState]) -> int:
        """Keep tasks; how many there were."""
        rows = ((task.id, task.item, _is_related(task), _packed(task)) for task in tasks)
        return self._write("insert or replace into task values (?, ?, ?, ?)", rows)

    def tasks_of(self, item_id: str) -> tuple[TaskState, ...]:
        """The tasks that say they are this item's, the one with the smallest id first."""
        rows = self._rows("select body from task where item = ? order by id", item_id)
        return tuple(_SEEN.validate_json(body) for (body,) in rows)

    def item_of(self, task_id: str) -> str:
        """The item that a task stands for; empty if it is none of ours."""
        rows = self._rows("select item from task where id = ?", task_id)
        return next((item for (item,) in rows), "")

    def related(self) -> Iterator[TaskState]:
        """The tasks of known items that wait for others, are linked, or should be."""
        rows = self._pages(
            "select id, body from task where id > ? and item in (select id from item)"
            " and (related or item in (select item from wanted)) order by id limit ?"
        )
        return (_SEEN.validate_json(body) for body in rows)

    def extra(self) -> Iterator[TaskState]:
        """The tasks that say they are items which the source does not have."""
        rows = self._pages(
            "select id, body from task where id > ? and item <> ''"
            " and item not in (select id from item) order by id limit ?"
        )
        return (_SEEN.validate_json(body) for body in rows)

    # -- the source's side

    def put_item(self, item: Item) -> bool:
        """Note that the source has the item; False: it was noted before."""
        row = (item.id, item.name, item.board_id)
        return self._file.execute("insert or ignore into item values (?, ?, ?)", row).rowcount == 1

    def item(self, item_id: str) -> Named | None:
        """The item, if the source has it."""
        rows = self._rows("select id, name, board from item where id = ?", item_id)
        return next((Named(*row) for row in rows), None)

    def put_relations(self, relations: Iterable[Relation]) -> None:
        """Note how tasks must be related."""
        rows = (
            (relation.item, relation.kind, relation.field, relation.other) for relation in relations
        )
        self._write("insert into wanted values (?, ?, ?, ?)", rows)

    def relations_of(self, item_id: str) -> tuple[Relation, ...]:
        """How an item's task must be related."""
        rows = self._rows(
            "select distinct item, kind, field, other from wanted where item = ?", item_id
        )
        return tuple(Relation(*row) for row in rows)

    def put_parts(self, parts: Iterable[Update | Asset]) -> int:
        """Keep updates and files by item."""
        rows = ((part.item_id, kind_of(part), dumps(part)) for part in parts)
        return self._write("insert into part values (?, ?, ?)", rows)

    def having(self, kind: str) -> Iterator[Named]:
        """The items that have updates or files (`update`, `asset`)."""
        after = ""
        while rows := self._rows(
            "select id, name, board from item where id > ? and id in"
            " (select item from part where kind = ?) order by id limit ?",
            after,
            kind,
            BATCH,
        ):
            yield from (Named(*row) for row in rows)
            after = rows[-1][0]

    def updates(self, item_id: str) -> tuple[Update, ...]:
        """The item's updates as they were put."""
        return tuple(loads(Update, body) for body in self._parts(item_id, "update"))

    def assets(self, item_id: str) -> tuple[Asset, ...]:
        """The item's files."""
        return tuple(loads(Asset, body) for body in self._parts(item_id, "asset"))

    def _parts(self, item_id: str, kind: str) -> list[bytes]:
        rows = self._rows(
            "select body from part where item = ? and kind = ? order by rowid", item_id, kind
        )
        return [body for (body,) in rows]

    # -- SQL

    def _write(self, statement: str, rows: Iterable[tuple[object, ...]]) -> int:
        count = 0
        for batch in batches(rows, BATCH):
            self._file.execute("begin")
            self._file.executemany(statement, batch)
            self._file.execute("commit")
            count += len(batch)
        return count

    def _rows(self, select: str, *values: object) -> list[tuple[Any, ...]]:
        return self._file.execute(select, values).fetchall()

    def _pages(self, select: str) -> Iterator[bytes]:
        after = ""
        while rows := self._file.execute(select, (after, BATCH)).fetchall():
            yield from (body for _, body in rows)
            after = rows[-1][0]


def _is_related(task: TaskState) -> bool:
    references = any(field.type in ("tasks", "list_relationship") for field in task.fields.values())
    return bool(task.waits_for or task.links or references)


def _packed(task: TaskState) -> bytes:
    return orjson.dumps(asdict(task))
