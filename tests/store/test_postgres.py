"""PostgreSQL's connection: what is sent together, prepared and read."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from threading import Barrier

import psycopg
import pytest
from sqlalchemy import event, text
from sqlalchemy.engine import make_url

from clickup_mlops.store.database.connection_cache import IDLE
from clickup_mlops.store.database.engine import Database
from clickup_mlops.store.database.postgres import (
    MOST_PREPARED,
    OPTIONS,
    PostgresConnection,
)

pytestmark = pytest.mark.services
PAIR = b"select $1::bigint, $2::text"
COUNT = b"select count(*) from pg_temp.kept"
INSERT = b"insert into pg_temp.kept values ($1::bigint, $2::text)"


@pytest.fixture
def connection(postgresql_url: str) -> Iterator[PostgresConnection]:
    """With a table of its own."""
    url = make_url(postgresql_url).set(drivername="postgresql")
    address = url.render_as_string(hide_password=False)
    with PostgresConnection.connect(address, autocommit=True, **OPTIONS) as connection:
        connection.execute("create temporary table kept (id bigint unique, text text)")
        yield connection


def count_prepared(connection: PostgresConnection) -> int:
    """How many statements the server keeps for this session."""
    ((count,),) = connection.execute("select count(*) from pg_prepared_statements").fetchall()
    return int(count)


def pid_of(connection: PostgresConnection) -> int:
    """The server's process."""
    return connection.info.backend_pid


def test_values_come_back_as_they_were(connection: PostgresConnection) -> None:
    """Numbers of each size, text, bytes, lists and nothing."""
    values = [1, 40_000, 2**40, True, 1.5, "ä\n'$1", b"\0\xff", None, [1, 2], ["a", None]]
    numbers, texts = ["smallint", "int", "bigint", "bool", "float"], ["text", "bytea", "text"]
    kinds = [*numbers, *texts, "bigint[]", "text[]"]
    sql = "select " + ", ".join(f"${n}::{kind}" for n, kind in enumerate(kinds, 1))

    for _ in range(3):  # unnamed, prepared, by its name
        assert connection.run_together([(sql.encode(), values)]) == [([tuple(values)], 1)]


def test_what_runs_again_is_prepared_once(connection: PostgresConnection) -> None:
    """Also if it comes several times in one message."""
    connection.run_together([(PAIR, (1, "a"))])
    assert count_prepared(connection) == 0

    for _ in range(3):
        results = connection.run_together([(PAIR, (n, "b")) for n in range(5)])
        assert results == [([(n, "b")], 1) for n in range(5)]
    assert count_prepared(connection) == 1


def test_what_is_sent_together_is_one_transaction(connection: PostgresConnection) -> None:
    """If one fails, nothing of it is written, and the connection goes on."""
    for _ in range(3):
        with pytest.raises(psycopg.errors.UniqueViolation):
            connection.run_together([(INSERT, (1, "a")), (INSERT, (1, "b")), (INSERT, (2, "c"))])
        assert connection.run_together([(COUNT, ())]) == [([(0,)], 1)]

    assert connection.run_together([(INSERT, (1, "a")), (COUNT, ())]) == [([], 1), ([(1,)], 1)]


def test_a_session_keeps_so_many_prepared_statements_and_no_more(
    connection: PostgresConnection,
) -> None:
    """Whatever comes after them runs as well; one that fails leaves at most one behind."""
    for number in range(MOST_PREPARED + 50):
        for _ in range(2):
            sql = b"select %d + $1::bigint" % number
            assert connection.run_together([(sql, (1,))]) == [([(number + 1,)], 1)]
    for _ in range(5):
        with pytest.raises(psycopg.DataError):
            connection.run_together([(b"select 1 / $1::bigint", (0,))])

    assert count_prepared(connection) == MOST_PREPARED


def test_an_idle_connection_shows_that_the_server_has_ended_it(
    connection: PostgresConnection, postgresql_url: str
) -> None:
    """Before anything is sent."""
    assert connection.is_quiet()
    with closing(Database(postgresql_url, queue_limit=9, wait_s=9)) as database:
        end, values = text("select pg_terminate_backend(:pid, 5000)"), {"pid": pid_of(connection)}
        database.write(lambda other: other.execute(end, values))

    assert not connection.is_quiet()


def test_prepared_statements_outlive_a_roll_back(connection: PostgresConnection) -> None:
    """Which psycopg would drop with its own."""
    for _ in range(9):
        connection.run_together([(b"begin", ()), (INSERT, (1, "a")), (COUNT, ())])
        connection.execute("select 1")
        connection.rollback()

    assert connection.run_together([(COUNT, ())]) == [([(0,)], 1)]


def test_text_that_the_database_cannot_hold_is_refused(connection: PostgresConnection) -> None:
    """It is not cut, and what was to be sent with it is not written."""
    with pytest.raises(psycopg.DataError):
        connection.run_together([(INSERT, (1, "a")), (INSERT, (2, "a\0b"))])

    assert not connection.closed
    assert connection.run_together([(COUNT, ())]) == [([(0,)], 1)]


def test_much_is_sent_and_answered_at_the_same_time(connection: PostgresConnection) -> None:
    """More than the buffers of both ends hold."""
    content = "x" * 20_000
    statements = [(PAIR, (n, content)) for n in range(1_000)]

    results = connection.run_together(statements)

    assert [rows for rows, _changed in results] == [[(n, content)] for n in range(1_000)]


def test_a_session_that_was_ended_closes_the_connection(connection: PostgresConnection) -> None:
    """While it waits for an answer, and before it asks."""
    end = b"select pg_terminate_backend(pg_backend_pid())"
    with pytest.raises(psycopg.OperationalError):
        connection.run_together([(PAIR, (1, "a")), (end, ()), (PAIR, (2, "b"))])
    assert connection.closed

    with pytest.raises(psycopg.OperationalError):
        connection.run_together([(PAIR, (1, "a"))])


def test_threads_that_ask_at_once_open_no_connection_twice(postgresql_url: str) -> None:
    """What one has used serves another, for reading and for what need not wait for the disk."""
    opened: list[object] = []
    with (
        closing(Database(postgresql_url, queue_limit=9, wait_s=9)) as database,
        ThreadPoolExecutor(IDLE) as threads,
    ):
        event.listen(
            database.engine, "connect", lambda connection, _record: opened.append(connection)
        )
        together = Barrier(IDLE)

        def read(_number: int) -> None:
            with database.reading():
                together.wait(30)

        def write(_number: int) -> None:
            database.write(lambda _connection: together.wait(30), durable=False)

        for use in (read, write, read, write):
            assert len([*threads.map(use, range(IDLE))]) == IDLE

    assert len(opened) == IDLE
