"""Ports for the servers of tests. No port is looked for, released and bound later.

A server of this process takes over a `BoundPort`. Other programs are given port 0 and
say their port in their log (`port_in`), or a port from `reserve_port` where they cannot.
"""

import random
import re
import socket
import subprocess
import time
from pathlib import Path

from clickup_mlops.errors import ConfigError
from clickup_mlops.interfaces.web import server

HOST = "127.0.0.1"
LISTENING = r'"url": ?"http://127\.0\.0\.1:(\d+)", ?"event": ?"listening"'
"""Where `serve` says its port in its log."""
_RESERVABLE = range(20_000, 32_000)
"""Below the ports that systems choose for connections and for port 0."""
_HOLDERS: list[socket.socket] = []


class BoundPort:
    """A port with its socket: settings can name it before the server exists that takes it over.

    Connections are refused until that listens. As a text it is the number.
    """

    def __init__(self) -> None:
        self.socket = server.bind(HOST, 0)
        self.number: int = self.socket.getsockname()[1]

    def __str__(self) -> str:
        return str(self.number)


def reserve_port() -> int:
    """A port for a program that must be told a number, or that comes back to the same one.

    Until this process ends it holds the UDP port of the same number: no other test on this machine
    is given it, in this run or another.
    """
    while True:
        number, holder = random.choice(_RESERVABLE), socket.socket(type=socket.SOCK_DGRAM)
        try:
            holder.bind((HOST, number))
            server.bind(HOST, number).close()
        except (OSError, ConfigError):
            holder.close()
        else:
            _HOLDERS.append(holder)
            return number


def port_in(
    log: Path, pattern: str, process: "subprocess.Popen[bytes]", seconds: float = 60
) -> int:
    """The port that a program has written to its log; `pattern` has one group for it."""
    end = time.monotonic() + seconds
    while not (match := re.search(pattern, log.read_text(encoding="utf-8"))):
        assert process.poll() is None, log.read_text(encoding="utf-8")
        assert time.monotonic() < end, f"no port in {log}"
        time.sleep(0.02)
    return int(match[1])
