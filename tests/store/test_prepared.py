"""Statements are compiled once in a process, whatever number of databases runs them."""

from pathlib import Path

import pytest
from sqlalchemy import bindparam, literal, select

from clickup_mlops.store import Store
from clickup_mlops.store.database import prepared

DOUBLE = select((bindparam("number", type_=literal(0).type) * 2).label("double"))


def test_a_second_database_of_a_kind_compiles_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And has results of its own."""
    for name, number in (("a", 4), ("b", 5)):
        with Store.open(f"sqlite:///{tmp_path / name}.db") as store:
            database = store.database
            with database.reading() as connection:
                result = database.prepared.on(connection, DOUBLE, {"number": number})
        assert [tuple(row) for row in result.rows] == [(2 * number,)]
        monkeypatch.delattr(prepared, "_compile", raising=False)
