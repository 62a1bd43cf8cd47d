"""The bot as a team runs it: a process of its own that is told by signals."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from clickup_mlops.sandbox import Sandbox
from tests.empty import store_at
from tests.interfaces.cli.conftest import Cli
from tests.ports import reserve_port

ROOT = Path(__file__).parents[3]


@contextmanager
def served(sandbox: Sandbox, folder: Path, **more: str) -> Iterator[subprocess.Popen[bytes]]:
    """`clickup-mlops serve` for the sandbox, in an empty folder."""
    port = reserve_port()
    settings = {
        "CLICKUP__TOKEN": sandbox.token,
        "CLICKUP__BASE_URL": sandbox.url,
        "AUTOMATIONS__MODE": "on",
        "HOOKS__PUBLIC_URL": f"http://127.0.0.1:{port}/hooks/clickup",
        "SERVER__PORT": str(port),
        **more,
    }
    env = {f"CLICKUP_MLOPS_{key}": value for key, value in settings.items()}
    process = subprocess.Popen(
        [sys.executable, "-m", "clickup_mlops", "serve"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), **env},
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@pytest.fixture(params=["granian", "waitress"])
def serving(
    request: pytest.FixtureRequest, clickup_sandbox: Sandbox, tmp_path: Path
) -> Iterator[subprocess.Popen[bytes]]:
    """With each of the servers."""
    with served(clickup_sandbox, tmp_path, SERVER__KIND=request.param) as process:
        yield process


def _until(true: Callable[[], object], part: str, seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, part
        time.sleep(0.02)


@pytest.mark.slow
def test_it_registers_its_webhook_routes_tasks_and_stops_when_told(
    serving: subprocess.Popen[bytes], clickup_sandbox: Sandbox
) -> None:
    """From start to SIGTERM: exit code 0, and the priority is in ClickUp."""
    control = clickup_sandbox.control
    _until(lambda: list(control.world.webhooks), "a webhook is registered")

    task = control.as_user("Maria").create_task("Tasks", "vLLM endpoint answers 503 in production")
    _until(lambda: control.task(task)["priority"], "the task has a priority")

    assert control.task(task)["priority"]["priority"] == "urgent"
    serving.send_signal(signal.SIGTERM)
    assert serving.wait(20) == 0


@pytest.mark.slow
@pytest.mark.skipif(
    not Path("/proc/self/smaps_rollup").exists(), reason="memory is read from /proc"
)
def test_the_whole_bot_stays_small(clickup_sandbox: Sandbox, tmp_path: Path) -> None:
    """After hundreds of tasks its processes together hold less than 140 MiB of their own.

    Anonymous memory: what a process can neither share nor read again from a file. The pages of the
    libraries' files (25 to 40 MiB more) depend on what else runs and on the system's cache. It is
    107 MiB on Python 3.11 and 15 more on 3.14.
    """
    control = clickup_sandbox.control
    with served(clickup_sandbox, tmp_path, LOG__LEVEL="ERROR") as process:
        _until(lambda: list(control.world.webhooks), "a webhook is registered")
        bodies = [{"name": f"vLLM endpoint number {n} answers 503"} for n in range(400)]
        control.add_tasks("Tasks", bodies, silent=False)
        _until(lambda: len(control.writes(field="priority")) == 400, "all are routed", 100)

        assert sum(_own_mib(process.pid)) < 140


def _own_mib(parent: int) -> Iterator[float]:
    """Anonymous memory of a process and of each of its children."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            status = dict(line.split(":", 1) for line in _lines(folder / "status"))
            if parent in (int(status["Pid"]), int(status["PPid"])):
                memory = dict(line.split(":", 1) for line in _lines(folder / "smaps_rollup")[1:])
                yield int(memory["Pss_Anon"].split()[0]) / 1024
        except OSError:
            continue  # it ended meanwhile


def _lines(file: Path) -> list[str]:
    return file.read_text().splitlines()


def test_it_says_what_is_missing_before_it_starts(cli: Cli) -> None:
    """A missing token is an error in words, not a dead server process."""
    ran = cli("serve")

    assert ran.code == 1
    assert "clickup.token is not set" in ran.err


def test_a_refused_token_is_told_at_once(
    clickup_sandbox: Sandbox, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """In words, with exit code 1; it is not tried again and again."""
    with served(clickup_sandbox, tmp_path, CLICKUP__TOKEN="pk_1_REVOKED") as process:
        assert process.wait(30) == 1

    message = capfd.readouterr().err
    assert "Error: GET /api/v2/user: Token invalid" in message
    assert "Hint: " in message
    assert "Traceback" not in message


def test_it_does_not_start_with_a_broken_automation(cli: Cli, monkeypatch) -> None:
    """The file and the key are named."""
    Path("mine").mkdir()
    Path("mine/broken.toml").write_text('summary = "Broken."\n')
    monkeypatch.setenv("CLICKUP_MLOPS_CLICKUP__TOKEN", "pk_1_ABCDEF")
    monkeypatch.setenv("CLICKUP_MLOPS_AUTOMATIONS__FOLDER", "mine")

    ran = cli("serve")

    assert ran.code == 1
    assert "mine/broken.toml" in ran.err


def test_a_port_that_is_taken_is_an_error(
    cli: Cli, clickup_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a hint that another bot may be running."""
    monkeypatch.setenv("CLICKUP_MLOPS_CLICKUP__TOKEN", clickup_sandbox.token)
    monkeypatch.setenv("CLICKUP_MLOPS_SERVER__PORT", clickup_sandbox.url.rpartition(":")[2])

    ran = cli("serve")

    assert ran.code == 1
    assert "cannot listen on 127.0.0.1:" in ran.err


def test_a_locked_file_is_told_at_once(
    clickup_sandbox: Sandbox, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Another bot has it: waiting would hide that. In words, with exit code 1."""
    url = store_at(tmp_path / "bot.db")
    with closing(sqlite3.connect(tmp_path / "bot.db")) as second:
        second.execute("begin immediate")
        with served(clickup_sandbox, tmp_path, STORE__URL=url) as process:
            assert process.wait(30) == 1

    message = capfd.readouterr().err
    assert "database is locked" in message
    assert "one bot per SQLite file" in message
    assert "Traceback" not in message
