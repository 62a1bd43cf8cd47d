"""The program that the server tests run.

`python tests/interfaces/web/served.py KIND PORT URL LOG LIMITS`
"""

import json
import os
import re
import resource
import sys
import time
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from small_bot import SmallBot

from clickup_mlops import logs
from clickup_mlops.errors import ClickUpMlopsError, ConfigError
from clickup_mlops.interfaces.web import server


@dataclass(frozen=True)
class Options:
    kind: str
    port: int
    threads: int = 4
    host: str = "127.0.0.1"
    request_s: float = 15
    connections: int = 512
    connections_per_peer: int = 128
    max_body_bytes: int = 20_000


class SlowBot(SmallBot):
    """Takes a second for each event while a file `<log>.slow` exists.

    With `<log>.start` it never gets to its end of starting, with `<log>.stop` of stopping. With
    `<log>.freeze` nothing else of the process runs while it stops.
    """

    def start(self) -> None:
        super().start()
        self._hang_if("start")

    def stop(self) -> None:
        super().stop()
        self._hang_if("stop")
        assert self._log is not None
        if self._log.with_suffix(".freeze").exists():
            re.match("(a+)+b", "a" * 64)  # native code that never lets others run

    def _hang_if(self, part: str) -> None:
        assert self._log is not None
        if self._log.with_suffix(f".{part}").exists():
            time.sleep(60)

    def secrets(self, webhook_id: str) -> tuple[str, ...]:
        assert self._log is not None
        if self._log.with_suffix(".slow").exists():
            self._note("slow request")
            time.sleep(1)
        return tuple(super().secrets(webhook_id))


def build(url: str, log: Path) -> AbstractContextManager[SmallBot]:
    if url == "broken":
        raise ConfigError("the token is missing", hint="Set it.")
    return _Closing(SlowBot(url, log))


class _Closing(AbstractContextManager[SmallBot]):
    def __init__(self, bot: SmallBot) -> None:
        self._bot = bot

    def __enter__(self) -> SmallBot:
        return self._bot

    def __exit__(self, *_: object) -> None:
        self._bot.store.close()
        self._bot._note("closed")


def start_again(log: Path) -> None:
    """With `<log>.again` the program runs once more in this process, and can be stopped."""
    if log.with_suffix(".again").exists():
        log.with_suffix(".stop").unlink()
        os.execv(sys.executable, sys.orig_argv)


if __name__ == "__main__":
    logs.configure("INFO", json=True)
    kind, port, url, log, limits = sys.argv[1:6]
    try:
        hangs = any(Path(log).with_suffix(suffix).exists() for suffix in (".stop", ".freeze"))
        chosen = json.loads(limits)
        if files := chosen.pop("files", None):
            resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))
        options = Options(kind, int(port), **chosen)
        server.run(
            partial(build, url, Path(log)),
            options,
            stop_s=1 if hangs else 60,
            at_last=partial(start_again, Path(log)),
        )
    except ClickUpMlopsError as problem:
        sys.exit(f"{problem} ({problem.hint})")
