"""Throw-away databases for tests."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy
from sqlalchemy.engine import make_url

DEFAULT = "postgresql+psycopg://root@127.0.0.1:5432/test"


@contextmanager
def fresh_postgres() -> Iterator[str]:
    """The address of a new, empty database; it is dropped afterwards."""
    base = make_url(os.environ.get("CLICKUP_MLOPS_TEST_POSTGRES", DEFAULT))
    name = f"clickup_mlops_{secrets.token_hex(4)}"
    engine = sqlalchemy.create_engine(
        base, isolation_level="AUTOCOMMIT", connect_args={"connect_timeout": 2}
    )
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql(f'create database "{name}"')
    except sqlalchemy.exc.OperationalError as problem:
        pytest.skip(f"PostgreSQL does not answer: {str(problem.orig).splitlines()[0]}")
    try:
        yield base.set(database=name).render_as_string(hide_password=False)
    finally:
        with engine.connect() as connection:
            connection.exec_driver_sql(f'drop database if exists "{name}" with (force)')
        engine.dispose()
