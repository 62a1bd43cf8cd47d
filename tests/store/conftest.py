"""One set of promises, two databases: `store` is each of them, new and empty."""

import os
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError

from clickup_mlops.store import Store
from tests.empty import store_at

POSTGRES = os.environ.get(
    "CLICKUP_MLOPS_TEST_POSTGRES", "postgresql+psycopg://root@127.0.0.1:5432/test"
)


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'bot.db'}"


@pytest.fixture
def postgresql_url() -> Iterator[str]:
    """A schema of its own in the test database, dropped afterwards."""
    yield from _own_schema()


@pytest.fixture
def second_postgresql_url() -> Iterator[str]:
    """Another one."""
    yield from _own_schema()


def _own_schema() -> Iterator[str]:
    schema = f"store_{secrets.token_hex(6)}"
    admin = create_engine(POSTGRES, connect_args={"connect_timeout": 3})
    try:
        with admin.begin() as connection:
            connection.execute(text(f"create schema {schema}"))
    except OperationalError as problem:
        pytest.skip(f"PostgreSQL is not reachable: {problem.orig}")
    address = make_url(POSTGRES).update_query_dict({"options": f"-csearch_path={schema}"})
    yield address.render_as_string(hide_password=False)
    _drop(admin, schema)
    admin.dispose()


def _drop(admin: Engine, schema: str, tries: int = 5) -> None:
    """A session that has just been closed may be dropping its temporary views of the tables: then
    one of both is told of a deadlock.
    """
    try:
        with admin.begin() as connection:
            connection.execute(text(f"drop schema {schema} cascade"))
    except OperationalError:
        if tries == 1:
            raise
        _drop(admin, schema, tries - 1)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.services)])
def store_url(request: pytest.FixtureRequest) -> str:
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    if store_url.startswith("sqlite"):
        store_at(Path(make_url(store_url).database or ""))
    with Store.open(store_url) as opened:
        yield opened
