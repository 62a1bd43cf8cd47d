"""Choices about automations, made while the bot runs, as `[automations.by_name]` has them."""

from collections.abc import Mapping

import orjson
from sqlalchemy import Column, Table, Text, delete, select

from clickup_mlops.json_types import JsonObject
from clickup_mlops.store.database.engine import Database
from clickup_mlops.store.database.readers import EVERYBODY
from clickup_mlops.store.database.schema import metadata
from clickup_mlops.store.tables import store_table

automation_choice = Table(
    "automation_choice",
    metadata,
    Column("automation", Text, primary_key=True),
    Column("choice", Text, nullable=False),
    info=EVERYBODY,
)


class AutomationChoices:
    """A row for each automation about which somebody chose something."""

    def __init__(self, database: Database) -> None:
        self._database = database
        statement = database.insert(automation_choice)
        self._upsert = statement.on_conflict_do_update(
            index_elements=["automation"], set_={"choice": statement.excluded.choice}
        )

    def put(self, automation: str, choice: JsonObject) -> None:
        """In place of an earlier one."""
        row = {"automation": automation, "choice": orjson.dumps(choice).decode()}
        self._database.write(lambda connection: connection.execute(self._upsert, row))

    def remove(self, automation: str) -> None:
        """It is as the settings have it."""
        statement = delete(automation_choice).where(automation_choice.c.automation == automation)
        self._database.write(lambda connection: connection.execute(statement))

    def all(self) -> Mapping[str, JsonObject]:
        """The choices by automation."""
        query = select(automation_choice).order_by(automation_choice.c.automation)
        return {name: orjson.loads(choice) for name, choice in self._database.rows(query)}


TABLE = store_table(AutomationChoices)
