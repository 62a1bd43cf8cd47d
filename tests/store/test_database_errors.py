"""When the database fails: one family of errors, and the store goes on afterwards."""

import logging
import secrets
import socket
import threading
from collections.abc import Callable
from contextlib import closing, suppress
from itertools import count
from typing import Final

import pytest
from sqlalchemy import Connection, event, exc, text
from sqlalchemy.engine import make_url

from clickup_mlops.errors import ConfigError, StoreUnavailable
from clickup_mlops.store import Store
from clickup_mlops.store.database.errors import explain, is_database_error
from tests.ports import HOST
from tests.store.store_events import event as incoming

CLOSE: Final = text(
    "select pg_terminate_backend(pid, 5000) from pg_stat_activity where application_name = :name"
)
URL = make_url("postgresql+psycopg://me:hunter22@db/bot")


@pytest.mark.parametrize(
    ("message", "kind", "hint"),
    [
        ("database is locked", StoreUnavailable, "one bot per SQLite file"),
        ("database or disk is full", StoreUnavailable, "Free some disk space"),
        ("connection to server at db failed: refused", StoreUnavailable, "PostgreSQL running"),
        ("the connection is closed", StoreUnavailable, "PostgreSQL running"),
        ("deadlock detected", StoreUnavailable, "Try again"),
        ("FATAL: sorry, too many clients already", StoreUnavailable, "max_connections"),
        ("terminating connection due to administrator command", StoreUnavailable, "running"),
        ("FATAL:  the database system is starting up", StoreUnavailable, "Try again"),
        ('FATAL:  too many connections for role "bot"', StoreUnavailable, "max_connections"),
        ("failed to resolve host 'db': [Errno -3] try again", StoreUnavailable, "name service"),
        ("connection timeout expired", StoreUnavailable, "PostgreSQL running"),
        ("SSL connection has been closed unexpectedly", StoreUnavailable, "PostgreSQL running"),
        ("attempt to write a readonly database", ConfigError, "write access"),
        ('connection failed: FATAL:  role "bot" does not exist', ConfigError, "createuser"),
        ('FATAL:  role "bot" is not permitted to log in', ConfigError, "let it log in"),
        ("connection failed: fe_sendauth: no password supplied", ConfigError, "user and password"),
        ("connection failed: FATAL:  no pg_hba.conf entry for host", ConfigError, "pg_hba.conf"),
        ('FATAL:  permission denied for database "bot"', ConfigError, "owner"),
        ("connection failed: server does not support SSL, but", ConfigError, "sslmode"),
        ('root certificate file "x" does not exist', ConfigError, "sslrootcert"),
        ('connection failed: database "bot" does not exist', ConfigError, "createdb"),
        ("connection failed: password authentication failed", ConfigError, "user and password"),
        ("no such table: inbox", ConfigError, "serve` once"),
        ('relation "inbox" does not exist', ConfigError, "serve` once"),
    ],
)
def test_transient_errors_are_told_from_those_that_a_person_must_fix(
    message: str, kind: type[Exception], hint: str
) -> None:
    """The type says whether to try again, the hint what to do; the password is not shown."""
    problem = explain(exc.OperationalError("select 1", None, Exception(message)), URL)
    assert type(problem) is kind
    assert hint in problem.hint
    assert "hunter22" not in f"{problem} {problem.hint}"


def test_a_wrong_statement_is_not_the_databases_fault() -> None:
    """A bug must show as one, not be tried again for ever."""
    wrong = exc.IntegrityError("insert", None, Exception("unique"))
    assert not is_database_error(wrong)
    assert type(explain(wrong, URL)) is ConfigError


@pytest.mark.services
def test_a_read_that_cannot_connect_is_a_database_error_too() -> None:
    """SQLAlchemy leaves that error of a prepared read as the driver raised it."""
    with Store("postgresql://me:hunter22@127.0.0.1:1/bot") as store:
        with pytest.raises(StoreUnavailable, match="refused"):
            store.ready_lanes.names(0, 1)
        with pytest.raises(StoreUnavailable, match="refused"):
            store.journal.unfinished()


def test_a_locked_file_is_a_transient_error(sqlite_url: str) -> None:
    """Writing goes on as soon as the other process lets go."""
    with Store.open(sqlite_url) as store, Store(sqlite_url) as second:

        def impatient(connection: object, _record: object) -> None:
            connection.execute("pragma busy_timeout = 1")  # type: ignore[attr-defined]

        event.listen(store.engine, "connect", impatient)
        holder = second.engine.connect()
        transaction = holder.begin()
        for _ in range(2):
            with pytest.raises(StoreUnavailable, match="locked"):
                store.inbox.put(incoming("a"))
        transaction.rollback()
        holder.close()
        assert store.inbox.put(incoming("a"))


def test_a_damaged_file_is_told_to_a_person(sqlite_url: str) -> None:
    """SQLite has no class of its own for it."""
    with Store.open(sqlite_url) as store:

        def damaged(_connection: Connection) -> None:
            raise exc.DatabaseError("select", None, Exception("database disk image is malformed"))

        with pytest.raises(ConfigError, match="malformed") as caught:
            store.database.write(damaged)
    assert "backup" in caught.value.hint


