"""Closes connections that keep the server waiting: whoever sends nothing must not shut out others.

Neither server has a deadline for a whole request or a limit for each peer. Linux knows how long
ago a connection was last sent an answer (`TCP_INFO`); that is enough for both: a client that is
slow with its header or its body, one that says nothing, and one that does not read its answer all
look the same. Elsewhere than on Linux nothing is closed here.
"""

import socket
import struct
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from pathlib import Path
from typing import Final, Protocol

from clickup_mlops import rlimits

EVERY_S: Final = 1.0
_OPEN_FILES: Final = Path("/proc/self/fd")
_TCP_INFO: Final = getattr(socket, "TCP_INFO", None)
_ESTABLISHED: Final = 1
_STATE: Final = 0
_LAST_DATA_SENT: Final = 44
"""Offset in `struct tcp_info`: milliseconds since data was sent, or since the connection began."""


class Limits(Protocol):
    """What the settings allow."""

    @property
    def request_s(self) -> float:
        """Longest time from the beginning of a connection, or its last answer, to the next one."""
        ...

    @property
    def connections(self) -> int:
        """Most connections that wait at the same time."""
        ...

    @property
    def connections_per_peer(self) -> int:
        """Most of them from one address (IPv6: from one /64 network)."""
        ...


@dataclass(frozen=True, slots=True)
class Waiting:
    """An open connection that was not sent anything for some time."""

    fd: int
    peer: str
    silent_ms: int


def excess(connections: Iterable[Waiting], limits: Limits) -> Iterator[Waiting]:
    """Those to close: over their time; then over a limit, the longest silent ones first.

    One that was answered within the last second counts for nothing: it is not waiting.
    """
    deadline_ms, recent_ms = 1_000 * limits.request_s, 1_000 * EVERY_S
    total, by_peer = 0, Counter[str]()
    for connection in sorted(connections, key=lambda candidate: candidate.silent_ms):
        if connection.silent_ms < recent_ms:
            continue
        total += 1
        by_peer[connection.peer] += 1
        over = total > limits.connections or by_peer[connection.peer] > limits.connections_per_peer
        if over or connection.silent_ms > deadline_ms:
            yield connection


def waiting(port: int) -> Iterator[Waiting]:
    """This process's open connections to its port."""
    for fd in _descriptors():
        if connection := _looked_at(fd, port):
            yield connection


def _descriptors() -> Iterable[int]:
    try:
        return [int(file.name) for file in _OPEN_FILES.iterdir()]
    except OSError:  # none is left for reading the folder: every number is in use then
        return rlimits.possible_descriptors()


def close_excess(port: int, limits: Limits) -> int:
    """Close them; how many."""
    return sum(_shut(connection, port) for connection in [*excess(waiting(port), limits)])


def watch(port: int, limits: Limits, on_closed: Callable[[int], object]) -> None:
    """In a thread of its own, as long as the process runs."""
    if _TCP_INFO is None or not _OPEN_FILES.is_dir():
        return
    pause = threading.Event()

    def run() -> None:
        while not pause.wait(EVERY_S):
            if closed := close_excess(port, limits):
                on_closed(closed)

    threading.Thread(target=run, name="connections", daemon=True).start()


def _looked_at(fd: int, port: int) -> Waiting | None:
    # Never a copy of the descriptor: closing one of a file would drop SQLite's locks on it.
    try:
        connection = socket.socket(fileno=fd)
    except OSError:
        return None  # no socket
    try:
        if _port(connection.getsockname()) != port:
            return None
        peer = connection.getpeername()[0]
        info = connection.getsockopt(socket.IPPROTO_TCP, _TCP_INFO or 0, 104)
        if info[_STATE] != _ESTABLISHED:
            return None
        (silent_ms,) = struct.unpack_from("=I", info, _LAST_DATA_SENT)
        return Waiting(fd, network(peer), silent_ms)
    except OSError:
        return None  # it listens, or was closed meanwhile
    finally:
        connection.detach()


def _shut(connection: Waiting, port: int) -> bool:
    if _looked_at(connection.fd, port) is None:
        return False  # the number may be another file's by now
    open_socket = socket.socket(fileno=connection.fd)
    try:
        open_socket.shutdown(socket.SHUT_RDWR)  # whoever owns it reads its end, and closes it
    except OSError:
        return False
    finally:
        open_socket.detach()
    return True


def _port(address: object) -> int | None:
    return address[1] if isinstance(address, tuple) and len(address) > 1 else None


def network(peer: str) -> str:
    """Who counts as one peer: an IPv4 address, or the /64 network that one IPv6 host has."""
    address = ip_address(peer.partition("%")[0])
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(IPv6Address(int(address) >> 64 << 64))
    return str(address)
