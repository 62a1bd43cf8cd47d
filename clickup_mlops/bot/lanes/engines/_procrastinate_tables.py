"""Procrastinate's tables, types and functions in the store's database: made once."""

import re
from typing import Final

from procrastinate.schema import SchemaManager
from sqlalchemy import Connection, text

from clickup_mlops.errors import ConfigError
from clickup_mlops.store.database.engine import Database

_LOCK: Final = 7_316_880_216
"""Any number; PostgreSQL's advisory lock is known by it."""
_CREATES: Final = re.compile(r"^CREATE (TABLE|TYPE|FUNCTION) (procrastinate_\w+)", re.MULTILINE)
_LOOK: Final = text(
    """
    select name from unnest(cast(:tables as text[])) name where to_regclass(name) is null
    union select name from unnest(cast(:types as text[])) name where to_regtype(name) is null
    union select name from unnest(cast(:functions as text[])) name where to_regproc(name) is null
    """
)


def create_once(store_url: str) -> None:
    """Make them unless they are there, in one transaction, however many processes do it together.

    Raises:
        StoreUnavailable: the database is away.
        ConfigError: only some of them are there, or this user may not make them.
    """
    database = Database(store_url, queue_limit=1, wait_s=1)
    try:
        database.write(_create)
    finally:
        database.close()


def _create(connection: Connection) -> None:
    connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    required = list_created_objects(schema := SchemaManager.get_schema())
    missing = {name for (name,) in connection.execute(_LOOK, required)}
    if not missing:
        return
    if missing != {name for names in required.values() for name in names}:
        raise ConfigError(
            f"engine.kind: Procrastinate's schema lacks {', '.join(sorted(missing))}",
            hint="It was made by another version, or restored in part. Apply the newer files of "
            f"{SchemaManager.get_migrations_path()}; or, if nothing else uses it, drop all that is "
            "called procrastinate_*: the bot makes it again, and events wait in the inbox.",
        )
    # Without parameters: many statements at once, and a % stays what it is.
    connection.exec_driver_sql(schema, execution_options={"no_parameters": True})


def list_created_objects(schema: str) -> dict[str, list[str]]:
    """What a schema creates: names of `tables`, `types` and `functions`."""
    statements = _CREATES.findall(schema)
    kinds = {"tables": "TABLE", "types": "TYPE", "functions": "FUNCTION"}
    return {key: [name for kind, name in statements if kind == word] for key, word in kinds.items()}