@pytest.mark.services
def test_a_server_that_restarts_is_a_transient_error(postgresql_url: str) -> None:
    """Reads and writes fail as one family, whatever the driver raises, and then succeed again."""
    kill = "select pg_terminate_backend(pg_backend_pid())"
    with Store.open(postgresql_url) as store:
        with pytest.raises(StoreUnavailable):
            store.database.write(lambda connection: connection.execute(text(kill)))
        with pytest.raises(StoreUnavailable), store.database.reading() as connection:
            connection.execute(text(kill))
        with pytest.raises(StoreUnavailable):
            store.database.rows(text(kill))
        assert store.inbox.put(incoming("a"))
        assert store.inbox.depth(1).ready == 1


@pytest.mark.services
def test_nobody_notices_that_the_server_was_restarted_meanwhile(
    postgresql_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Every kind of use works at once, though all connections that it kept are closed, and the log
    has no traceback.
    """
    name = f"store-{secrets.token_hex(6)}"
    url = make_url(postgresql_url).update_query_dict({"application_name": name})
    with (
        Store.open(url.render_as_string(hide_password=False)) as store,
        Store(postgresql_url) as admin,
    ):
        uses: list[Callable[[], object]] = [
            lambda: store.inbox.put(incoming(f"{next(numbers)}")),
            lambda: store.inbox.claim("t1", "me", 1, 2, limit=9),
            lambda: store.cursors.set("a", "1"),
            lambda: store.cursors.get("a"),
            lambda: store.inbox.depth(1),
        ]
        numbers = count()
        for use in uses:
            for warm in uses:
                warm()
            admin.database.write(lambda connection: connection.execute(CLOSE, {"name": name}))
            use()
        assert store.inbox.depth(1).ready == next(numbers)
    assert not [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR]


@pytest.mark.services
def test_a_commit_whose_answer_was_lost_is_not_repeated(postgresql_url: str) -> None:
    """It may have happened: who wrote is told so, and finds out."""
    ran: list[int] = []

    def fall_at_the_end(connection: Connection) -> None:
        ran.append(1)
        connection.connection.driver_connection.close()  # type: ignore[union-attr]

    with Store.open(postgresql_url) as store:
        with pytest.raises(StoreUnavailable):
            store.database.write(fall_at_the_end)
        assert ran == [1]


@pytest.mark.services
def test_a_connection_that_broke_within_a_write_is_a_database_error(postgresql_url: str) -> None:
    """Also for the prepared statements, which run on the driver's own connection."""

    def broken(connection: Connection) -> None:
        connection.connection.driver_connection.close()  # type: ignore[union-attr]
        store.database.prepared.on(connection, text("select 1"), {})

    with Store.open(postgresql_url) as store:
        with pytest.raises(StoreUnavailable):
            store.database.write(broken)
        assert store.inbox.put(incoming("a"))


class Relay:
    """Passes bytes between a store and PostgreSQL; cuts the next answer off if told to."""

    def __init__(self, host: str, port: int) -> None:
        self._listening, self._target = socket.create_server((HOST, 0)), (host, port)
        self.port = self._listening.getsockname()[1]
        self.cuts = threading.Event()
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, server = self._listening.accept()[0], socket.create_connection(self._target)
                for way in ((client, server, False), (server, client, True)):
                    threading.Thread(target=self._pass, args=way, daemon=True).start()

    def _pass(self, source: socket.socket, target: socket.socket, is_answer: bool) -> None:
        with suppress(OSError):
            while data := source.recv(65_536):
                if is_answer and self.cuts.is_set():
                    self.cuts.clear()
                    break
                target.sendall(data)
        for end in (source, target):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


@pytest.mark.services
def test_an_event_whose_answer_was_lost_is_new(postgresql_url: str) -> None:
    """It was stored, but nobody has dispatched its lane yet; a second one is not stored."""
    url = make_url(postgresql_url)
    with closing(Relay(url.host or HOST, url.port or 5432)) as relay:
        through = url.set(host=HOST, port=relay.port)
        with Store.open(through.render_as_string(hide_password=False)) as store:
            assert store.inbox.put(incoming("a")) and not store.inbox.put(incoming("a"))
            relay.cuts.set()
            assert store.inbox.put(incoming("b"))
            assert not relay.cuts.is_set() and not store.inbox.put(incoming("b"))
            relay.cuts.set()
            assert store.inbox.put_many([incoming("c"), incoming("d")]) == 2
            assert store.inbox.depth(1).ready == 4


def test_a_store_without_tables_says_what_makes_them(store_url: str) -> None:
    """On both databases: a read and a write of a store that was never opened for good."""
    with Store(store_url) as store:
        with pytest.raises(ConfigError, match="inbox") as caught:
            store.inbox.depth(1)
        assert "serve` once" in caught.value.hint
        with pytest.raises(ConfigError, match="inbox"):
            store.inbox.put(incoming("a"))
