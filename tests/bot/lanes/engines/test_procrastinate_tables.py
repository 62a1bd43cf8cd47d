"""Procrastinate's tables are made once, however many processes start together."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from clickup_mlops.bot.lanes.engines._procrastinate_tables import create_once, list_created_objects
from clickup_mlops.errors import ConfigError, StoreUnavailable
from tests.bot.databases import fresh_postgres
from tests.own_postgres import own_postgres

pytestmark = pytest.mark.services

ROOT = Path(__file__).parents[4]
PROCESSES = 6
# They wait for one another, so that all of them find the database empty.
START = """
import sys
from clickup_mlops.bot.lanes.engines._procrastinate_tables import create_once
print("ready", flush=True)
for address in sys.stdin:
    create_once(address.strip())
    print("done", flush=True)
"""


def test_processes_that_start_together_make_them_once() -> None:
    """Again and again, on a database that is empty each time."""
    starts = [_start() for _ in range(PROCESSES)]
    try:
        assert [_line(start) for start in starts] == ["ready"] * PROCESSES
        for _ in range(5):
            with fresh_postgres() as url:
                for start in starts:
                    assert start.stdin
                    start.stdin.write(f"{url}\n")
                    start.stdin.flush()
                assert [_line(start) for start in starts] == ["done"] * PROCESSES
    finally:
        for start in starts:
            start.kill()
            start.communicate()


def _start() -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", START],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def _line(start: "subprocess.Popen[str]") -> str:
    assert start.stdout
    return start.stdout.readline().strip()


@pytest.mark.parametrize(
    "statement",
    [
        "drop function procrastinate_fetch_job_v2",
        "drop table procrastinate_workers cascade",
        "drop type procrastinate_job_to_defer_v1 cascade",
    ],
)
def test_a_schema_that_is_there_in_part_is_told_and_left_alone(
    postgres_url: str, statement: str
) -> None:
    """It may be another version's, with other programs' jobs: what is missing is named."""
    create_once(postgres_url)
    name = statement.split()[2]
    _run(postgres_url, statement)

    with pytest.raises(ConfigError, match=name) as refused:
        create_once(postgres_url)
    assert "migrations" in refused.value.hint


def test_a_user_who_may_not_make_them_is_told_so() -> None:
    """In words; nothing is left half made."""
    with own_postgres() as server:
        server.create("guarded")
        server.sql("create role guest login password 'hunter22'")
        with pytest.raises(ConfigError, match="permission denied") as refused:
            create_once(server.url("guarded", user="guest"))
        assert "owner" in refused.value.hint
        create_once(server.url("guarded"))


def test_a_database_that_is_away_may_be_tried_again() -> None:
    """It is told apart from what only a person can mend."""
    with pytest.raises(StoreUnavailable):
        create_once("postgresql+psycopg://bot@127.0.0.1:1/bot")


def test_every_kind_of_thing_in_the_schema_is_looked_for() -> None:
    """Names of tables, types and functions are read from the statements that make them."""
    schema = "CREATE TABLE procrastinate_a(\nCREATE FUNCTION procrastinate_b_v1()\n"

    assert list_created_objects(schema + "CREATE TYPE procrastinate_c AS ENUM (") == {
        "tables": ["procrastinate_a"],
        "types": ["procrastinate_c"],
        "functions": ["procrastinate_b_v1"],
    }


def _run(url: str, statement: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.exec_driver_sql(statement)
    engine.dispose()
