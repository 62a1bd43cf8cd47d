"""Over HTTP: with the token, from the right host and origin, and nothing without."""

import asyncio
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from typing import Any

import pytest
import requests
import uvicorn
from mcp.shared.exceptions import MCPError
from uvicorn.server import ServerState

from clickup_mlops.interfaces.mcp_server import connections
from tests.interfaces.mcp_server.conftest import TOKEN, Opened, World, with_token

PING = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}
HEADERS = {
    "Accept": "application/json, text/event-stream",
    "Content-Type": "application/json",
    "Authorization": f"Bearer {TOKEN}",
}


def status(address: str, body: object = PING, **headers: str | None) -> int:
    """Of one request."""
    messages = {key: value for key, value in (HEADERS | headers).items() if value is not None}
    return requests.post(address, json=body, headers=messages, timeout=20).status_code


def port_of(address: str) -> int:
    """Of a server's address."""
    return int(address.rpartition(":")[2].partition("/")[0])


def test_an_agent_with_the_token_uses_it(world: World, opened: Opened) -> None:
    """Several at once, each with the same tools as over standard input and output."""
    with world.http("--allow-writes") as address:
        left_session, two = opened(with_token(address)), opened(with_token(address))
        assert "undo_change" in left_session.tools()
        for agent in (left_session, two):
            assert agent.ask("why", task=world.inference)["workload"] == "inference"
            assert "Hint" in agent.refused("why", task="86unknown")


def test_many_calls_at_once_are_answered(world: World, opened: Opened) -> None:
    """Each with the store for itself."""
    with world.http("--allow-writes") as address, ThreadPoolExecutor(8) as pool:
        agent = opened(with_token(address))
        tasks = [world.inference, world.training, world.hostile] * 6
        submits = [pool.submit(agent.ask, "why", task=task) for task in tasks]
        muted = [
            pool.submit(agent.ask, "mute_automation", automation="gpu_budget", task=task, hours=9)
            for task in tasks[:6]
        ]
        assert [submit.result()["task_id"] for submit in submits] == tasks
        assert {future.result()["automation"] for future in muted} == {"gpu_budget"}
    assert len(world.team.bot.store.mutes.list(0)) == 3


def test_others_are_refused(steady_http: str, opened: Opened) -> None:
    """No token, a wrong one, another host's name, another page's origin, too much, no JSON."""
    address = steady_http
    assert status(address) == 200
    assert status(address, Authorization=None) == 401
    for wrong in (f"Bearer {TOKEN}x", "Bearer ", "Basic YTpi", f"Bearer {TOKEN[:-1]}", TOKEN):
        assert status(address, Authorization=wrong) == 401
    assert status(address, Authorization="Bearer t\xf6ken") == 401
    assert status(address, Host="evil.example.org") == 421
    assert status(address, Origin="https://evil.example.org") == 403
    assert status(address, Origin="http://localhost:5173") == 200
    assert status(address, ["x" * 300_000]) == 413
    assert status(address, [7]) == 400
    assert requests.get(address.removesuffix("/mcp"), timeout=20).status_code == 404
    with pytest.raises(BaseExceptionGroup) as refused:
        opened(with_token(address, "wrong"))
    assert refused.group_contains(MCPError, match="error response")


def test_a_host_of_the_settings_is_let_in(world: World) -> None:
    """As a proxy passes it on; others still are not."""
    with (world.folder / "config.toml").open("a", encoding="utf-8") as file:
        file.write('[mcp]\nhosts = ["mcp.example.org"]\norigins = ["https://a.example.org"]\n')
    with world.http() as address:
        assert status(address, Host="mcp.example.org") == 200
        assert status(address, Host="mcp.example.org:8443") == 200
        assert status(address, Origin="https://a.example.org") == 200
        assert status(address, Host="mcp.example.org.evil.net") == 421
        assert status(address, Origin="https://a.example.org.evil.net") == 403


def test_it_reads_only_unless_it_is_allowed_to_write(steady_http: str, opened: Opened) -> None:
    """As over standard input and output."""
    agent = opened(with_token(steady_http))
    assert "undo_change" not in agent.tools()
    assert "Unknown tool" in agent.refused("undo_change", target="1")


def test_connections_that_say_nothing_hold_up_nobody(steady_http: str) -> None:
    """A request while others are open and silent."""
    silent = [socket.create_connection(("127.0.0.1", port_of(steady_http))) for _ in range(20)]
    time.sleep(0.1)
    assert status(steady_http) == 200
    for connection in silent:
        connection.close()


@pytest.mark.parametrize(
    "words",
    [
        b"",
        b"POST /mcp HTTP/1.1\r\nHost: localhost\r\nX-",
        b"POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n{",
        b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
    ],
    ids=["nothing", "header", "body", "kept"],
)
def test_who_connects_without_a_token_shuts_out_nobody(steady_http: str, words: bytes) -> None:
    """More than the server takes, however far they get: with the token one is answered."""
    place = ("127.0.0.1", port_of(steady_http))
    with ExitStack() as closing:
        for _ in range(400):
            connection = socket.create_connection(place, timeout=20)
            closing.enter_context(connection)
            with suppress(OSError):  # it made room already
                connection.sendall(words)
        assert status(steady_http) == 200
        assert status(steady_http, Authorization=None) == 401


def test_a_connection_without_a_request_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also one on which a request was answered, and which goes on with half a header."""

    async def ended() -> list[bytes]:
        monkeypatch.setattr(connections, "MOST_IDLE_S", 0.2)
        config = uvicorn.Config(_hello, http=connections.BoundedConnection, log_config=None)
        config.load()
        state = ServerState()
        server = await asyncio.get_running_loop().create_server(
            lambda: connections.BoundedConnection(config, state, {}), "127.0.0.1", 0
        )
        port = server.sockets[0].getsockname()[1]
        answers = []
        for words in (b"", b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(words)
            answer = await reader.readuntil(b"hello") if words else b""
            writer.write(b"GET / HTTP/1.1\r\nX-")
            with suppress(ConnectionError):
                answer += await asyncio.wait_for(reader.read(), 20)
            answers.append(answer)
            writer.close()
        server.close()
        return answers

    silent, answered = asyncio.run(ended())
    assert silent == b""
    assert answered.endswith(b"hello")


async def _hello(scope: Any, receive: Any, send: Any) -> None:
    _ = scope, receive
    head = [(b"content-length", b"5")]
    await send({"type": "http.response.start", "status": 200, "headers": head})
    await send({"type": "http.response.body", "body": b"hello"})
