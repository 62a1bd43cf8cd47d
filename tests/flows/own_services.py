"""Bots as processes, and a Redis, that a test starts and stops as it likes."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests

from clickup_mlops.sandbox import Sandbox
from tests.flows.conftest import until
from tests.ports import reserve_port

ROOT = Path(__file__).parents[2]


class Served:
    """One `clickup-mlops serve`: what it answers, and what it says."""

    def __init__(self, process: subprocess.Popen[bytes], port: int, log: Path) -> None:
        self.process, self.port, self._log = process, port, log

    def get(self, path: str) -> requests.Response:
        """What it answers."""
        return requests.get(f"http://127.0.0.1:{self.port}{path}", timeout=20)

    def deliver(self) -> int:
        """The status of its answer to a delivery that nobody signed for it."""
        url = f"http://127.0.0.1:{self.port}/hooks/clickup"
        body = {"webhook_id": "w", "event": "e"}
        return requests.post(url, json=body, headers={"X-Signature": "x"}, timeout=20).status_code

    def ready(self) -> bool:
        """Whether `/readyz` says so."""
        try:
            return self.get("/readyz").status_code == 200
        except requests.ConnectionError:
            return False

    def alive(self) -> bool:
        """Whether `/healthz` says so."""
        try:
            return self.get("/healthz").status_code == 200
        except requests.ConnectionError:
            return False

    @property
    def output(self) -> str:
        """All that it printed."""
        return self._log.read_text(encoding="utf-8")

    def end(self) -> int:
        """Stop it as systemd does; its exit code."""
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.send_signal(signal.SIGABRT)  # it prints where each thread is
            self.process.wait(10)
            raise


@contextmanager
def served(
    sandbox: Sandbox, folder: Path, store_url: str, *, public: int = 0, **more: Any
) -> Iterator[Served]:
    """A bot in a process of its own. Its webhook points to `public`; 0: to itself."""
    port = reserve_port()
    settings = {
        "CLICKUP__TOKEN": sandbox.token,
        "CLICKUP__BASE_URL": sandbox.url,
        "AUTOMATIONS__MODE": "on",
        "HOOKS__PUBLIC_URL": f"http://127.0.0.1:{public or port}/hooks/clickup",
        "SERVER__PORT": str(port),
        "STORE__URL": store_url,
        **more,
    }
    env = {f"CLICKUP_MLOPS_{key}": value for key, value in settings.items()}
    log = folder / f"serve-{port}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "clickup_mlops", "serve"],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONFAULTHANDLER": "1", **env},
            stdout=output,
            stderr=output,
        )
    try:
        yield Served(process, port, log)
    finally:
        process.kill()
        process.wait()
        sys.stdout.write(log.read_text(encoding="utf-8"))  # pytest shows it when the test fails


class RedisServer:
    """Keeps nothing: what is in it when it stops is lost."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._port = reserve_port()
        self._process: subprocess.Popen[bytes] | None = None
        self.url = f"redis://127.0.0.1:{self._port}/0"

    def start(self) -> None:
        """Serve."""
        import redis

        command = ["redis-server", "--port", str(self._port), "--bind", "127.0.0.1", "--save", ""]
        self._process = subprocess.Popen(
            command, cwd=self._folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

        def answers() -> bool:
            try:
                return bool(redis.Redis.from_url(self.url, socket_connect_timeout=1).ping())
            except redis.RedisError:
                return False

        until(answers)

    def stop(self) -> None:
        """End."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(20)


@contextmanager
def own_redis(folder: Path) -> Iterator[RedisServer]:
    """A Redis that runs; skips the test where it is not installed."""
    pytest.importorskip("redis")
    if not shutil.which("redis-server"):
        pytest.skip("redis-server is not installed")
    server = RedisServer(folder)
    try:
        server.start()
        yield server
    finally:
        server.stop()
