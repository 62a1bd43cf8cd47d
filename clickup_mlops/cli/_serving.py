"""What `serve` runs once everything is checked: a process with nothing but the bot in it.

The checks may load much that the bot does not need, such as the tools that update the database.
Replacing the process image frees that memory.
"""

import json
import os
import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NoReturn

from clickup_mlops.errors import ClickUpMlopsError

if TYPE_CHECKING:
    from clickup_mlops.bot.app import Bot
    from clickup_mlops.web.server import ServerOptions

_FEW_HEAPS = {"MALLOC_ARENA_MAX": "2"}
"""Else glibc keeps freed memory apart for each of some forty threads."""


@dataclass(frozen=True, slots=True)
class Address:
    """`[server]` of the settings as plain values, and the settings' file."""

    config: str | None
    host: str
    port: int
    kind: Literal["granian", "waitress"]
    threads: int
    max_body_bytes: int
    request_s: float
    connections: int
    connections_per_peer: int


def replace_process(config: Path | None, options: "ServerOptions") -> NoReturn:
    """Replace this process by the server; it keeps its process id. Never returns."""
    address = Address(
        config=None if config is None else str(config),
        host=options.host,
        port=options.port,
        kind=options.kind,
        threads=options.threads,
        max_body_bytes=options.max_body_bytes,
        request_s=options.request_s,
        connections=options.connections,
        connections_per_peer=options.connections_per_peer,
    )
    # -P with this process's own path: the same modules are found, and no others.
    environment = _FEW_HEAPS | os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    arguments = [sys.executable, "-P", "-m", __name__, json.dumps(asdict(address))]
    os.execve(sys.executable, arguments, environment)  # noqa: S606 - no shell is involved


def build(config: Path | None) -> "AbstractContextManager[Bot]":
    """Build the bot."""
    from clickup_mlops.bot import app
    from clickup_mlops.cli import _options

    return app.build(_options.settings(config, log_level=None))


def main(arguments: Sequence[str]) -> None:
    """Serve until a signal stops it."""
    sys.modules["rich"] = None  # type: ignore[assignment] # structlog loads it where it is found: 6 MiB
    from clickup_mlops import logs
    from clickup_mlops.web import server

    address = Address(**json.loads(arguments[0]))
    config = None if address.config is None else Path(address.config)
    try:
        server.run(partial(build, config), address)
    except ClickUpMlopsError as problem:
        sys.exit(logs.redactor.text(f"Error: {problem}\nHint: {problem.hint}"))


if __name__ == "__main__":
    main(sys.argv[1:])
