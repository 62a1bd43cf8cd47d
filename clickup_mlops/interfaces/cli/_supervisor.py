"""Several workspaces: a bot process for each settings file, started again when it ends.

Only this small parent is shared: each bot has its own token, budget, database, automations
and port, so one that fails takes nothing from the others.
"""

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from clickup_mlops import endings, logs
from clickup_mlops.operations.workspaces import SECRETS, secrets_folder

FIRST_WAIT_S: Final = 1.0
LONGEST_WAIT_S: Final = 60.0
"""Between two starts; doubles from the first with each end that comes soon."""
STEADY_S: Final = 60.0
"""A bot that ran this long is started again at once."""
STOP_S: Final = 20.0
"""How long a bot may take to stop before it is killed; longer than it gives itself."""
PARENT: Final = "CLICKUP_MLOPS_SUPERVISOR"
LOG_NAME: Final = "CLICKUP_MLOPS_LOG__NAME"
_DEATH_SIGNAL: Final = 1  # PR_SET_PDEATHSIG

_log = logs.get()


class Keeper:
    """Keeps one command running, in a thread of its own, until it is stopped."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        environment: Mapping[str, str],
        *,
        first_wait_s: float = FIRST_WAIT_S,
        steady_s: float = STEADY_S,
    ) -> None:
        self.name, self.code, self.starts = name, 0, 0
        self._command, self._environment = command, environment
        self._first_wait_s, self._steady_s = first_wait_s, steady_s
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._keep, name=f"keep-{name}")

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Ask the process to end, and start it no more."""
        with self._lock:
            self._stopping.set()
            if self._process is not None:
                self._process.terminate()

    def join(self) -> int:
        """Wait until it has ended; its exit code. Killed if that takes too long."""
        self._thread.join(STOP_S)
        if self._thread.is_alive() and self._process is not None:
            self._process.kill()
            self._thread.join()
        return self.code

    def _keep(self) -> None:
        wait_s = self._first_wait_s
        while not self._stopping.is_set():
            began = time.monotonic()
            self.code = self._run()
            if self._stopping.is_set():
                return
            steady = time.monotonic() - began >= self._steady_s
            wait_s = self._first_wait_s if steady else min(LONGEST_WAIT_S, 2 * wait_s)
            _log.error("bot_ended", bot=self.name, code=self.code, starts_again_in_s=wait_s)
            self._stopping.wait(wait_s)

    def _run(self) -> int:
        with self._lock:
            if self._stopping.is_set():
                return self.code
            self.starts += 1
            self._process = subprocess.Popen(self._command, env=self._environment)  # noqa: S603
        code = self._process.wait()
        with self._lock:
            self._process = None
        return code


def run(configs: Mapping[str, Path]) -> int:
    """Keep a bot for each name and settings file until a signal ends it. 0: all ended cleanly."""
    keepers = [Keeper(name, _command(file), _environment(name)) for name, file in configs.items()]
    stopping = threading.Event()
    endings.call(lambda *_: stopping.set())
    for keeper in keepers:
        keeper.start()
    stopping.wait()
    return _stop_all(keepers)


def _stop_all(keepers: Sequence[Keeper]) -> int:
    for keeper in keepers:
        keeper.stop()
    codes = {keeper.name: keeper.join() for keeper in keepers}
    _log.info("bots_stopped", codes=codes)
    return 0 if set(codes.values()) <= {0, -signal.SIGTERM, 128 + signal.SIGTERM} else 1


def _command(file: Path) -> list[str]:
    return [sys.executable, "-P", "-m", "clickup_mlops", "serve", "--config", str(file)]


def _environment(name: str) -> dict[str, str]:
    """What the bot gets besides the parent's: its name in the log, a secrets folder of its own."""
    variables = {
        PARENT: str(os.getpid()),
        LOG_NAME: name,
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    secrets = secrets_folder(name)
    return os.environ | variables | ({SECRETS: secrets} if secrets else {})


def end_with_parent(end: Callable[[int], object] = sys.exit) -> None:
    """A bot whose parent is killed must not keep the port. Linux only; once at start."""
    parent = os.environ.get(PARENT)
    if not parent or not sys.platform.startswith("linux"):
        return
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_DEATH_SIGNAL, signal.SIGTERM)
    if os.getppid() != int(parent):
        end(1)  # the parent died before the call
