"""Every exchange ends in time, whatever the other side drips: header, body, TLS, greeting."""

import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from email.message import EmailMessage
from functools import partial

import pytest
import requests
import urllib3

from clickup_mlops import deadline
from clickup_mlops.clickup.client import ClickUp
from clickup_mlops.clickup.content import Attachment
from clickup_mlops.errors import ApiError, ConfigError, RetryableApiError, UncertainWrite
from clickup_mlops.features.metrics.read.reader import WorldReader
from clickup_mlops.features.metrics.source import SourceError
from clickup_mlops.features.migration.operations import content
from clickup_mlops.features.outbound.post import post
from clickup_mlops.features.reports.delivery import mail
from clickup_mlops.features.reports.delivery.mail_settings import MailSettings
from clickup_mlops.monday.files import Files
from clickup_mlops.monday.transport import Transport
from clickup_mlops.operations import outage
from tests.dripping import HOW, SMTP, dripping
from tests.http_server import Handler, serving

SHORT_S = 0.2


@pytest.fixture(params=HOW)
def address(request: pytest.FixtureRequest) -> Iterator[str]:
    """Of a server that drips."""
    with dripping(*HOW[request.param]) as port:
        yield f"http{'s' * (request.param == 'tls')}://127.0.0.1:{port}"


def test_a_metric_source_ends_in_time(address: str) -> None:
    """Within its `timeout`."""
    with pytest.raises(SourceError, match="did not end in time"):
        WorldReader().text(f"{address}/metrics", {}, SHORT_S)


@pytest.mark.usefixtures("each_http_client")
@pytest.mark.parametrize("kind", ["read", "write"])
def test_a_call_to_clickup_ends_in_time(address: str, kind: str) -> None:
    """Of what creates something nobody knows then whether it happened."""
    with ClickUp("pk_1", base_url=address, timeout_s=SHORT_S, attempts=1) as client:
        if kind == "read":
            with pytest.raises(RetryableApiError):
                client.authorization.user()
        else:
            with pytest.raises((UncertainWrite, RetryableApiError), match=r"too slow|no answer"):
                client.tasks.create("1", "x")


def test_a_call_to_monday_ends_in_time(address: str) -> None:
    """As of ClickUp."""
    transport = Transport(
        "t", base_url=address, api_version="2025-04", timeout_s=SHORT_S, attempts=1
    )
    with pytest.raises(ApiError):
        transport.send("boards")
    transport.close()


def test_files_end_in_time(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of Monday.com, and attachments of ClickUp."""
    monkeypatch.setattr(content, "_LONGEST_S", SHORT_S)
    with pytest.raises(RetryableApiError):
        content.open_attachment(Attachment("1", "a.txt", address, 1))
    transport = Transport("t", base_url=address, api_version="x", timeout_s=0.01, attempts=1)
    transport.sleep = lambda _seconds: None
    files = Files(lambda ids: dict.fromkeys(ids, address), transport=transport)
    with pytest.raises(RetryableApiError):
        files.open("1", "a.txt")


def test_what_doctor_asks_ends_in_time(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A person waits for it."""
    monkeypatch.setattr(outage, "_TIMEOUT_S", SHORT_S)
    with pytest.raises(ConfigError, match="does not answer"):
        outage.fetched(address)


@pytest.mark.parametrize("how", ["header", "tls"])
def test_an_outgoing_webhook_ends_in_time(how: str) -> None:
    """Its target is chosen by others. The body of the answer is not read."""
    with dripping(*HOW[how]) as port, pytest.raises(OSError):
        address = f"http{'s' * (how == 'tls')}://127.0.0.1:{port}"
        post(address, b"{}", {}, allow_hosts=["127.0.0.1"], timeout_s=SHORT_S)


@pytest.mark.parametrize("security", ["none", "starttls", "tls"])
def test_mail_ends_in_time(security: str) -> None:
    """Greeting and handshake."""
    with dripping(*(HOW["tls"] if security == "tls" else SMTP)) as port:
        settings = MailSettings(
            host="127.0.0.1",
            port=port,
            security=security,  # type: ignore[arg-type]
            timeout=timedelta(seconds=SHORT_S / 4),
            sender="a@example.org",
        )
        with pytest.raises(RetryableApiError):
            mail.send(settings, EmailMessage(), ["b@example.org"])


def test_a_kept_connection_serves_the_next_exchange() -> None:
    """One that ended in time is not shut down when its time comes."""

    class Good(Handler):
        protocol_version = "HTTP/1.1"

        def get(self) -> None:
            self.answer(200, b"good")

    with serving(Good) as server, deadline.mount_bounded_adapters(requests.Session()) as session:
        address = f"http://127.0.0.1:{server.server_port}"
        for _ in range(3):
            with deadline.within(SHORT_S):
                assert session.get(address, timeout=5).text == "good"
            time.sleep(SHORT_S)
        with deadline.within(30):
            assert session.get(address, timeout=5).text == "good"


def test_exchanges_of_many_threads_end_by_themselves() -> None:
    """Those that are late, and no other."""

    class Good(Handler):
        def get(self) -> None:
            self.answer(200, b"good")

    ended: list[str] = []

    def ask(address: str, ask_s: float) -> None:
        try:
            with (
                deadline.within(ask_s),
                deadline.mount_bounded_adapters(requests.Session()) as session,
            ):
                text = session.get(address, timeout=20).text
            ended.append(text)
        except (deadline.TooSlow, requests.RequestException) as problem:
            ended.append(type(problem).__name__)

    with dripping(*HOW["header"]) as port, serving(Good) as server:
        slow, fast = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{server.server_port}"
        asks: list[Callable[[], None]] = [partial(ask, slow, SHORT_S) for _ in range(8)]
        asks += [partial(ask, fast, 20) for _ in range(8)]
        threads = [threading.Thread(target=ask_server) for ask_server in asks]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
    assert sorted(ended) == ["TooSlow"] * 8 + ["good"] * 8


def test_a_pool_is_bounded_once() -> None:
    """However often it is asked for."""
    pool = urllib3.HTTPConnectionPool("127.0.0.1", 9)
    kind = deadline.bound_pool(pool).ConnectionCls
    assert deadline.bound_pool(pool).ConnectionCls is kind
