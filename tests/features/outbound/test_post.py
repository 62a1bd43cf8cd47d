"""A POST to an address that somebody else chose reaches no private network."""

import socket
import ssl
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from clickup_mlops.errors import InputError
from clickup_mlops.features.outbound.post import Answer, choose_address, post
from tests.http_server import Handler, serving

TLS = Path(__file__).parents[2] / "cases" / "tls"


@dataclass
class Listener:
    """A web server that answers as told and remembers what came."""

    port: int = 0
    statuses: list[int] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    """Of the answers to come."""
    received: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)


@contextmanager
def listening(tls: ssl.SSLContext | None = None) -> Iterator[Listener]:
    """Answers 200 unless `statuses` has something else to say, one after the other."""
    receiver = Listener()

    class Target(Handler):
        def post(self) -> None:
            sent_headers = {name.lower(): value for name, value in self.headers.items()}
            receiver.received.append((self.path, sent_headers, self.body()))
            head = {"Location": "/elsewhere"} | receiver.headers
            self.answer(receiver.statuses.pop(0) if receiver.statuses else 200, b"", **head)

    with serving(Target, tls) as server:
        receiver.port = server.server_port
        yield receiver


@pytest.fixture
def listener() -> Iterator[Listener]:
    """Without TLS."""
    with listening() as receiver:
        yield receiver


@pytest.fixture
def secure_listener(monkeypatch: pytest.MonkeyPatch) -> Iterator[Listener]:
    """With a certificate for `hooks.test.invalid`, which the system trusts."""
    monkeypatch.setenv("SSL_CERT_FILE", str(TLS / "certificate.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(TLS / "certificate.pem", TLS / "key.pem")
    with listening(context) as receiver:
        yield receiver


def _post(url: str, addresses: Sequence[str], allow: Sequence[str] = ()) -> Answer:
    return post(
        url, b"{}", {}, allow_hosts=allow, timeout_s=2, resolve=lambda _host, _port: addresses
    )


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "0.0.0.0",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fd00::1",
        "fe80::1%eth0",
        "::ffff:10.0.0.1",
        "64:ff9b::a00:1",
        "2002:7f00:1::",
        "ff0e::1",
        "192.0.0.192",
        "192.88.99.1",
        "198.18.0.1",
        "240.0.0.1",
        "fec0::1",
        "::7f00:1",
        "::ffff:0:7f00:1",
        "64:ff9b::7f00:1",
        "64:ff9b:1::7f00:1",
        "2001::1",
        "2001:db8::1",
        "3fff::1",
        "100::1",
        "5f00::1",
        "4000::1",
    ],
)
def test_an_address_that_is_not_public_is_refused(address: str) -> None:
    """However it is written."""
    with pytest.raises(InputError, match="not a public address"):
        choose_address("hooks.example.org", [address], is_listed=False)


def test_one_private_address_among_public_ones_is_enough_to_refuse() -> None:
    """Which of them a connection would take is a matter of chance."""
    with pytest.raises(InputError, match=r"10\.0\.0\.1"):
        choose_address("hooks.example.org", ["93.184.215.14", "10.0.0.1"], is_listed=False)


@pytest.mark.parametrize(
    "address",
    [
        "93.184.215.14",
        "2606:2800:21f:cb07:6820:80da:af6b:8b2c",
        "64:ff9b::5db8:d70e",
        "::ffff:93.184.215.14",
    ],
)
def test_a_public_address_passes(address: str) -> None:
    """Of both kinds."""
    assert choose_address("hooks.example.org", [address], is_listed=False) == address


def test_nothing_is_sent_to_a_forbidden_address(listener: Listener) -> None:
    """Neither by name nor by number; also not if only the path looks public."""
    for host in ("localhost", "127.0.0.1", "2130706433", "[::ffff:127.0.0.1]"):
        with pytest.raises(InputError):
            post(
                f"https://{host}:{listener.port}/hooks.example.org",
                b"{}",
                {},
                allow_hosts=(),
                timeout_s=2,
            )

    assert listener.received == []


