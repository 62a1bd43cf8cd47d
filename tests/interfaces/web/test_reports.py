"""`POST /hooks/in/<name>`: the answer says whether to send a report again."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from clickup_mlops.bot.receive.ingest import Receipt
from clickup_mlops.errors import BadPayload, BadSignature, ConfigError, StoreBusy
from clickup_mlops.interfaces.web.app import create_app
from tests.empty import store_at
from tests.interfaces.web.small_bot import SmallBot


class Answering(SmallBot):
    """Raises what it is made with, or accepts so many reports."""

    result: Exception | int = 1

    def accept_report(self, name: str, body: bytes, headers: Mapping[str, str]) -> Receipt:
        if isinstance(self.result, Exception):
            raise self.result
        return Receipt(self.result, 0)


@pytest.mark.parametrize(
    ("result", "status", "text"),
    [
        (2, 200, "ok: 2 queued"),
        (0, 200, "ok: nothing to do"),
        (BadPayload("no alerts"), 400, "no alerts"),
        (BadSignature("no"), 401, "invalid signature or token"),
        (KeyError("x"), 404, "unknown integration"),
        (StoreBusy("full"), 503, "busy: report again later"),
        (ConfigError("refused"), 503, "busy: report again later"),
    ],
)
def test_a_sender_is_answered_what_to_do(
    tmp_path: Path, result: Exception | int, status: int, text: str
) -> None:
    """2xx: stored. 4xx: it would fail again. 503: later, and how much later."""
    bot = Answering(store_at(tmp_path / "bot.db"))
    bot.result = result
    answer = create_app(bot).test_client().post("/hooks/in/tool", data=b"{}")
    bot.store.close()
    assert (answer.status_code, answer.text) == (status, text)
    assert ("Retry-After" in answer.headers) == (status == 503)


def test_refusals_are_counted(tmp_path: Path) -> None:
    """By integration: else nobody knows that incidents are missing. Names that do not exist are
    not, or anybody could fill the memory.
    """
    bot = Answering(store_at(tmp_path / "bot.db"))
    client = create_app(bot).test_client()
    for name, result in (("a", 1), ("a", BadSignature("no")), ("b", KeyError("b"))):
        bot.result = result
        client.post(f"/hooks/in/{name}", data=b"{}")
    text = client.get("/metrics").text
    bot.store.close()
    assert 'clickup_mlops_reports_total{integration="a",result="refused"} 1.0' in text
    assert 'integration="b"' not in text


def test_a_report_that_is_too_large_is_refused_unread(tmp_path: Path) -> None:
    """For good."""
    bot = Answering(store_at(tmp_path / "bot.db"))
    client = create_app(bot, max_body_bytes=1024).test_client()
    answer = client.post("/hooks/in/tool", data=b" " * 2048)
    bot.store.close()
    assert answer.status_code == 413


def test_a_refused_report_is_logged_with_the_table_to_look_at(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A name that is not configured, too: each at intervals, however many come."""
    bot = Answering(store_at(tmp_path / "bot.db"))
    client = create_app(bot).test_client()
    slack = BadSignature("no", hint="Compare slack.signing_secret.")
    for name, result in (
        ("tool", BadSignature("no")),
        ("slack", slack),
        ("tol", KeyError("tol")),
    ):
        bot.result = result
        for number in range(5):
            client.post(f"/hooks/in/{name}{number if name == 'tol' else ''}", data=b"{}")
    bot.store.close()
    refused, hinted, unknown = capsys.readouterr().err.strip().splitlines()
    assert "report_refused" in refused and "[integrations.tool]" in refused
    assert "Compare slack.signing_secret." in hinted and "[integrations" not in hinted
    assert "report_unknown" in unknown and "tol0" in unknown and "[integrations.<name>]" in unknown
