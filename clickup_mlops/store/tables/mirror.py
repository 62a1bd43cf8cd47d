"""The mirror: each task as it was last read, so that one read serves many decisions."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, cast

import orjson
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Index,
    LargeBinary,
    Select,
    SmallInteger,
    Table,
    Text,
    bindparam,
    case,
    delete,
    func,
    literal_column,
    null,
    or_,
    select,
    text,
    union_all,
    update,
)

from clickup_mlops.store.database.engine import Database, Insert
from clickup_mlops.store.database.readers import OF_LIST, readers
from clickup_mlops.store.database.schema import metadata, partial
from clickup_mlops.store.tables import Expiry, store_table

PAGE: Final = 500
"""Tasks that `each_open` reads at once."""
_DONE: Final = "done"
_FINISHED: Final = ("closed", _DONE)

mirror = Table(
    "mirror",
    metadata,
    Column("task_id", Text, primary_key=True),
    Column("workspace", Text, nullable=False),
    Column("list_id", Text, nullable=False),
    Column("is_open", Boolean(create_constraint=False), nullable=False),
    Column("priority", SmallInteger),
    Column("item_type", BigInteger),
    Column("updated_ms", BigInteger, nullable=False),
    Column("fetched_ms", BigInteger, nullable=False),
    Column("seen", BigInteger, nullable=False),
    Column("raw", LargeBinary, nullable=False),
    Column("parent_id", Text),
    Column("created_ms", BigInteger),
    Column("first_ms", BigInteger),
    Column("serves", Boolean(create_constraint=False)),
    partial("ix_mirror_open", "list_id", "priority", "task_id", "created_ms", where="is_open"),
    partial("ix_mirror_open_fetched_ms", "fetched_ms", where="is_open"),
    partial("ix_mirror_item_type", "item_type", "task_id", where="item_type > 0"),
    partial("ix_mirror_parent_id", "parent_id", "task_id", where="parent_id is not null"),
    partial("ix_mirror_serves", "list_id", where="serves"),
    Index(None, "updated_ms"),
    info=readers(OF_LIST),
)
"""`is_open`: it needs attention. `serves`: though it is finished, because its service runs."""


@dataclass(frozen=True, slots=True)
class MirrorRow:
    """A task as ClickUp sent it, when we read it and when it had last changed (ms).

    `event_number`: it includes the changes of every event of the inbox up to this number.
    """

    task_id: str
    raw: dict[str, Any]
    fetched_ms: int
    updated_ms: int
    event_number: int


Serves = Callable[[Mapping[str, Any]], bool]
"""Whether a finished task, as ClickUp sent it, stands for a service that runs."""


class Mirror:
    """Tasks by id. A task that was read earlier never replaces one that was read later.

    A task is open here if it is not finished, or if it `serves`: who has the policy sets that.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._upsert = _upsert_statement(database)
        self.serves: Serves = lambda _raw: False

    def get(self, task_id: str) -> MirrorRow | None:
        """The task as last read, or None."""
        return next(map(_row, self._database.rows(_ONE, task_id=task_id)), None)

    def first_ms(self, task_id: str) -> int:
        """When the task was read for the first time (ms); 0: not known."""
        return next((ms or 0 for (ms,) in self._database.rows(_FIRST, task_id=task_id)), 0)

    def get_many(self, task_ids: Sequence[str]) -> dict[str, MirrorRow]:
        """The tasks that are known, by id."""
        if not task_ids:
            return {}
        if len(task_ids) == 1:  # much cheaper, and the common case
            task = self.get(task_ids[0])
            return {task.task_id: task} if task else {}
        with self._database.reading() as connection:
            rows = connection.execute(_SEVERAL, {"task_ids": [*task_ids]}).all()
        return {row.task_id: row for row in map(_row, rows)}

    def filter_known(self, task_ids: Iterable[str]) -> frozenset[str]:
        """Those of these ids whose tasks are known; no task is read."""
        ids = [*task_ids]
        with self._database.reading() as connection:
            return frozenset(
                task_id
                for start in range(0, len(ids), _AT_ONCE)
                for (task_id,) in connection.execute(
                    _KNOWN, {"task_ids": ids[start : start + _AT_ONCE]}
                )
            )

    def put_many(
        self,
        workspace: str,
        raws: Iterable[Mapping[str, Any]],
        fetched_ms: int,
        *,
        event_number: int = 0,
        wait: bool = True,
    ) -> None:
        """Stores what was just read; `raws` are task objects of the API.

        `event_number` is that of the newest event (`Waiting.newest`) from before the call; 0: not
        known. `wait` False: with this thread's next write, of one task the last that was put.
        """
        rows = [
            _as_row(workspace, raw, fetched_ms, event_number, serves=self._serves(raw))
            for raw in raws
        ]
        if wait and rows:
            self._database.put([(self._upsert, row) for row in rows], wait=True)
        elif not wait:
            for row in rows:
                earlier = self._database.defer_newest(self._upsert, row, "task_id")
                if earlier is not None:
                    row["first_ms"] = earlier["first_ms"]
                    row["seen"] = max(cast(int, earlier["seen"]), event_number)

    def is_open(self, raw: Mapping[str, Any]) -> bool:
        """Whether a task needs attention: it is not finished, or its service runs."""
        return _type_of(raw) not in _FINISHED or self._serves(raw)

    def update_services(self) -> int:
        """Finds out anew which finished tasks serve, after the policy has changed. Gives how many
        tasks are others than before. However many there are, `PAGE` are in memory.
        """
        changed, last = 0, ""
        while rows := self._database.rows(_FINISHED_PAGE, last=last, limit=PAGE):
            last = rows[-1][0]
            news = [
                {"task": task_id, "updated": updated_ms, "now": serves}
                for task_id, raw, before, updated_ms in rows
                if (serves := self._serves(orjson.loads(raw))) != bool(before)
            ]
            if news:
                self._database.put([(_SERVES, row) for row in news], wait=True)
            changed += len(news)
        return changed

    def _serves(self, raw: Mapping[str, Any]) -> bool:
        return _type_of(raw) == _DONE and self.serves(raw)

    def remove(self, task_id: str) -> None:
        """Removes a task that was deleted."""
        statement = delete(mirror).where(mirror.c.task_id == task_id)
        self._database.write(lambda connection: connection.execute(statement))

    def all_open(self, list_id: str) -> list[MirrorRow]:
        """The open tasks of one list, by id."""
        return [_row(row) for row in self._database.rows(_OPEN_IN_LIST, list_id=list_id)]

    def open_versions(self, list_id: str, limit: int) -> dict[str, tuple[int, int]]:
        """When each open task of one list had last changed and was read (ms), by id; at most
        `limit` of them.
        """
        rows = self._database.rows(_OPEN_VERSIONS, list_id=list_id, limit=limit)
        return {task_id: (updated_ms, fetched_ms) for task_id, updated_ms, fetched_ms in rows}

    def iterate(self) -> Iterator[MirrorRow]:
        """The tasks of all lists, by id. However many there are, `PAGE` are in memory."""
        return self._paged(_PAGE)

    def each_open(self) -> Iterator[MirrorRow]:
        """The open ones of them."""
        return self._paged(_OPEN_PAGE)

    def _paged(self, page: Select[Any]) -> Iterator[MirrorRow]:
        last: str | None = ""
        while last is not None:
            rows = self._database.rows(page, last=last, limit=PAGE)
            last = rows[-1][0] if len(rows) == PAGE else None
            yield from map(_row, rows)

    def children(self, parent_id: str, limit: int) -> list[MirrorRow]:
        """The known subtasks of a task, open or not, by id."""
        return [_row(row) for row in self._database.rows(_CHILDREN, parent=parent_id, limit=limit)]

    def unseen(self, since_ms: int, limit: int) -> list[str]:
        """The open tasks that were not read since then, longest first."""
        rows = self._database.rows(_UNSEEN, since_ms=since_ms, limit=limit)
        return [task_id for (task_id,) in rows]

    def read_since(self, since_ms: int) -> dict[str, int]:
        """When each open task was read last (ms) that was read since then, by id."""
        rows = self._database.rows(_READ_SINCE, since_ms=since_ms)
        return {str(task_id): int(read_ms) for task_id, read_ms in rows}

    def read_times(self, task_ids: Iterable[str]) -> dict[str, int]:
        """When each of these tasks was read last (ms), as far as they are known; none is read."""
        ids, times = [*task_ids], dict[str, int]()
        with self._database.reading() as connection:
            for start in range(0, len(ids), _AT_ONCE):
                some_ids = {"task_ids": ids[start : start + _AT_ONCE]}
                times |= {
                    row.task_id: row.fetched_ms for row in connection.execute(_TIMES, some_ids)
                }
        return times

    def newest(self, limit: int) -> list[MirrorRow]:
        """The tasks, open or not, that changed last."""
        return [_row(row) for row in self._database.rows(_NEWEST, limit=limit)]

    def earlier_with(self, texts: Sequence[str], created_ms: int, limit: int) -> list[MirrorRow]:
        """Tasks, created before, that contain one of these texts as it is; the oldest first. Reads
        every older task: for rare questions.
        """
        values = {f"text_{n}": orjson.dumps(text)[1:-1] for n, text in enumerate(texts)}
        query = _containing(len(texts), is_sqlite=self._database.is_sqlite)
        rows = self._database.rows(query, created=created_ms, limit=limit, **values)
        return [_row(row) for row in rows]

    def open_lists(self) -> list[str]:
        """The lists that have open tasks, by id."""
        return sorted(list_id for (list_id,) in self._database.rows(_OPEN_LISTS))

    def open_and_urgent(self, list_id: str, *, besides: str = "") -> tuple[int, frozenset[str]]:
        """How many open tasks the list has, and the ids of those that are Urgent. The task
        `besides` is left out.
        """
        rows = self._database.rows(_OPEN_AND_URGENT, list_id=list_id, besides=besides)
        urgent = frozenset(task_id for task_id, _count in rows if task_id is not None)
        return sum(count for _task_id, count in rows), urgent


