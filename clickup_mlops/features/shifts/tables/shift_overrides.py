"""Overrides: who is on call for some time whatever the rotation says."""

from collections.abc import Iterator
from typing import Any

import orjson
from sqlalchemy import BigInteger, Column, Table, Text, and_, delete, select

from clickup_mlops.json_types import JsonObject
from clickup_mlops.store.database.engine import Database
from clickup_mlops.store.database.readers import NOBODY
from clickup_mlops.store.database.schema import metadata
from clickup_mlops.store.tables import Expiry, store_table

shift_override = Table(
    "shift_override",
    metadata,
    Column("rotation", Text, primary_key=True),
    Column("begin_ms", BigInteger, primary_key=True, autoincrement=False),
    Column("at_ms", BigInteger, primary_key=True, autoincrement=False),
    Column("end_ms", BigInteger, nullable=False),
    Column("override", Text, nullable=False),
    info=NOBODY,
)


class ShiftOverrides:
    """A row for each time for which somebody took a rotation over. What the effect `shift` writes
    is `{"person", "name", "begin_ms", "end_ms", "at_ms", "automation", "user", "user_id",
    "because", "task_id"}`: `person` is a user's id, `at_ms` when `user` said it, on that task.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        statement = database.insert(shift_override)
        self._upsert = statement.on_conflict_do_update(
            index_elements=["rotation", "begin_ms", "at_ms"],
            set_={name: statement.excluded[name] for name in ("end_ms", "override")},
        )

    def put(self, rotation: str, override: JsonObject) -> None:
        """Beside what was said at other times."""
        times: dict[str, Any] = {name: override[name] for name in ("begin_ms", "at_ms", "end_ms")}
        row = {"rotation": rotation, "override": orjson.dumps(override).decode(), **times}
        self._database.write(lambda connection: connection.execute(self._upsert, row))

    def remove(self, rotation: str, begin_ms: int, at_ms: int) -> None:
        """What was said before holds again."""
        statement = delete(shift_override).where(_is(rotation, begin_ms, at_ms))
        self._database.write(lambda connection: connection.execute(statement))

    def get(self, rotation: str, begin_ms: int, at_ms: int) -> JsonObject | None:
        """The override that begins at the one time and was said at the other."""
        query = select(shift_override.c.override).where(_is(rotation, begin_ms, at_ms))
        return next((orjson.loads(body) for (body,) in self._database.rows(query)), None)

    def of(self, rotation: str, now_ms: int) -> list[dict[str, Any]]:
        """Those that have not ended, in the order in which they were said: the last one holds."""
        return sorted(self._read(rotation, now_ms), key=lambda override: override["at_ms"])

    def _read(self, rotation: str, now_ms: int) -> Iterator[Any]:
        is_current = and_(shift_override.c.rotation == rotation, shift_override.c.end_ms > now_ms)
        query = select(shift_override.c.override).where(is_current)
        return (orjson.loads(body) for (body,) in self._database.rows(query))


def _is(rotation: str, begin_ms: int, at_ms: int) -> Any:
    columns = shift_override.c
    return and_(columns.rotation == rotation, columns.begin_ms == begin_ms, columns.at_ms == at_ms)


TABLE = store_table(
    ShiftOverrides,
    Expiry("overrides", shift_override, lambda before: shift_override.c.end_ms < before),
)
