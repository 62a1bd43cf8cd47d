"""Modes of Lists: in which Lists the bot writes, or does not, whatever `automations.mode` says."""

from collections.abc import Mapping
from typing import Final, Literal

from sqlalchemy import Column, Table, Text, delete, select

from clickup_mlops.store.database.engine import Database
from clickup_mlops.store.database.readers import OF_LIST, readers
from clickup_mlops.store.database.schema import metadata
from clickup_mlops.store.tables import store_table

ListMode = Literal["on", "shadow"]
LIST_MODES: Final[tuple[ListMode, ...]] = ("on", "shadow")

list_mode = Table(
    "list_mode",
    metadata,
    Column("list_id", Text, primary_key=True),
    Column("mode", Text, nullable=False),
    info=readers(OF_LIST),
)


class ListModes:
    """A row for each List that has a mode of its own."""

    def __init__(self, database: Database) -> None:
        self._database = database
        statement = database.insert(list_mode)
        self._upsert = statement.on_conflict_do_update(
            index_elements=["list_id"], set_={"mode": statement.excluded.mode}
        )

    def put(self, list_id: str, mode: ListMode) -> None:
        """In place of an earlier one."""
        row = {"list_id": list_id, "mode": mode}
        self._database.write(lambda connection: connection.execute(self._upsert, row))

    def remove(self, list_id: str) -> None:
        """The List is as the bot is."""
        statement = delete(list_mode).where(list_mode.c.list_id == list_id)
        self._database.write(lambda connection: connection.execute(statement))

    def all(self) -> Mapping[str, ListMode]:
        """The modes by List."""
        rows = self._database.rows(select(list_mode))
        return {name: mode for name, text in rows for mode in LIST_MODES if mode == text}


TABLE = store_table(ListModes)
