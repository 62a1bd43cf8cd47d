"""Who is slow holds up nobody else: on both servers, with no proxy in front."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from clickup_mlops.interfaces.web.connections import Waiting, excess, network
from tests.interfaces.web.small_bot import priority_event
from tests.interfaces.web.test_server import KINDS, Served, serving, wait_until

STALLED_BODY = (
    b"POST /hooks/clickup HTTP/1.1\r\nHost: bot\r\nX-Signature: x\r\nContent-Length: 1000\r\n\r\n{"
)
STALLED_REPORT = STALLED_BODY.replace(b"clickup", b"in/mlflow")
STALLED_HEADER = b"POST /hooks/clickup HTTP/1.1\r\nHost: bot\r\nX-"
NOTHING = b""


@pytest.fixture
def crowd() -> Iterator["Crowd"]:
    """Clients that connect, begin and do not go on."""
    with ExitStack() as closing:
        yield Crowd(closing)


class Crowd:
    def __init__(self, closing: ExitStack) -> None:
        self._closing, self.sockets = closing, list[socket.socket]()

    def connect(self, port: int, count: int, words: bytes) -> None:
        for _ in range(count):
            connection = socket.create_connection(("127.0.0.1", port), timeout=10)
            self.sockets.append(self._closing.enter_context(connection))
            connection.sendall(words)

    def open(self) -> int:
        """How many are still connected, as far as they can know."""
        return sum(map(_is_open, self.sockets))


def _is_open(connection: socket.socket) -> bool:
    connection.setblocking(False)
    try:
        return bool(connection.recv(65_536))
    except BlockingIOError:
        return True
    except OSError:
        return False


def answers(served: Served) -> None:
    """Health, metrics and deliveries."""
    for path in ("healthz", "readyz", "metrics"):
        assert requests.get(f"{served.address}/{path}", timeout=10).ok
    assert served.post(priority_event()).status_code == 200


@pytest.mark.parametrize("kind", KINDS)
def test_stalled_clients_hold_up_nobody_and_are_given_up(
    kind: str, tmp_path: Path, crowd: Crowd
) -> None:
    """Many times as many as requests are served at once; all others are answered meanwhile. However
    they trickle, their time counts for the whole request.
    """
    with serving(kind, tmp_path, request_s=4, connections_per_peer=1000) as served:
        for words in (STALLED_BODY, STALLED_REPORT, STALLED_HEADER, NOTHING):
            crowd.connect(served.port, 40, words)
        answers(served)

        def is_gone() -> bool:
            for connection in crowd.sockets:
                with suppress(OSError):  # it is closed
                    connection.send(b"a")
            return not crowd.open()

        wait_until(is_gone)
        answers(served)
        assert "event_refused" not in served.errors.read_text()


@pytest.mark.parametrize("kind", KINDS)
def test_few_open_files_leave_room_for_deliveries(kind: str, tmp_path: Path, crowd: Crowd) -> None:
    """More clients than files: they are trimmed before the store has none left. The log says how
    many connections there can be, and what to do.
    """
    with serving(kind, tmp_path, files=64) as served:
        crowd.connect(served.port, 80, NOTHING)
        answers(served)
        lines = served.errors.read_text()
        assert "few_open_files" in lines
        assert "LimitNOFILE" in lines


def test_more_connections_than_allowed_are_trimmed(tmp_path: Path, crowd: Crowd) -> None:
    """More than the server takes: one address keeps its share, then everybody is answered."""
    with serving("granian", tmp_path, connections=20, connections_per_peer=10) as served:
        crowd.connect(served.port, 100, NOTHING)
        wait_until(lambda: crowd.open() <= 10)
        answers(served)
        wait_until(lambda: "connections_closed" in served.errors.read_text())


@dataclass(frozen=True)
class Few:
    request_s: float = 15
    connections: int = 6
    connections_per_peer: int = 4


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 20_000))))
def test_what_is_closed_waits_longest(arrivals: list[tuple[str, int]]) -> None:
    """Whoever was just answered stays; what is left is within every limit."""
    all_ = [Waiting(fd, peer, silent) for fd, (peer, silent) in enumerate(arrivals)]
    closed = {connection.fd for connection in excess(all_, Few())}
    remainder = [
        connection
        for connection in all_
        if connection.fd not in closed and connection.silent_ms >= 1_000
    ]

    assert not [
        connection
        for connection in all_
        if connection.silent_ms < 1_000 and connection.fd in closed
    ]
    assert len(remainder) <= 6
    assert all(sum(connection.peer == peer for connection in remainder) <= 4 for peer in "abc")
    assert all(connection.silent_ms <= 15_000 for connection in remainder)
    if len(all_) <= 4 and all(connection.silent_ms <= 15_000 for connection in all_):
        assert not closed


def test_a_peer_is_an_address_or_the_network_of_one_host() -> None:
    """An IPv6 host has a whole /64; a mapped IPv4 address is that one."""
    assert network("192.0.2.7") == network("::ffff:192.0.2.7") == "192.0.2.7"
    assert network("2001:db8::1") == network("2001:db8::ffff:2") == "2001:db8::"
    assert network("fe80::1%eth0") == "fe80::"
