"""Outgoing webhooks: signed, kept, sent in order, retried by the inbox."""

import base64
import hashlib
import hmac
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from clickup_mlops.bot.inbox_writer import InboxWriter
from clickup_mlops.bot.lanes.worker import Postponed
from clickup_mlops.errors import ContentError, InputError, RetryableApiError
from clickup_mlops.features.outbound.outbound import Outbound, check, headers
from clickup_mlops.features.outbound.post import post
from clickup_mlops.features.outbound.settings import OutboundSettings
from clickup_mlops.store import Store
from clickup_mlops.store.inbox_rows import InboxRow
from tests.automations.support import automation
from tests.features.outbound.test_post import Listener, listener

__all__ = ["listener"]

NOW_MS = 1_767_614_400_000


class Desk:
    """An outbox with one target, on a real store; `now_ms` can be moved."""

    def __init__(self, store: Store, listener: Listener) -> None:
        self.store, self.now_ms, self.dispatched = store, NOW_MS, list[str]()
        url = f"http://127.0.0.1:{listener.port}/in"
        target = {"url": url, "secret": "of the target"}
        self.outbound = Outbound(
            InboxWriter(
                store.inbox,
                lambda: "1",
                lambda: self.now_ms,
                dispatch=lambda lane, _rank: self.dispatched.append(lane),
            ),
            OutboundSettings(targets={"deploys": target}, allow_hosts=("127.0.0.1",)),
            clock=lambda: self.now_ms,
            post=post,
        )

    def rows(self) -> list[InboxRow]:
        """What waits, oldest first."""
        return self.store.inbox.list("ready", 10)[::-1]


@pytest.fixture
def desk(tmp_path: Path, listener: Listener) -> Iterator[Desk]:
    with Store.open(f"sqlite:///{tmp_path / 'bot.db'}") as store:
        yield Desk(store, listener)


