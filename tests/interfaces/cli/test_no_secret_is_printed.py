"""A whole run of real processes, error paths included: no secret in any output or file."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests

from clickup_mlops.sandbox import Sandbox
from tests.interfaces.cli.conftest import Cli
from tests.ports import reserve_port

ROOT = Path(__file__).parents[3]
PASSWORD = "hunter2-of-the-database"
DATABASE = f"postgresql://bot:{PASSWORD}@127.0.0.1:1/bot"
BROKER_PASSWORD = "hunter3-of-the-broker"
AUDIT_KEY = "hunter4-of-the-audit"
OUTBOUND_SECRET = "hunter5-of-the-messages"
MISTYPED = "pk_77_MISTYPEDMISTYPEDMISTYPED"
BAD = "pk_66_REFUSEDREFUSEDREFUSEDREFUSED"


class Run:
    """Runs commands in one folder, and keeps all that they print in files there."""

    def __init__(self, folder: Path, sandbox: Sandbox) -> None:
        self.folder, self._port = folder, reserve_port()
        self.url = f"http://127.0.0.1:{self._port}"
        self._settings = {
            "CLICKUP__TOKEN": sandbox.token,
            "CLICKUP__BASE_URL": sandbox.url,
            "CLICKUP__BATCH_WINDOW": "0",
            "HOOKS__PUBLIC_URL": f"{self.url}/hooks/clickup",
            "SERVER__PORT": str(self._port),
            "AUTOMATIONS__MODE": "on",
            "ENGINE__BROKER_URL": f"redis://:{BROKER_PASSWORD}@127.0.0.1:1/0",
            "AUDIT__KEY": AUDIT_KEY,
            "OUTBOUND__SECRET": OUTBOUND_SECRET,
            "LOG__LEVEL": "DEBUG",
        }

    def start(self, name: str, *arguments: str, **more: str) -> subprocess.Popen[bytes]:
        """The command in the background; its output is in `<name>.txt`."""
        settings = {f"CLICKUP_MLOPS_{k}": v for k, v in (self._settings | more).items()}
        with (self.folder / f"{name}.txt").open("wb") as output:
            return subprocess.Popen(
                [sys.executable, "-m", "clickup_mlops", *arguments],
                cwd=self.folder,
                env={**os.environ, "PYTHONPATH": str(ROOT), **settings},
                stdout=output,
                stderr=output,
            )

    def here(self, cli: Cli, name: str, *arguments: str, **more: str) -> None:
        """The command in this process."""
        with pytest.MonkeyPatch.context() as patch:
            for key, value in (self._settings | more).items():
                patch.setenv(f"CLICKUP_MLOPS_{key}", value)
            ran = cli(*arguments)
        (self.folder / f"{name}.txt").write_text(ran.out + ran.err)

    def text(self, name: str) -> str:
        return (self.folder / f"{name}.txt").read_text()

    def lines(self, name: str) -> list[dict[str, Any]]:
        """The JSON lines of a log."""
        return [json.loads(line) for line in self.text(name).splitlines() if line[:1] == "{"]


@pytest.fixture
def run(tmp_path: Path, clickup_sandbox: Sandbox) -> Run:
    return Run(tmp_path, clickup_sandbox)


@pytest.mark.slow
def test_no_secret_is_in_any_output_or_file(run: Run, cli: Cli, clickup_sandbox: Sandbox) -> None:
    """Trouble of every kind is provoked, then everything that was written is searched."""
    _live_through_trouble(run, clickup_sandbox)
    (run.folder / "mistyped.toml").write_text(f'[clickup]\ntokn = "{MISTYPED}"\n')
    failing = [run.start(name, *remainder, **settings) for name, *remainder, settings in _FAILING]
    for words in (["check", "--json"], ["hooks", "list"], ["events", "list", "--json"]):
        run.here(cli, " ".join(words), *words)
        run.here(cli, f"{words} bad token", *words, CLICKUP__TOKEN=BAD)
        run.here(cli, f"{words} bad database", *words, STORE__URL=DATABASE)
    for process in failing:
        assert _ended(process) not in (0, 2)

    events = {line["event"] for line in run.lines("serve")}
    assert {"event_refused", "event_parked", "clickup_called", "bot_paused"} <= events
    hook_secrets = {hook.secret for hook in clickup_sandbox.world.webhooks}
    everywhere = {clickup_sandbox.token, PASSWORD, BROKER_PASSWORD, MISTYPED, BAD}
    everywhere |= {AUDIT_KEY, OUTBOUND_SECRET}
    result = [
        (file.name, secret)
        for file in run.folder.rglob("*")
        # The bot's own database must know the webhook's secret, and nothing else.
        for secret in everywhere | (set() if file.name.startswith("clickup-") else hook_secrets)
        if file.name != "mistyped.toml" and secret.encode() in file.read_bytes()
    ]
    assert len(hook_secrets) == 1
    assert result == []


def _live_through_trouble(run: Run, sandbox: Sandbox) -> None:
    control, maria = sandbox.control, sandbox.control.as_user("Maria")
    process = run.start("serve", "serve")
    _until(lambda: list(control.world.webhooks), "a webhook is registered")
    (hook,) = control.world.webhooks
    control.faults.add("status", method="GET", path="*/task*", status_code=502)
    control.faults.add("status", method="PUT", path="*/task/*", status_code=403, times=3)
    maria.create_task("Tasks", "vLLM endpoint answers 503")
    _until(lambda: "event_parked" in run.text("serve"), "an event is parked")
    control.faults.add("cut_after", method="PUT", path="*/task/*")
    maria.create_task("Tasks", "Triton endpoint answers 503")
    body = json.dumps({"event": "taskUpdated", "webhook_id": hook.id, "task_id": "x"}).encode()
    for headers in ({}, {"X-Signature": "0" * 64}, {"X-Signature": hook.secret}):
        assert (
            requests.post(run.url + "/hooks/clickup", data=body, headers=headers).status_code < 401
        )
    for page in ("metrics", "readyz", "healthz"):
        (run.folder / f"{page}.txt").write_text(requests.get(f"{run.url}/{page}").text)
    token = control.world.tokens[sandbox.token]
    with control.world.change():
        control.world.tokens.drop(token.id)
    maria.create_task("Tasks", "Ray Serve endpoint answers 503")
    _until(lambda: "bot_paused" in run.text("serve"), "the bot pauses")
    with control.world.change():
        control.world.tokens.put(token)
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 0


_FAILING: list[Any] = [
    ("refused", "serve", {"CLICKUP__TOKEN": BAD, "STORE__URL": "sqlite:///other.db"}),
    ("database", "--debug", "serve", {"STORE__URL": DATABASE}),
    ("mistyped", "--debug", "serve", "--config", "mistyped.toml", {}),
]


def _ended(process: subprocess.Popen[bytes]) -> int:
    """The exit code; one that goes on trying is stopped after a while."""
    try:
        return process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        return process.wait()


def _until(true: Callable[[], object], part: str, seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, part
        time.sleep(0.02)
