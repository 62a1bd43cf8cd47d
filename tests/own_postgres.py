"""A PostgreSQL server of a test's own, which the test stops and starts as it likes."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.ports import reserve_port

_USER = "postgres"
_OPTIONS = "-c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off"


class PostgresServer:
    """`start` and `stop` return when it is done. Its user `bot` has the password `hunter22`."""

    def __init__(self, programs: Path, folder: Path) -> None:
        self._programs, self._folder = programs, folder
        self._data = folder / "data"
        self.port = reserve_port()

    def url(self, database: str = "bot", *, user: str = "bot", password: str = "hunter22") -> str:
        """The address of a database on it."""
        return f"postgresql+psycopg://{user}:{password}@127.0.0.1:{self.port}/{database}"

    def make(self) -> None:
        """Make its files, the user and the database `bot`; it is stopped afterwards."""
        self._run(
            "initdb",
            "-D",
            self._data,
            "-U",
            _USER,
            "-A",
            "trust",
            "--no-sync",
            "-E",
            "UTF8",
            "--locale=C",
        )
        automations = (
            f"host all {_USER} 127.0.0.1/32 trust\nhost all all 127.0.0.1/32 scram-sha-256\n"
        )
        (self._data / "pg_hba.conf").write_text(automations)
        self.start()
        self.sql("create role bot login password 'hunter22'")
        self.create("bot")
        self.stop()

    def create(self, database: str) -> str:
        """A new, empty database of the user `bot`; its address."""
        self.sql(f'create database "{database}" owner bot')
        return self.url(database)

    def sql(self, statement: str) -> None:
        """Run it as the superuser."""
        where = ("-h", "127.0.0.1", "-p", str(self.port), "-U", _USER, "-d", "postgres")
        self._run("psql", *where, "-q", "-v", "ON_ERROR_STOP=1", "-c", statement)

    def start(self, *more: str) -> None:
        """Serve; `more` are options of the server, such as `-c max_connections=9`."""
        options = " ".join([f"-p {self.port}", _OPTIONS, *more])
        log = self._folder / "log"
        self._run("pg_ctl", "-D", self._data, "-s", "-w", "-l", log, "-o", options, "start")

    def stop(self, mode: str = "fast") -> None:
        """Cut every connection and end; `immediate` is a crash."""
        self._run("pg_ctl", "-D", self._data, "-s", "-w", "-m", mode, "stop")

    def _run(self, program: str, *arguments: str | Path) -> None:
        command = [*_as_user(), str(self._programs / program), *map(str, arguments)]
        log = self._folder / "output"
        with log.open("ab") as output:  # a pipe would stay open as long as the server lives
            result = subprocess.run(command, cwd=self._folder, stdout=output, stderr=output)
        assert result.returncode == 0, log.read_text()[-2_000:]


@contextmanager
def own_postgres() -> Iterator[PostgresServer]:
    """A server that runs; skips the test where PostgreSQL is not installed."""
    programs = _programs()
    folder = Path(tempfile.mkdtemp(prefix="own-postgres-"))
    if _as_user():
        shutil.chown(folder, _USER)
    server = PostgresServer(programs, folder)
    try:
        server.make()
        server.start()
        yield server
    finally:
        if (folder / "data" / "postmaster.pid").exists():
            server.stop("immediate")
        shutil.rmtree(folder)


def _programs() -> Path:
    """The newest PostgreSQL's programs, where Debian puts them or on the path."""
    candidates = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=_version)
    on_path = shutil.which("initdb")
    if not candidates and not on_path:
        pytest.skip("PostgreSQL's initdb is not installed")
    if os.geteuid() == 0 and not _as_user():
        pytest.skip("PostgreSQL refuses to run as root, and there is no user postgres")
    return candidates[-1].parent if candidates else Path(on_path or "").parent


def _version(program: Path) -> int:
    return int(program.parts[-3])


def _as_user() -> Sequence[str]:
    """What a command begins with: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return ()
    user_exists = any(entry.pw_name == _USER for entry in pwd.getpwall())
    return ("runuser", "-u", _USER, "--") if user_exists and shutil.which("runuser") else ()
