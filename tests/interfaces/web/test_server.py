"""Both servers for real: they listen, stop gracefully, and never leave an orphan."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path

import pytest
import requests

from clickup_mlops.bot.settings import ServerSettings
from clickup_mlops.errors import ConfigError
from clickup_mlops.interfaces.web import server
from clickup_mlops.store import Store
from tests.interfaces.web.small_bot import priority_event, signed
from tests.ports import LISTENING, port_in

ROOT = Path(__file__).parents[3]
SERVED = str(ROOT / "tests" / "interfaces" / "web" / "served.py")
KINDS = ["granian", "waitress"]


class Served:
    """A running server, its address, and what its bot noted."""

    def __init__(
        self, kind: str, folder: Path, url: str = "", port: int = 0, **limits: float
    ) -> None:
        self.url = url or f"sqlite:///{folder / 'bot.db'}"
        self.log = folder / "bot.log"
        self.errors = folder / "stderr.txt"
        self._fixed_port = port
        more = str(self.log), json.dumps(limits)
        with self.errors.open("a") as errors:
            self.process = subprocess.Popen(
                [sys.executable, SERVED, kind, str(port), self.url, *more],
                cwd=ROOT,
                env=os.environ | {"PYTHONPATH": str(ROOT)},
                stderr=errors,
            )

    @cached_property
    def port(self) -> int:
        """As soon as it listens."""
        return self._fixed_port or port_in(self.errors, LISTENING, self.process)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def up(self) -> "Served":
        wait_until(self._answers)
        return self

    def _answers(self) -> bool:
        assert self.process.poll() is None, self.errors.read_text()
        try:
            return requests.get(f"{self.address}/readyz", timeout=5).ok
        except requests.ConnectionError:
            return False

    def post(self, body: bytes) -> requests.Response:
        return requests.post(
            f"{self.address}/hooks/clickup", data=body, headers=signed(body), timeout=10
        )

    def noted(self) -> list[str]:
        return self.log.read_text().splitlines() if self.log.exists() else []


def wait_until(condition: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


@contextmanager
def serving(kind: str, folder: Path, **limits: float) -> Iterator[Served]:
    served = Served(kind, folder, **limits)
    try:
        yield served.up()
    finally:
        served.process.kill()
        served.process.wait()


def port_is_free(port: int) -> bool:
    try:
        server.bind("127.0.0.1", port).close()
    except ConfigError:
        return False
    return True


@pytest.mark.parametrize("kind", KINDS)
def test_events_are_taken_over_http(kind: str, tmp_path: Path) -> None:
    """Through the real server: 200 and stored, 413 for a large body, 400 for a stranger."""
    with serving(kind, tmp_path) as served:
        large = priority_event().ljust(40_000)

        assert served.post(priority_event()).status_code == 200
        assert served.post(large).status_code == 413
        stranger = requests.post(f"{served.address}/hooks/clickup", data=b"{}", timeout=5)
        assert stranger.status_code == 400
        with Store(served.url) as store:
            assert store.inbox.depth(0).ready == 1


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stopped_server_answers_what_runs_and_ends_well(
    kind: str, number: signal.Signals, tmp_path: Path
) -> None:
    """The request in flight gets its 200, the bot is stopped and closed, the exit code is 0."""
    answers: list[int] = []
    with serving(kind, tmp_path) as served:
        served.log.with_suffix(".slow").touch()
        in_flight = threading.Thread(
            target=lambda: answers.append(served.post(priority_event()).status_code)
        )
        in_flight.start()
        wait_until(lambda: "slow request" in served.noted())

        served.process.send_signal(number)

        assert served.process.wait(20) == 0, served.errors.read_text()
        in_flight.join()
        assert answers == [200]
        assert [note for note in served.noted() if note in ("start", "stop", "closed")] == [
            "start",
            "stop",
            "closed",
        ]
        with Store(served.url) as store:
            assert store.inbox.depth(0).ready == 1
        assert port_is_free(served.port)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signals_to_every_process_end_it_once(
    kind: str, number: signal.Signals, tmp_path: Path
) -> None:
    """A terminal and systemd signal the whole group, some more than once: one stop, exit code 0."""
    with serving(kind, tmp_path) as served:
        group = (*children(served.process.pid), served.process.pid)
        for process in group:
            os.kill(process, number)

        assert served.process.wait(20) == 0, served.errors.read_text()
        assert served.noted().count("stop") == 1


def test_a_server_that_ignores_its_terminal_outlives_it(tmp_path: Path) -> None:
    """As `nohup` starts it."""
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with serving("waitress", tmp_path) as served:
            served.process.send_signal(signal.SIGHUP)

            with pytest.raises(subprocess.TimeoutExpired):
                served.process.wait(1)
            assert served.post(priority_event()).status_code == 200
    finally:
        signal.signal(signal.SIGHUP, before)


@pytest.mark.parametrize("kind", KINDS)
def test_a_server_that_still_starts_can_be_stopped(kind: str, tmp_path: Path) -> None:
    """A stop that comes while the bot is being started is obeyed, and what was made is undone."""
    (tmp_path / "bot.start").touch()
    served = Served(kind, tmp_path)
    wait_until(lambda: "start" in served.noted())
    served.process.send_signal(signal.SIGTERM)

    assert served.process.wait(20) == 0, served.errors.read_text()
    assert served.noted() == ["start", "stop", "closed"]


def test_a_stop_that_hangs_ends_all_the_same(tmp_path: Path) -> None:
    """After a while the process ends, says so, and its exit code tells it too."""
    (tmp_path / "bot.stop").touch()
    with serving("granian", tmp_path) as served:
        served.process.send_signal(signal.SIGTERM)

        assert served.process.wait(20) == 1
        assert "stop_took_too_long" in served.errors.read_text()


def test_a_stop_that_hangs_does_not_prevent_a_new_start(tmp_path: Path) -> None:
    """Changed files are used though a request hangs: in the same process, which ends as usual."""
    for suffix in ("stop", "again"):
        (tmp_path / f"bot.{suffix}").touch()
    with serving("granian", tmp_path) as served:
        served.process.send_signal(signal.SIGTERM)
        wait_until(lambda: served.noted().count("start") == 2)
        wait_until(lambda: served.errors.read_text().count("listening") == 2)
        served.process.send_signal(signal.SIGTERM)

        assert served.process.wait(20) == 0, served.errors.read_text()
        assert "stop_took_too_long" in served.errors.read_text()


def test_a_stop_that_lets_nothing_run_ends_all_the_same(tmp_path: Path) -> None:
    """Not by Python, which hangs in native code; where each thread was is printed."""
    (tmp_path / "bot.freeze").touch()
    with serving("granian", tmp_path) as served:
        served.process.send_signal(signal.SIGTERM)

        assert served.process.wait(20) == 1
        assert "Timeout" in served.errors.read_text()
        assert "served.py" in served.errors.read_text()


@pytest.mark.parametrize("kind", KINDS)
def test_kill_9_leaves_no_orphan(kind: str, tmp_path: Path) -> None:
    """The port and the SQLite file are free again at once, and a new server finds everything."""
    with serving(kind, tmp_path) as served:
        assert served.post(priority_event()).status_code == 200
        started = children(served.process.pid)
        served.process.kill()
        served.process.wait()
        wait_until(lambda: port_is_free(served.port) and not any(map(is_running, started)))

        again = Served(kind, tmp_path, port=served.port)
        try:
            assert again.up().post(priority_event()).status_code == 200
        finally:
            again.process.kill()
            again.process.wait()
        with Store(served.url) as store:
            assert store.inbox.depth(0).ready == 1


@pytest.mark.parametrize("kind", KINDS)
def test_a_port_in_use_is_explained(kind: str, tmp_path: Path) -> None:
    """Not shared in silence with whoever has it."""
    with serving(kind, tmp_path) as served:
        second = Served(kind, tmp_path, port=served.port)

        assert second.process.wait(20) == 1
        assert "another bot running" in second.errors.read_text()
        assert served.post(priority_event()).status_code == 200


@pytest.mark.parametrize("kind", KINDS)
def test_a_bot_that_cannot_be_built_ends_the_server(kind: str, tmp_path: Path) -> None:
    """Exit code 1, the problem and its hint on standard error, and no traceback."""
    served = Served(kind, tmp_path, url="broken")

    assert served.process.wait(20) == 1
    errors = served.errors.read_text()
    assert "the token is missing" in errors
    assert "Set it." in errors
    assert "Traceback" not in errors


def test_without_granian_waitress_takes_over(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """By itself, with a line in the log; and on request without one."""
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)

    assert not server._use_granian("granian")
    assert "granian_missing" in capsys.readouterr().err
    assert not server._use_granian("waitress")
    assert "granian_missing" not in capsys.readouterr().err


def test_port_zero_is_any_free_port() -> None:
    """And an address of another machine is refused."""
    with server.bind("127.0.0.1", 0) as listener:
        assert listener.getsockname()[1] > 0
    with pytest.raises(ConfigError, match=r"192\.0\.2\.1"):
        server.bind("192.0.2.1", 0)


def test_a_port_that_another_process_took_meanwhile_is_explained() -> None:
    """Two bots that start at the same moment both bind it; only one of them can listen."""
    with server.bind("127.0.0.1", 0) as first, server.bind(*first.getsockname()) as second:
        first.listen()
        with pytest.raises(ConfigError, match="cannot listen"):
            server._listen(second, server._fitting(ServerSettings()))


def children(pid: int) -> list[int]:
    result = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True
    )
    return [int(number) for number in result.stdout.split()]


def is_running(pid: int) -> bool:
    status = Path(f"/proc/{pid}/stat")
    return status.exists() and status.read_text().rpartition(")")[2].split()[0] != "Z"
