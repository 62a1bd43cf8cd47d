"""New tables in no time: what Alembic does to an empty database is recorded once, then repeated.

Alembic takes 0.3 s, and a thousand tests want a new store. Tests of the migrations, and programs
that tests start, run Alembic itself.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final, NamedTuple

import pytest
from sqlalchemy import Connection, event, inspect

from clickup_mlops.store import migrations

_run: Final = migrations.run
_LOCATIONS: Final = [*migrations.LOCATIONS]


class _Statement(NamedTuple):
    text: str
    values: Any
    is_for_many: bool


_recorded: dict[str, list[_Statement]] = {}
"""By the kind of database."""


def run(connection: Connection, *older: str) -> None:
    """As `migrations.run`."""
    if older or migrations.LOCATIONS != _LOCATIONS or inspect(connection).get_table_names():
        _run(connection, *older)
    elif statements := _recorded.get(connection.dialect.name):
        cursor = connection.connection.cursor()
        for statement in statements:
            execute = cursor.executemany if statement.is_for_many else cursor.execute
            execute(statement.text, statement.values)
    else:
        with _recording(connection) as statements:
            _run(connection)
        _recorded[connection.dialect.name] = statements


@contextmanager
def _recording(connection: Connection) -> Iterator[list[_Statement]]:
    statements: list[_Statement] = []

    def record(_connection: Any, _cursor: Any, text: str, values: Any, _: Any, many: bool) -> None:
        if not text.lstrip().lower().startswith(("select", "pragma")):
            statements.append(_Statement(text, values, many))

    event.listen(connection, "before_cursor_execute", record)
    try:
        yield statements
    finally:
        event.remove(connection, "before_cursor_execute", record)


@contextmanager
def repeated() -> Iterator[None]:
    """Migrations of new databases are repeated meanwhile."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(migrations, "run", run)
        yield


@pytest.fixture
def by_alembic(monkeypatch: pytest.MonkeyPatch) -> None:
    """This test runs Alembic itself."""
    monkeypatch.setattr(migrations, "run", _run)
