"""A server that answers what a test says, and the transport to it."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from clickup_mlops.monday.transport import Transport
from tests.http_server import Handler, serving

TOKEN = "eyJhbGciOiJIUzI1NiJ9.secret-of-the-account"
START_MS = 1_790_000_000_000


class Answers:
    """What the server answers, in turn (the last one for ever), and what it was asked."""

    def __init__(self) -> None:
        self.turns: list[tuple[int, bytes, dict[str, str]]] = []
        self.requests: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []

    def add(self, body: Any, status: int = 200, **headers: str) -> "Answers":
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.turns.append((status, content, headers))
        return self


class Clock:
    """A clock that only waiting moves on."""

    def __init__(self) -> None:
        self.now_ms, self.waits = START_MS, list[float]()

    def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now_ms += round(1000 * seconds)


@pytest.fixture
def answers() -> Answers:
    return Answers()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def url(answers: Answers) -> Iterator[str]:
    class Server(Handler):
        def post(self) -> None:
            answers.requests.append(json.loads(self.body()))
            answers.headers.append(dict(self.headers))
            turn = answers.turns.pop(0) if len(answers.turns) > 1 else answers.turns[0]
            status, content, headers = turn
            self.answer(status, content, **headers)

    with serving(Server) as server:
        yield f"http://127.0.0.1:{server.server_port}"


@pytest.fixture
def transport(url: str, clock: Clock) -> Iterator[Transport]:
    transport = Transport(
        TOKEN,
        base_url=url,
        api_version="2026-10",
        timeout_s=5,
        sleep=clock.sleep,
        now_ms=lambda: clock.now_ms,
    )
    yield transport
    transport.close()
