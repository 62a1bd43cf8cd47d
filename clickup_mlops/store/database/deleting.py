"""Deletes many rows in small transactions, so that no other write waits long."""

from typing import Final

from sqlalchemy import ColumnElement, Table, delete, select, tuple_

from clickup_mlops.store.database.engine import Database

BATCH: Final = 2_000
"""Rows that one transaction deletes."""


def delete_all(
    database: Database, table: Table, condition: ColumnElement[bool], *, durable: bool = False
) -> int:
    """Deletes the rows that meet the condition; how many there were."""
    key = [*table.primary_key.columns]
    keys = select(*key).where(condition).limit(BATCH)
    row = key[0] if len(key) == 1 else tuple_(*key)
    statement = delete(table).where(row.in_(keys))
    total = 0
    while True:
        deleted: int = database.write(
            lambda connection: connection.execute(statement).rowcount, durable=durable
        )
        total += deleted
        if deleted < BATCH:
            return total