@cache
def _containing(count: int, *, is_sqlite: bool) -> Select[Any]:
    """`is_sqlite`: the databases have different functions for a part of bytes."""
    texts: list[Any] = [bindparam(f"text_{n}", type_=LargeBinary) for n in range(count)]
    places = (
        func.instr(mirror.c.raw, text) if is_sqlite else func.position(text.op("IN")(mirror.c.raw))
        for text in texts
    )
    return (
        _SELECT.where(mirror.c.created_ms < bindparam("created"), or_(*(at > 0 for at in places)))
        .order_by(mirror.c.created_ms, mirror.c.task_id)
        .limit(bindparam("limit"))
    )


def _type_of(raw: Mapping[str, Any]) -> str:
    return (raw.get("status") or {}).get("type") or ""


def _as_row(
    workspace: str, raw: Mapping[str, Any], fetched_ms: int, event_number: int, *, serves: bool
) -> dict[str, object]:
    priority, item_type = (raw.get("priority") or {}).get("id"), raw.get("custom_item_id")
    return {
        "task_id": raw["id"],
        "workspace": workspace,
        "list_id": str((raw.get("list") or {}).get("id", "")),
        "is_open": serves or _type_of(raw) not in _FINISHED,
        "serves": serves,
        "priority": None if priority is None else int(priority),
        "item_type": item_type if isinstance(item_type, int) else None,
        "updated_ms": int(raw.get("date_updated") or raw.get("date_created") or 0),
        "fetched_ms": fetched_ms,
        "seen": event_number,
        "raw": orjson.dumps(raw),
        "parent_id": str(raw["parent"]) if raw.get("parent") else None,
        "created_ms": int(raw["date_created"]) if raw.get("date_created") else None,
        "first_ms": fetched_ms,
    }