def test_the_signature_is_that_of_the_specification() -> None:
    """The example that the libraries of Standard Webhooks test themselves with."""
    signed = headers(
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        1614265330,
        b'{"test": 2432232314}',
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    )

    assert signed["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_malformed_address_has_a_name(desk: Desk) -> None:
    """That is no part of it: it may hold a secret."""
    with pytest.raises(InputError, match="webhook to a malformed address: nothing to sign with"):
        desk.outbound.send("msg_1", "https://[a/secret", {})


def test_a_message_is_kept_once_and_sent_signed(desk: Desk, listener: Listener) -> None:
    """Asked for twice, it waits once, in the lane of its target."""
    for _ in range(2):
        desk.outbound.send("msg_1", "deploys", {"model": "ranker"})
    assert desk.outbound.is_stored("msg_1")
    assert set(desk.dispatched) == {"out:deploys"}
    desk.outbound.deliver(desk.rows())

    ((path, sent_headers, body),) = listener.received
    assert (path, orjson.loads(body)) == ("/in", {"model": "ranker"})
    assert sent_headers["webhook-id"] == "msg_1"
    signed = f"msg_1.{NOW_MS // 1000}.".encode() + body
    digest = hmac.new(b"of the target", signed, hashlib.sha256).digest()
    assert sent_headers["webhook-signature"] == f"v1,{base64.b64encode(digest).decode()}"


@pytest.mark.parametrize("status", [500, 503, 429, 408])
def test_what_is_not_taken_now_is_sent_again_under_its_id(
    desk: Desk, listener: Listener, status: int
) -> None:
    """Those before it in the lane are not sent twice, and the order is kept."""
    listener.statuses = [200, status]
    for name in ("msg_1", "msg_2", "msg_3"):
        desk.outbound.send(name, "deploys", {})
    with pytest.raises(RetryableApiError, match=f"deploys: status {status}"):
        desk.outbound.deliver(desk.rows())
    desk.outbound.deliver(desk.rows())

    ids = [sent_headers["webhook-id"] for _, sent_headers, _ in listener.received]
    assert ids == ["msg_1", "msg_2", "msg_2", "msg_3"]


@pytest.mark.parametrize(("retry_after", "wait_ms"), [("30", 30_000), ("86400", 3_600_000)])
def test_a_target_that_says_when_is_not_asked_before(
    desk: Desk, listener: Listener, retry_after: str, wait_ms: int
) -> None:
    """At most an hour; it is no failure, unless it has lasted for too long."""
    listener.statuses, listener.headers = [429, 429], {"Retry_After": retry_after}
    desk.outbound.send("msg_1", "deploys", {})
    with pytest.raises(Postponed) as postponement:
        desk.outbound.deliver(desk.rows())
    assert postponement.value.until_ms == NOW_MS + wait_ms

    desk.now_ms += 86_400_001
    with pytest.raises(InputError, match="status 429, for 1 day"):
        desk.outbound.deliver(desk.rows())


def test_what_a_person_replays_is_sent_again(desk: Desk, listener: Listener) -> None:
    """Under its id. What the inbox gives twice, because its end was not noted, is not."""
    desk.outbound.send("msg_1", "deploys", {})
    (row,) = desk.rows()
    for _ in range(2):
        desk.outbound.deliver([row])
    assert len(listener.received) == 1

    desk.store.inbox.replay(row.id, NOW_MS + 60_000)
    desk.outbound.deliver(desk.rows())
    ids = [sent_headers["webhook-id"] for _, sent_headers, _ in listener.received]
    assert ids == ["msg_1"] * 2


@pytest.mark.parametrize("status", [400, 401, 404, 410, 302])
def test_what_is_refused_is_parked(desk: Desk, listener: Listener, status: int) -> None:
    """Sending it again would not help; `InputError` parks it."""
    listener.statuses = [status]
    desk.outbound.send("msg_1", "deploys", {})

    with pytest.raises(InputError, match=f"refused with status {status}"):
        desk.outbound.deliver(desk.rows())


def test_a_target_that_stays_away_is_given_up_after_a_day(desk: Desk, listener: Listener) -> None:
    """Then its messages are parked, with the reason."""
    listener.statuses = [503, 503]
    desk.outbound.send("msg_1", "deploys", {})
    with pytest.raises(RetryableApiError):
        desk.outbound.deliver(desk.rows())
    desk.now_ms += 86_400_001

    with pytest.raises(InputError, match="status 503, for 1 day"):
        desk.outbound.deliver(desk.rows())


@pytest.mark.parametrize(
    ("to", "body", "wrong"),
    [
        ("nobody", {}, 'no webhook target is called "nobody"'),
        ("https://hooks.example.org/T0/secret", {}, r"hooks\.example\.org: nothing to sign with"),
        ("deploys", {"text": "x" * 300_000}, "bytes are more than allowed"),
    ],
)
def test_what_cannot_be_sent_is_refused_when_it_is_made(
    desk: Desk, to: str, body: dict[str, Any], wrong: str
) -> None:
    """Nothing is kept."""
    with pytest.raises(InputError, match=wrong):
        desk.outbound.send("msg_1", to, body)

    assert not desk.outbound.is_stored("msg_1")


def test_a_target_that_is_not_configured_is_found_before_the_bot_starts(tmp_path: Path) -> None:
    """With the automation's file and key, and what there is."""
    step = '{ action = "webhook", to = "deplosy" }'
    parsed = automation(tmp_path, f'on = ["taskCreated"]\ndo = [{{ action = "route" }}, {step}]')
    settings = OutboundSettings(
        targets={"deploys": {"url": "https://d.example.org", "secret": "s"}}
    )

    with pytest.raises(
        ContentError, match=r"some_automation\.toml: do\.1\.to: no webhook"
    ) as wrong:
        check([parsed], settings)
    assert wrong.value.hint == "Known: deploys."

    slack = {"kind": "slack", "token": "xoxb-1", "channel": "C1"}
    with pytest.raises(ContentError, match=r"do\.1\.to: .* takes the action `message`"):
        check([parsed], OutboundSettings(targets={"deplosy": slack}))
    with pytest.raises(ValueError, match="`url` and `token` exclude each other"):
        OutboundSettings(targets={"chat": slack | {"url": "https://d.example.org"}})

    head = 'on = ["taskCreated"]\ndo = [{ action = "route" }]'
    late = automation(tmp_path, f"{head}\nuntil = '!task.open'\nthen = [{step}]")
    with pytest.raises(ContentError, match=r"some_automation\.toml: then\.0\.to: no webhook"):
        check([late], settings)


PAGE = Path(__file__).parents[3] / "docs" / "how-to" / "send-webhooks.md"


@pytest.mark.parametrize("secret", ["any text", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"])
def test_the_verification_on_the_page_accepts_ours_and_nothing_else(secret: str) -> None:
    """Another body, id, time or secret is refused."""
    (code,) = re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    names: dict[str, Any] = {}
    exec(code, names)
    verify, now = names["verify"], int(time.time())
    valid, old = headers("msg_1", now, b"{}", secret), headers("msg_1", now - 600, b"{}", secret)

    assert verify(valid, b"{}", secret)
    assert not verify(valid, b"{ }", secret)
    assert not verify(valid | {"webhook-id": "msg_2"}, b"{}", secret)
    assert not verify(valid, b"{}", "another")
    assert not verify(old, b"{}", secret)
