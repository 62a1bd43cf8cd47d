"""Many new rows with one statement, because between two statements other threads take over."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import chain
from typing import Final

from sqlalchemy import (
    BigInteger,
    Connection,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    TextClause,
    text,
)

from clickup_mlops.store.database.engine import Database
from clickup_mlops.store.database.prepared import Statement

Row = Mapping[str, object]

_MOST: Final = 16
"""Rows in one statement of SQLite, which wants a parameter for each value."""
_TYPES: Final = {
    BigInteger: "bigint",
    Integer: "int",
    LargeBinary: "bytea",
    SmallInteger: "smallint",
    Text: "text",
}


class ManyRows:
    """Inserts rows unless there is one with the same value in the column `unique`.

    All rows have exactly these columns.
    """

    def __init__(
        self, database: Database, table: Table, columns: Iterable[str], *, unique: str
    ) -> None:
        self._run, self._unique = database.prepared.on, unique
        self._statements = self._with_lists if database.is_sqlite else self._with_arrays
        types = {name: _TYPES[type(table.c[name].type)] for name in columns}
        arrays = ", ".join(f"cast(:{name} as {kind}[])" for name, kind in types.items())
        into = f"insert into {table.name} ({', '.join(types)})"
        self._end = f"on conflict ({unique}) do nothing returning {unique}"
        self._arrays = f"{into} select * from unnest({arrays}) {self._end}"  # noqa: S608 - our names
        self._into, self._names = into, tuple(types)

    def insert(self, connection: Connection, rows: Sequence[Row]) -> list[bool]:
        """Which of the rows were new, in their order; of two with one key the first is."""
        ran = (self._run(connection, *statement).rows for statement in self._statements(rows))
        added = {key for (key,) in chain.from_iterable(ran)}
        news = []
        for row in rows:
            news.append(row[self._unique] in added)
            added.discard(row[self._unique])
        return news

    def _with_arrays(self, rows: Sequence[Row]) -> Iterator[Statement]:
        """PostgreSQL's: a list for each column, so one text for any number of rows."""
        if rows:
            yield _parsed(self._arrays), {name: [row[name] for row in rows] for name in rows[0]}

    def _with_lists(self, rows: Sequence[Row]) -> Iterator[Statement]:
        for at in range(0, len(rows), _MOST):
            batch = rows[at : at + _MOST]
            values = {f"{name}_{n}": row[name] for n, row in enumerate(batch) for name in row}
            yield self._with_values(len(batch)), values

    def _with_values(self, count: int) -> TextClause:
        rows = (", ".join(f":{name}_{row}" for name in self._names) for row in range(count))
        return _parsed(f"{self._into} values ({'), ('.join(rows)}) {self._end}")


@cache
def _parsed(statement: str) -> TextClause:
    # SQLAlchemy looks for parameters in the text; there are as many statements as batch sizes.
    return text(statement)
