"""Bots in processes of their own, to be killed: forked from a warm process, or the real command."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import requests

from tests.ports import reserve_port

ROOT = Path(__file__).parents[2]


class Nursery:
    """Starts bots with these settings' tables and kills them; `folder` gets their settings' file
    and their log. `script`, beside this file, makes the bots.
    """

    def __init__(self, folder: Path, *, script: str = "crash_nursery.py", **tables: Any) -> None:
        self.port = reserve_port()
        server = {"port": self.port, "threads": 4} | tables.pop("server", {})
        hooks = {"public_url": f"http://127.0.0.1:{self.port}/hooks/clickup"}
        engine = {"lease": 1, "backoff": 0.2, "sweep_every": 0.2, "workers": 4}
        engine |= tables.pop("engine", {})
        settings = {
            "server": server,
            "hooks": hooks,
            "engine": engine,
            "automations": {"mode": "on"},
        }
        self.config = folder / "bot.toml"
        self.config.write_text("".join(_toml(settings | tables)), encoding="utf-8")
        self._log = (folder / "bot.log").open("a")
        self._process = subprocess.Popen(
            [sys.executable, "-W", "ignore", Path(__file__).with_name(script)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            text=True,
        )
        self._served: dict[int, subprocess.Popen[bytes]] = {}
        self._living: set[int] = set()
        self._killing = threading.Lock()

    def start(self, *, receives: bool = True) -> int:
        """A new bot, by fork; its process id."""
        assert self._process.stdin and self._process.stdout
        order = {"config": str(self.config), "receives": receives}
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        pid = int(self._process.stdout.readline())
        self._living.add(pid)
        return pid

    def serve(self) -> int:
        """A new bot, by the command that people use; its process id."""
        command = [sys.executable, "-m", "clickup_mlops", "serve", "--config", str(self.config)]
        served = subprocess.Popen(
            command,
            stdout=self._log,
            stderr=self._log,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
        )
        self._served[served.pid] = served
        self._living.add(served.pid)
        return served.pid

    def listens(self) -> bool:
        """Whether a bot takes requests now."""
        try:
            socket.create_connection(("127.0.0.1", self.port), 1).close()
        except OSError:
            return False
        return True

    def is_ready(self) -> bool:
        """Whether a bot says that it is ready: its webhook is there, and remembered."""
        try:
            return requests.get(f"http://127.0.0.1:{self.port}/readyz", timeout=1).ok
        except requests.RequestException:
            return False

    def kill(self, pid: int) -> None:
        """Without warning; returns when it is gone. Once is enough."""
        with self._killing:
            if pid in self._living:
                self._living.discard(pid)
                os.kill(pid, signal.SIGKILL)
                if pid in self._served:
                    self._served.pop(pid).wait()
                with suppress(ProcessLookupError):
                    while True:
                        os.kill(pid, 0)
                        time.sleep(0.001)

    def close(self) -> None:
        """Kill what is left."""
        for pid in list(self._living):
            self.kill(pid)
        self._process.kill()
        self._process.wait()
        self._log.close()


def _toml(tables: dict[str, Any]) -> list[str]:
    """JSON values are TOML values, as long as they are texts, numbers and lists."""
    lines = []
    for name, values in tables.items():
        lines.append(f"[{name}]\n")
        lines += [f"{key} = {json.dumps(value)}\n" for key, value in values.items()]
    return lines
