"""Several workspaces: one process each, and what one of them does is nothing to the others."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from clickup_mlops.interfaces.cli._supervisor import Keeper
from clickup_mlops.sandbox import Sandbox
from tests.interfaces.cli.conftest import Cli
from tests.ports import reserve_port

ROOT = Path(__file__).parents[3]


def _until(true: Callable[[], object], part: str, seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, part
        time.sleep(0.02)


def _write(folder: Path, name: str, sandbox: Sandbox, **more: str) -> int:
    """A settings file for the sandbox; the port that its bot will listen on."""
    port = reserve_port()
    values = {
        "clickup.token": sandbox.token,
        "clickup.base_url": sandbox.url,
        "store.url": f"sqlite:///{name}.db",
        "server.host": "127.0.0.1",
        "hooks.public_url": f"http://127.0.0.1:{port}/hooks/clickup",
        "automations.mode": "on",
        **more,
    }
    lines = [f'{key} = "{value}"' for key, value in values.items()]
    (folder / f"{name}.toml").write_text("\n".join([*lines, f"server.port = {port}"]) + "\n")
    return port


class Bots:
    """`serve` with several files, and its log."""

    def __init__(self, folder: Path, *names: str) -> None:
        self.log = folder / "log.txt"
        files = [word for name in names for word in ("--config", f"{name}.toml")]
        with self.log.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "clickup_mlops", "serve", *files],
                cwd=folder,
                env={**os.environ, "PYTHONPATH": str(ROOT)},
                stdout=output,
                stderr=output,
            )

    def lines(self, event: str, bot: str) -> list[dict[str, Any]]:
        total = self.log.read_text().rpartition("\n")[0]  # the last line may be half-written
        rows = [json.loads(line) for line in total.splitlines() if line.startswith("{")]
        return [row for row in rows if (row["event"], row.get("bot", "")) == (event, bot)]


@pytest.fixture
def start() -> Iterator[Callable[..., Bots]]:
    started: list[Bots] = []

    def begin(folder: Path, *names: str) -> Bots:
        started.append(Bots(folder, *names))
        return started[-1]

    yield begin
    for bots in started:
        bots.process.kill()
        bots.process.wait()


@pytest.mark.slow
def test_one_that_fails_does_not_slow_the_other(
    start: Callable[..., Bots], clickup_sandbox: Sandbox, tmp_path: Path
) -> None:
    """`bad` cannot start, again and again; `good` routes its task meanwhile. Both end when told."""
    control = clickup_sandbox.control
    _write(tmp_path, "good", clickup_sandbox)
    wrong = {"automations.folder": "no-such-folder", "clickup.token": "pk_1_ANOTHERTOKEN"}
    _write(tmp_path, "bad", clickup_sandbox, **wrong)
    bots = start(tmp_path, "good", "bad")

    _until(lambda: bots.lines("bot_ended", "bad"), "the bad one ended")
    _until(lambda: list(control.world.webhooks), "the good one has its webhook")
    task = control.as_user("Maria").create_task("Tasks", "vLLM endpoint answers 503")
    _until(lambda: control.task(task)["priority"], "the good one routes")

    assert bots.lines("bot_ended", "good") == []
    bots.process.send_signal(signal.SIGTERM)
    assert bots.process.wait(30) in (0, 1)
    assert bots.lines("bots_stopped", "")[0]["codes"]["good"] == 0


@pytest.mark.slow
def test_a_closed_terminal_ends_all_of_them(
    start: Callable[..., Bots], clickup_sandbox: Sandbox, tmp_path: Path
) -> None:
    """By SIGHUP, which a terminal sends to the parent, too: it starts none again."""
    _write(tmp_path, "first", clickup_sandbox)
    _write(tmp_path, "second", clickup_sandbox, **{"clickup.token": "pk_1_ANOTHERTOKEN"})
    bots = start(tmp_path, "first", "second")
    _until(lambda: [*clickup_sandbox.control.world.webhooks], "they run")

    bots.process.send_signal(signal.SIGHUP)

    assert bots.process.wait(30) in (0, 1)  # the second one's token is refused, sooner or later
    codes = bots.lines("bots_stopped", "")[0]["codes"]
    assert codes["first"] == 0 and codes.keys() == {"first", "second"}


def test_what_ends_is_started_again_ever_more_slowly() -> None:
    """And no more once it was told to stop."""
    command = [sys.executable, "-c", "raise SystemExit(3)"]
    keeper = Keeper("one", command, os.environ, first_wait_s=0.01)

    with capture_logs() as lines:
        keeper.start()
        _until(lambda: len(lines) >= 3, "three ends")
        keeper.stop()
        keeper.join()

    assert [(line["code"], line["starts_again_in_s"]) for line in lines[:3]] == [
        (3, 0.02),
        (3, 0.04),
        (3, 0.08),
    ]
    assert keeper.starts - len(lines) in (0, 1)  # stopped while it waited, or while it ran


def test_what_runs_is_told_to_stop(tmp_path: Path) -> None:
    """By SIGTERM; its exit code is known."""
    ready = tmp_path / "ready"
    program = (
        "import pathlib, signal, sys, time\n"
        "signal.signal(signal.SIGTERM, lambda *_: sys.exit(7))\n"
        f"pathlib.Path({str(ready)!r}).touch()\n"
        "time.sleep(60)"
    )
    keeper = Keeper("one", [sys.executable, "-c", program], os.environ)
    keeper.start()
    _until(ready.exists, "it runs")

    keeper.stop()

    assert keeper.join() == 7
    assert keeper.starts == 1


@pytest.mark.skipif(sys.platform != "linux", reason="Linux tells a child of its parent's death")
def test_bots_end_with_their_parent(tmp_path: Path) -> None:
    """Even if it is killed: an orphan would go on holding the port."""
    child = tmp_path / "child"
    bot = (
        "import os, pathlib, time\n"
        "from clickup_mlops.interfaces.cli._supervisor import end_with_parent\n"
        "end_with_parent()\n"
        f"pathlib.Path({str(child)!r}).write_text(str(os.getpid()))\n"
        "time.sleep(60)"
    )
    program = (
        "import os, subprocess, sys\n"
        "os.environ['CLICKUP_MLOPS_SUPERVISOR'] = str(os.getpid())\n"
        f"subprocess.run([sys.executable, '-c', {bot!r}])"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    parent = subprocess.Popen([sys.executable, "-c", program], env=environment)
    _until(lambda: child.exists() and child.read_text(), "the bot runs")

    parent.kill()
    parent.wait()

    _until(lambda: not _is_alive(int(child.read_text())), "the bot has ended")


def _is_alive(number: int) -> bool:
    try:
        return "State:\tZ" not in Path(f"/proc/{number}/status").read_text()
    except OSError:
        return False


def test_files_that_cannot_be_read_are_told_at_once(cli: Cli) -> None:
    """If none of them can."""
    ran = cli("serve", "--config", "a.toml", "--config", "b.toml")

    assert ran.code == 1
    assert "a.toml" in ran.err
