"""A pooler between the bot and PostgreSQL has to give out whole sessions."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from clickup_mlops.errors import ConfigError
from clickup_mlops.store import Store
from clickup_mlops.store.database.opening import open_engine
from clickup_mlops.store.database.pooling import must_keep_sessions
from tests.ports import HOST, reserve_port
from tests.store.conftest import POSTGRES, postgresql_url

__all__ = ["postgresql_url"]

pytestmark = pytest.mark.services
Pooler = Callable[..., str]
SETTINGS = """\
[databases]
{database} = host={host} port={port} dbname={database} user={user}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {listens}
auth_type = any
unix_socket_dir =
pool_mode = {mode}
server_round_robin = {turns}
ignore_startup_parameters = options
"""


@pytest.fixture
def pooler(tmp_path: Path) -> Iterator[Pooler]:
    """PgBouncer before the test database; gives its address."""
    program = shutil.which("pgbouncer") or "/usr/sbin/pgbouncer"
    if not Path(program).exists():
        pytest.skip("pgbouncer is not installed")
    with ExitStack() as running:
        yield lambda mode, turns=0: running.enter_context(_running(program, tmp_path, mode, turns))


@contextmanager
def _running(program: str, folder: Path, mode: str, turns: int) -> Iterator[str]:
    url, listens = make_url(POSTGRES), reserve_port()
    file = folder / f"{mode}.ini"
    names = {"database": url.database, "host": url.host, "port": url.port or 5432}
    file.write_text(
        SETTINGS.format(user=url.username, listens=listens, mode=mode, turns=turns, **names)
    )
    opened = file.open()
    process = subprocess.Popen(
        [program, "-q", f"/dev/fd/{opened.fileno()}"],
        pass_fds=[opened.fileno()],
        user="nobody" if os.geteuid() == 0 else None,  # it refuses to be root
    )
    try:
        _wait(listens, process)
        yield url.set(host="127.0.0.1", port=listens).render_as_string(hide_password=False)
    finally:
        process.kill()
        process.wait()
        opened.close()


def _wait(port: int, process: "subprocess.Popen[bytes]") -> None:
    end = time.monotonic() + 20
    while True:
        try:
            return socket.create_connection((HOST, port)).close()
        except ConnectionRefusedError:
            assert process.poll() is None and time.monotonic() < end
            time.sleep(0.05)


@pytest.mark.parametrize("turns", [0, 1])
@pytest.mark.parametrize("busy", [0, 1, 2, 3])
def test_single_transactions_are_refused(pooler: Pooler, turns: int, busy: int) -> None:
    """However the pooler chooses among sessions, and however many it has."""
    engine = open_engine(make_url(pooler("transaction", turns)), is_sqlite=False)
    with ExitStack() as others:
        connections = [others.enter_context(engine.connect()) for _ in range(busy)]
        for connection in connections:
            connection.exec_driver_sql("select 1")
        for connection in connections:
            connection.rollback()

        with pytest.raises(ConfigError, match="single transactions"):
            must_keep_sessions(engine)


def test_a_store_behind_single_transactions_is_not_opened(pooler: Pooler) -> None:
    """Neither by `serve` nor by another command."""
    url = pooler("transaction")
    for attempt in (Store.open, Store.existing):
        with pytest.raises(ConfigError, match="single transactions"):
            attempt(url)


def test_whole_sessions_are_accepted(pooler: Pooler) -> None:
    must_keep_sessions(open_engine(make_url(pooler("session")), is_sqlite=False))


def test_nothing_between_is_accepted(postgresql_url: str) -> None:
    must_keep_sessions(open_engine(make_url(postgresql_url), is_sqlite=False))