def test_the_connection_goes_to_the_address_that_was_checked(listener: Listener) -> None:
    """The name is asked for once: it resolves nowhere, and yet its request arrives, by its name."""
    host = "rebinding.invalid"
    answer = _post(f"http://{host}:{listener.port}/a?b=c", ["127.0.0.1"], allow=[host])

    ((path, sent_headers, body),) = listener.received
    assert (answer.status, path, body) == (200, "/a?b=c", b"{}")
    assert sent_headers["host"] == f"{host}:{listener.port}"


def test_a_certificate_is_checked_against_the_name(secure_listener: Listener) -> None:
    """Though the connection goes to a number; one for another name is refused, and nothing sent."""
    certified, other_name = "hooks.test.invalid", "other.test.invalid"
    ports, addresses = secure_listener.port, ["127.0.0.1"]

    assert _post(f"https://{certified}:{ports}/a", addresses, allow=[certified]).status == 200
    with pytest.raises(OSError, match="doesn't match"):
        _post(f"https://{other_name}:{ports}/a", addresses, allow=[other_name])
    assert [path for path, *_ in secure_listener.received] == ["/a"]


def test_a_redirect_is_not_followed(listener: Listener) -> None:
    """It would lead around the check."""
    listener.statuses = [302]

    answer = _post(f"http://h.invalid:{listener.port}/", ["127.0.0.1"], allow=["h.invalid"])
    assert answer.status == 302
    assert len(listener.received) == 1


@pytest.mark.parametrize(
    ("retry_after", "after_s"),
    [("30", 30), ("Wed, 21 Oct 2026 07:28:00 GMT", 0), ("-1", 0), ("²", 0), ("9" * 5_000, 0)],
)
def test_the_wait_that_is_asked_for_is_read(
    listener: Listener, retry_after: str, after_s: int
) -> None:
    """In seconds; whatever else it says is no wait."""
    listener.statuses, listener.headers = [429], {"Retry_After": retry_after}
    answer = _post(f"http://h.invalid:{listener.port}/", ["127.0.0.1"], allow=["h.invalid"])
    assert answer == Answer(429, after_s)


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example.org/",
        "ftp://hooks.example.org/",
        "https://user:secret@hooks.example.org/",
        "https:///path",
        "https://hooks.example.org:99999/",
        "hooks.example.org",
    ],
)
def test_an_address_without_tls_or_with_a_password_is_refused(url: str) -> None:
    """Before its name is looked up."""
    with pytest.raises(InputError) as refused:
        post(url, b"{}", {}, allow_hosts=(), timeout_s=2, resolve=_unreachable)

    assert "secret" not in str(refused.value)


def _unreachable(_host: str, _port: int) -> Sequence[str]:
    raise AssertionError("a name was looked up")


def test_a_host_that_is_away_is_an_error_of_the_network() -> None:
    """To be tried again: nobody listens there, or the name is unknown."""
    with pytest.raises(OSError):
        _post("http://h.invalid:9/", ["127.0.0.1"], allow=["h.invalid"])
    with pytest.raises(OSError):
        _post("https://h.invalid/", [])


@pytest.mark.parametrize("tls", [False, True])
def test_a_target_that_drips_its_answer_is_given_up(tls: bool) -> None:
    """Each byte comes in time, the answer never does: in the header, or while TLS is agreed on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        stopping = threading.Event()

        def drip() -> None:
            connection, _ = server.accept()
            with connection, suppress(OSError):
                # The head of a TLS record of 16,000 bytes, or the first of endless headers.
                connection.sendall(b"\x16\x03\x03\x3e\x80" if tls else b"HTTP/1.1 200 OK\r\nA: ")
                while not stopping.wait(0.05):
                    connection.sendall(b"a")

        thread = threading.Thread(target=drip)
        thread.start()
        url = f"http{'s' * tls}://drip.invalid:{server.getsockname()[1]}/"
        with pytest.raises(OSError):
            post(
                url,
                b"{}",
                {},
                allow_hosts=["drip.invalid"],
                timeout_s=0.5,
                resolve=lambda _host, _port: ["127.0.0.1"],
            )
        stopping.set()
        thread.join()
