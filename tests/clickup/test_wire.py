"""What is sent and where to: through proxies of the environment, to who a certificate names."""

import gzip
import socket
import ssl
import sys
from collections.abc import Iterator
from email.message import Message
from http.server import ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from clickup_mlops.clickup.client import ClickUp
from clickup_mlops.clickup.wire import clients
from clickup_mlops.clickup.wire.clients import Client
from clickup_mlops.errors import ApiError, ConfigError, RetryableApiError, UncertainWrite
from tests.connect_proxy import REFUSED, connect_proxy
from tests.http_server import Handler, serving

pytestmark = pytest.mark.usefixtures("each_http_client", "no_proxies")
TLS = Path(__file__).parents[1] / "cases" / "tls"
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 19\r\n\r\n" + b'{"user": {"id": 7}}'


@pytest.fixture
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


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


class User(Handler):
    """Answers as ClickUp says who asks."""

    def get(self) -> None:
        self.answer(200, b'{"user": {"id": 7}}')


@pytest.fixture
def tls_server() -> Iterator[int]:
    """The port of a server with the certificate of `hooks.test.invalid`."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(TLS / "certificate.pem", TLS / "key.pem")
    with serving(User, context) as server:
        yield server.server_port


@pytest.mark.parametrize(
    ("host", "is_trusted", "problem"),
    [
        ("hooks.test.invalid", True, ""),
        ("hooks.test.invalid", False, "certificate was not accepted"),
        ("other.test.invalid", True, "certificate was not accepted"),
    ],
)
def test_a_certificate_is_verified_through_a_proxy(
    tls_server: int, monkeypatch: pytest.MonkeyPatch, host: str, is_trusted: bool, problem: str
) -> None:
    """By name, and by the file that REQUESTS_CA_BUNDLE names, else by those of the system."""
    if is_trusted:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(TLS / "certificate.pem"))
    with connect_proxy(tls_server) as (proxy, heads):
        monkeypatch.setenv("HTTPS_PROXY", proxy)
        with ClickUp("pk_1", base_url=f"https://{host}", attempts=1) as clickup:
            if problem:
                with pytest.raises(ApiError, match=problem) as caught:
                    clickup.authorization.user()
                assert not isinstance(caught.value, RetryableApiError)
            else:
                assert clickup.authorization.user().id == 7
                assert clickup.authorization.user().id == 7
    assert {tuple(head.split()[:2]) for head in heads} == {(b"CONNECT", f"{host}:443".encode())}
    assert not any(b"pk_1" in head for head in heads)


def test_a_proxy_that_refuses_leaves_no_doubt(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing was sent to ClickUp: a call that makes something may be repeated."""
    with connect_proxy(1, REFUSED) as (proxy, heads):
        monkeypatch.setenv("HTTPS_PROXY", proxy)
        with ClickUp(
            "pk_1", base_url="https://api.clickup.test", attempts=2, sleep=lambda _s: None
        ) as clickup:
            with pytest.raises(RetryableApiError, match="ProxyError") as caught:
                clickup.tasks.create("1", "x")
            assert not isinstance(caught.value, UncertainWrite)
            assert (clickup.calls, len(heads)) == (2, 2)


def test_an_address_that_needs_no_proxy_is_called_directly(monkeypatch: pytest.MonkeyPatch) -> None:
    """As NO_PROXY says."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with serving(User) as server, ClickUp("pk_1", base_url=url_of(server)) as clickup:
        assert clickup.authorization.user().id == 7


def test_a_compressed_answer_is_read_within_the_size(monkeypatch: pytest.MonkeyPatch) -> None:
    """What counts is what comes out: a little of it can become any amount."""
    monkeypatch.setattr("clickup_mlops.clickup.wire.port.LARGEST_ANSWER", 100_000)
    bodies = [gzip.compress(b'{"user": {"id": 7}}'), gzip.compress(b" " * 10_000_000)]

    class Compressed(Handler):
        def get(self) -> None:
            self.answer(200, bodies.pop(0), Content_Encoding="gzip")

    with serving(Compressed) as server, ClickUp("pk_1", base_url=url_of(server)) as clickup:
        assert clickup.authorization.user().id == 7
        with pytest.raises(ApiError, match="too large"):
            clickup.authorization.user()


def test_a_body_is_announced_as_json_or_as_nothing() -> None:
    """An empty one is no form; no request waits for leave to send its body."""
    heads: list[Message] = []

    class Empty(Handler):
        def post(self) -> None:
            heads.append(self.headers)
            self.body()
            self.answer(200, b"{}")

    with serving(Empty) as server, ClickUp("pk_1", base_url=url_of(server)) as clickup:
        clickup.api.post("/api/v2/task/{task_id}", task_id="86x")
        clickup.api.post("/api/v2/task/{task_id}", {"text": "x" * 2_000_000}, task_id="86x")
    empty, large = heads
    assert (empty["Content-Length"], empty["Content-Type"]) == ("0", None)
    assert (large["Content-Type"], large["Expect"]) == ("application/json", None)


def url_of(server: ThreadingHTTPServer) -> str:
    return f"http://127.0.0.1:{server.server_port}"


@pytest.mark.parametrize("is_old", [False, True], ids=["missing", "old"])
@pytest.mark.parametrize(("client", "problem"), [("auto", ""), ("curl", "http_client is curl")])
def test_without_libcurl_requests_sends_the_calls(
    monkeypatch: pytest.MonkeyPatch, client: Client, problem: str, is_old: bool
) -> None:
    """Unless it is asked for by name. One that may send a request twice is as good as none."""
    monkeypatch.setattr(clients, "choose", lambda value: value)
    if is_old:
        monkeypatch.delattr("pycurl.PREREQFUNCTION")
    else:
        monkeypatch.setitem(sys.modules, "pycurl", None)
    monkeypatch.delitem(sys.modules, "clickup_mlops.clickup.wire.curl_wire", raising=False)
    with serving(User) as server:
        if problem:
            with pytest.raises(ConfigError, match=problem) as caught:
                ClickUp("pk_1", base_url=url_of(server), client=client)
            assert "[curl]" in caught.value.hint
        else:
            assert ClickUp("pk_1", base_url=url_of(server), client=client).authorization.user()


@pytest.mark.parametrize(("is_main", "is_curl"), [(True, False), (False, True)])
def test_only_the_main_thread_sends_by_requests_where_libcurl_is_installed(
    monkeypatch: pytest.MonkeyPatch,
    recording_server: tuple[str, list[bytes]],
    is_main: bool,
    is_curl: bool,
) -> None:
    """It hears Ctrl-C. `requests` alone asks in words for the connection to be kept."""
    monkeypatch.setattr(clients, "choose", lambda value: value)
    address, heads = recording_server
    ask = ClickUp("pk_1", base_url=address, client="auto").authorization.user
    if is_main:
        ask()
    else:
        (other := Thread(target=ask)).start()
        other.join(5)

    (head,) = heads
    assert (b"connection: keep-alive" not in head.lower()) == is_curl
