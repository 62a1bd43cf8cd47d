"""Cursors: named positions, for example how far the back-fill has read."""

from sqlalchemy import Column, Table, Text, bindparam, select

from clickup_mlops.store.database.engine import Database
from clickup_mlops.store.database.readers import EVERYBODY
from clickup_mlops.store.database.schema import metadata
from clickup_mlops.store.tables import store_table

cursor = Table(
    "cursor",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
    info=EVERYBODY,
)


class Cursors:
    """Named positions, for example how far the back-fill has read."""

    def __init__(self, database: Database) -> None:
        self._database = database
        statement = database.insert(cursor)
        self._upsert = statement.on_conflict_do_update(
            index_elements=["name"], set_={"value": statement.excluded.value}
        )

    def get(self, name: str) -> str | None:
        """The position, or None if none was set."""
        return next((value for (value,) in self._database.rows(_CURSOR, name=name)), None)

    def values(self, prefix: str) -> list[str]:
        """The positions whose names begin like this."""
        return [value for (value,) in self._database.rows(_PREFIXED, prefix=f"{prefix}%")]

    def set(self, name: str, value: str) -> None:
        """Stores the position."""
        row = {"name": name, "value": value}
        self._database.write(lambda connection: connection.execute(self._upsert, row))


_CURSOR = select(cursor.c.value).where(cursor.c.name == bindparam("name"))
_PREFIXED = select(cursor.c.value).where(cursor.c.name.like(bindparam("prefix")))

TABLE = store_table(Cursors)
