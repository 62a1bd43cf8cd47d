"""Where a request goes: below the path of the base, or through a proxy from the environment."""

import socket
from collections.abc import Iterator
from threading import Thread

import pytest

from clickup_mlops.clickup.client import ClickUp

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 19\r\n\r\n" + b'{"user": {"id": 7}}'


@pytest.fixture
def recording_server() -> Iterator[tuple[str, list[bytes]]]:
    """The address of a server that answers one request, and the heads of what it received."""
    heads: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer() -> None:
            connection, _ = listening.accept()
            with connection:
                heads.append(connection.recv(65_536))
                connection.sendall(ANSWER)

        thread = Thread(target=answer, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}", heads
        thread.join(5)


def test_a_base_with_a_path_is_where_the_api_begins(
    recording_server: tuple[str, list[bytes]],
) -> None:
    """Such as a gateway's; the token is a header."""
    address, heads = recording_server
    with ClickUp("pk_1", base_url=f"{address}/gateway/") as client:
        assert client.authorization.user().id == 7

    assert heads[0].startswith(b"GET /gateway/api/v2/user HTTP/1.1\r\n")
    assert b"\r\nauthorization: pk_1\r\n" in heads[0].lower()


def test_a_plain_proxy_gets_the_whole_address(
    recording_server: tuple[str, list[bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has to know where to pass the request on to."""
    address, heads = recording_server
    monkeypatch.setenv("HTTP_PROXY", address)
    monkeypatch.setenv("http_proxy", address)
    with ClickUp("pk_1", base_url="http://clickup.example/gateway") as client:
        assert client.authorization.user().id == 7

    assert heads[0].startswith(b"GET http://clickup.example/gateway/api/v2/user HTTP/1.1\r\n")
    assert b"\r\nhost: clickup.example\r\n" in heads[0].lower()