def _row(columns: Sequence[Any]) -> MirrorRow:
    task_id, raw, *times = columns
    return MirrorRow(task_id, orjson.loads(raw), *times)


def _upsert_statement(database: Database) -> Insert:
    insert = database.insert(mirror)
    new = insert.excluded
    names = {column.name for column in mirror.columns} - {"task_id", "first_ms"}
    return insert.on_conflict_do_update(
        index_elements=["task_id"],
        # Whatever an earlier reading included, this one does, too.
        set_={name: new[name] for name in sorted(names)}
        | {"seen": case((new.seen > mirror.c.seen, new.seen), else_=mirror.c.seen)},
        where=(new.updated_ms > mirror.c.updated_ms)
        | ((new.updated_ms == mirror.c.updated_ms) & (new.fetched_ms >= mirror.c.fetched_ms)),
    )


_SELECT = select(
    mirror.c.task_id, mirror.c.raw, mirror.c.fetched_ms, mirror.c.updated_ms, mirror.c.seen
)
_ONE = _SELECT.where(mirror.c.task_id == bindparam("task_id"))
_FIRST = select(mirror.c.first_ms).where(mirror.c.task_id == bindparam("task_id"))
_SEVERAL = _SELECT.where(mirror.c.task_id.in_(bindparam("task_ids", expanding=True)))
_KNOWN = select(mirror.c.task_id).where(mirror.c.task_id.in_(bindparam("task_ids", expanding=True)))
_AT_ONCE: Final = 1_000
_NEWEST = _SELECT.order_by(mirror.c.updated_ms.desc()).limit(bindparam("limit"))
_is_open = text("is_open")  # as in the indexes
_OPEN = _SELECT.where(_is_open).order_by(mirror.c.task_id)
_after = mirror.c.task_id > bindparam("last")
_PAGE = _SELECT.where(_after).order_by(mirror.c.task_id).limit(bindparam("limit"))
_OPEN_PAGE = _OPEN.where(_after).limit(bindparam("limit"))
_is_finished = mirror.c.is_open.is_(False) | mirror.c.serves
_FINISHED_PAGE = (
    select(mirror.c.task_id, mirror.c.raw, mirror.c.serves, mirror.c.updated_ms)
    .where(_is_finished, mirror.c.task_id > bindparam("last"))
    .order_by(mirror.c.task_id)
    .limit(bindparam("limit"))
)
_SERVES = (
    update(mirror)
    .where(mirror.c.task_id == bindparam("task"), mirror.c.updated_ms == bindparam("updated"))
    .where(_is_finished)
    .values(serves=bindparam("now"), is_open=bindparam("now"))
)
_OPEN_IN_LIST = _OPEN.where(mirror.c.list_id == bindparam("list_id"))
_OPEN_VERSIONS = (
    select(mirror.c.task_id, mirror.c.updated_ms, mirror.c.fetched_ms)
    .where(_is_open, mirror.c.list_id == bindparam("list_id"))
    .order_by(mirror.c.task_id)
    .limit(bindparam("limit"))
)
_CHILDREN = (
    _SELECT.where(mirror.c.parent_id == bindparam("parent"))
    .order_by(mirror.c.task_id)
    .limit(bindparam("limit"))
)
_UNSEEN = (
    select(mirror.c.task_id)
    .where(_is_open, mirror.c.fetched_ms < bindparam("since_ms"))
    .order_by(mirror.c.fetched_ms)
    .limit(bindparam("limit"))
)
_READ_TIMES = select(mirror.c.task_id, mirror.c.fetched_ms)
_READ_SINCE = _READ_TIMES.where(_is_open, mirror.c.fetched_ms >= bindparam("since_ms"))
_TIMES = _READ_TIMES.where(mirror.c.task_id.in_(bindparam("task_ids", expanding=True)))
_OPEN_LISTS = select(mirror.c.list_id).where(_is_open).distinct()
# One statement, so that both are of one moment: the number, then an id for each Urgent task.
_OTHERS_IN_LIST = (
    mirror.c.list_id == bindparam("list_id"),
    _is_open,
    mirror.c.task_id != bindparam("besides"),
)
_OPEN_AND_URGENT = union_all(
    select(null(), func.count()).where(*_OTHERS_IN_LIST),
    select(mirror.c.task_id, literal_column("0")).where(*_OTHERS_IN_LIST, mirror.c.priority == 1),
)


def _closed(before_ms: int) -> ColumnElement[bool]:
    return mirror.c.is_open.is_(False) & (mirror.c.fetched_ms < before_ms)


TABLE = store_table(Mirror, Expiry("closed_tasks", mirror, _closed))
