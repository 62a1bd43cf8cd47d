"""`POST /hooks/clickup`: what is signed is on disk before its 200; nothing suspends the webhook."""

import shutil
import threading
import time
from pathlib import Path

import orjson
import pytest
from flask.testing import FlaskClient
from sqlalchemy import Connection
from sqlalchemy.event import listen
from structlog.testing import capture_logs

from clickup_mlops.clickup.webhook import REPEATED_MS, parse
from clickup_mlops.errors import ApiError, ConfigError, StoreBusy
from clickup_mlops.store import Store
from tests.interfaces.web.small_bot import HOOK, NOW_MS, SmallBot, priority_event, signed

PATH = "/hooks/clickup"


def count(client: FlaskClient, line: str) -> float:
    """A number of `/metrics`, by its name and labels; 0 if it is not there yet."""
    text = client.get("/metrics").get_data(as_text=True)
    result = [row.rpartition(" ")[2] for row in text.splitlines() if row.startswith(line + " ")]
    return float(result[0]) if result else 0.0


def test_a_signed_event_is_on_disk_before_its_200(client: FlaskClient, bot: SmallBot) -> None:
    """Byte for byte, with its task as lane, and another process sees it."""
    body = priority_event()

    answer = client.post(PATH, data=body, headers=signed(body))

    assert (answer.status_code, answer.text) == (200, "ok")
    with Store(bot.store.database.url.render_as_string()) as store:
        (row,) = store.inbox.list(None, 10)
    assert row.body == body
    assert row.key.startswith(f"{HOOK}:4800763136717140857:taskPriorityUpdated:")
    assert (row.source, row.workspace, row.kind) == (f"hook:{HOOK}", "900", "taskPriorityUpdated")
    assert (row.lane, row.list_id) == ("86d3f01jq", "55")
    assert (row.event_ms, row.received_ms) == (1_700_000_000_123, NOW_MS)
    assert bot.lanes == ["86d3f01jq"]


def test_five_deliveries_of_one_event_are_one_event(client: FlaskClient, bot: SmallBot) -> None:
    """Each is answered 200, so that ClickUp stops; one is stored, and the bot is told once."""
    body = priority_event()

    answers = [client.post(PATH, data=body, headers=signed(body)).status_code for _ in range(5)]

    assert answers == [200] * 5
    assert bot.store.inbox.depth(NOW_MS).ready == 1
    assert bot.lanes == ["86d3f01jq"]
    assert count(client, 'clickup_mlops_events_total{result="new"}') == 1
    assert count(client, 'clickup_mlops_events_total{result="duplicate"}') == 4


def test_an_echo_is_stored_as_done_and_nobody_is_told(client: FlaskClient, bot: SmallBot) -> None:
    """Its repetition is a duplicate like any other's."""
    body = priority_event()
    bot.echoes.add(parse(body).key)

    answers = [client.post(PATH, data=body, headers=signed(body)).status_code for _ in range(2)]

    assert answers == [200] * 2
    (row,) = bot.inbox.list("done", 10)
    assert row.body == body
    assert bot.inbox.depth(NOW_MS).ready == 0
    assert bot.lanes == []
    assert count(client, 'clickup_mlops_events_total{result="new"}') == 1
    assert count(client, 'clickup_mlops_events_total{result="duplicate"}') == 1


@pytest.mark.parametrize("start_ms", [NOW_MS, NOW_MS // REPEATED_MS * REPEATED_MS - 1])
@pytest.mark.parametrize("kind", ["taskDeleted", "spaceUpdated", "listCreated"])
def test_a_body_without_an_item_is_a_repetition_only_for_a_while(
    client: FlaskClient, bot: SmallBot, kind: str, start_ms: int
) -> None:
    """What was restored can be deleted again; wherever on the clock the stretch of time begins."""
    body = orjson.dumps({"event": kind, "task_id": "86d3f01jq", "webhook_id": HOOK})
    stored = []
    for at_ms in (0, 1, REPEATED_MS - 1, REPEATED_MS, REPEATED_MS + 1, 2 * REPEATED_MS):
        bot.time_ms = start_ms + at_ms
        assert client.post(PATH, data=body, headers=signed(body)).status_code == 200
        stored.append(bot.store.inbox.depth(NOW_MS).ready)

    assert stored == [1, 1, 1, 2, 2, 3]


def test_a_change_with_an_item_of_its_own_is_never_stored_twice(
    client: FlaskClient, bot: SmallBot
) -> None:
    """However late it is repeated."""
    body = priority_event()
    for at_ms in (0, REPEATED_MS, 10 * REPEATED_MS):
        bot.time_ms = NOW_MS + at_ms
        assert client.post(PATH, data=body, headers=signed(body)).status_code == 200

    assert bot.store.inbox.depth(NOW_MS).ready == 1


@pytest.mark.parametrize("secret", ["old secret", "new secret"])
def test_both_secrets_are_good_during_a_rotation(client: FlaskClient, secret: str) -> None:
    """Deliveries that are on their way still carry the old one."""
    body = priority_event()
    assert client.post(PATH, data=body, headers=signed(body, secret)).status_code == 200


@pytest.mark.parametrize(
    ("body", "signature", "reason"),
    [
        (priority_event(), None, "unsigned"),
        (priority_event(), "", "unsigned"),
        (priority_event(), "0" * 64, "bad signature"),
        (priority_event(), "é" * 64, "bad signature"),
        (priority_event(), signed(priority_event(), "stolen")["X-Signature"], "bad signature"),
        (priority_event() + b" ", signed(priority_event())["X-Signature"], "bad signature"),
        (priority_event().replace(HOOK.encode(), b"other"), "0" * 64, "unknown webhook"),
        (b"", "0" * 64, "unreadable"),
        (b"[1]", "0" * 64, "unreadable"),
        (b"\xff\xfe{", "0" * 64, "unreadable"),
        (b'{"event": "taskCreated"}', "0" * 64, "unreadable"),
    ],
)
def test_what_is_not_ours_is_refused_and_counted(
    client: FlaskClient, bot: SmallBot, body: bytes, signature: str | None, reason: str
) -> None:
    """With 400: neither 401 nor 410, which ClickUp punishes. Nothing is stored; no secret shows."""
    headers = {} if signature is None else {"X-Signature": signature}

    with capture_logs() as logs:
        answer = client.post(PATH, data=body, headers=headers)

    assert (answer.status_code, answer.text) == (400, reason)
    assert bot.store.inbox.depth(NOW_MS).ready == 0
    assert count(client, f'clickup_mlops_events_refused_total{{reason="{reason}"}}') == 1
    (line,) = logs
    assert (line["event"], line["reason"]) == ("event_refused", reason)
    assert "secret" not in str(line)
    assert "Ünal" not in str(line)


def test_a_secret_of_another_webhook_does_not_open_this_one(
    client: FlaskClient, bot: SmallBot
) -> None:
    """Each webhook is checked against its own secrets only."""
    bot.hook_secrets["other"] = ("other secret",)
    body = priority_event()

    assert client.post(PATH, data=body, headers=signed(body, "other secret")).status_code == 400


def test_a_large_body_is_refused_unread(client: FlaskClient, bot: SmallBot) -> None:
    """Above the bound 413, up to it 200."""
    large = priority_event(task_id="x" * 150) + b" " * 30_000
    fits = priority_event().ljust(20_000)

    assert client.post(PATH, data=large, headers=signed(large)).status_code == 413
    assert client.post(PATH, data=fits, headers=signed(fits)).status_code == 200
    assert count(client, 'clickup_mlops_events_refused_total{reason="too large"}') == 1


def test_a_body_without_a_length_is_bounded_too(client: FlaskClient) -> None:
    """Chunked requests: read up to the bound, then refused."""
    body = priority_event()

    def send(data: bytes) -> int:
        chunked = {"wsgi.input_terminated": True, "CONTENT_LENGTH": ""}
        answer = client.post(PATH, data=data, headers=signed(data), environ_overrides=chunked)
        return answer.status_code

    assert send(body) == 200
    assert send(body + b" " * 30_000) == 413


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "HEAD"])
def test_only_post_is_answered(client: FlaskClient, method: str) -> None:
    """Somebody who opens the address in a browser is told so."""
    answer = client.open(PATH, method=method)
    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")


def test_a_full_store_says_later(client: FlaskClient, bot: SmallBot) -> None:
    """503 with Retry-After while nothing can be written; the next delivery is taken."""
    go_on, reached = threading.Event(), threading.Event()

    def wait(_connection: Connection) -> None:
        reached.set()
        go_on.wait(30)

    waiting = [threading.Thread(target=lambda: bot.store.database.write(wait))]
    waiting += [threading.Thread(target=bot.store.cursors.set, args=[str(n), ""]) for n in range(8)]
    for thread in waiting:
        thread.start()
        reached.wait(10)
    while bot.store.database.writer.waiting < 8:
        time.sleep(0.001)
    body = priority_event()

    answer = client.post(PATH, data=body, headers=signed(body))
    ready = client.get("/readyz")
    go_on.set()
    for thread in waiting:
        thread.join()

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert ready.status_code == 503
    assert count(client, 'clickup_mlops_events_total{result="busy"}') == 1
    assert client.post(PATH, data=body, headers=signed(body)).status_code == 200


def test_a_broken_store_says_later(client: FlaskClient, bot: SmallBot) -> None:
    """A full disk is no reason to lose an event: 503, and the log says what to do."""
    bot.store.engine.dispose()
    with bot.store.engine.connect() as connection:
        raw = connection.connection.dbapi_connection
        assert raw is not None
        raw.execute("pragma max_page_count = 1")
    body = priority_event(task_id="y" * 100).ljust(19_000)

    with capture_logs() as logs:
        answers = [
            client.post(PATH, data=ljust, headers=signed(ljust)).status_code
            for ljust in (priority_event(str(n)).ljust(19_000) for n in range(40))
        ]

    assert set(answers) <= {200, 503}
    assert answers[-1] == 503
    assert any("Free some disk space" in str(line) for line in logs)
    assert client.post(PATH, data=body, headers=signed(body)).status_code == 503


@pytest.mark.parametrize("how", ["deleted", "moved", "replaced", "read-only"])
def test_what_would_be_lost_is_not_accepted(client: FlaskClient, bot: SmallBot, how: str) -> None:
    """Nothing is written into a file that the next start will not find; it says so, and counts."""
    url = bot.store.database.url
    if url.get_backend_name() != "sqlite":
        pytest.skip("only SQLite is a file")
    body = priority_event()
    assert client.post(PATH, data=body, headers=signed(body)).status_code == 200
    _broken(bot, Path(str(url.database)), how)

    later = body.replace(b"4800763136717140857", b"4800763136717140858")
    with capture_logs() as lines:
        answer = client.post(PATH, data=later, headers=signed(later))

    assert answer.status_code == 503
    assert any(line["event"] == "event_not_stored" for line in lines)
    assert count(client, 'clickup_mlops_events_total{result="busy"}') == 1
    assert client.get("/readyz").status_code == 503


def _broken(bot: SmallBot, file: Path, how: str) -> None:
    if how in ("deleted", "moved", "replaced"):
        moved = file.rename(file.with_name("moved.db"))
        if how == "replaced":
            shutil.copy(moved, file)
        elif how == "deleted":
            moved.unlink()
        return
    bot.store.database.writer.close()
    bot.store.engine.dispose()
    listen(bot.store.engine, "connect", lambda raw, _record: raw.execute("pragma query_only = on"))


@pytest.mark.parametrize(
    "trouble",
    [ConfigError("no database"), StoreBusy("starting"), ApiError("away"), RuntimeError("a bug")],
)
@pytest.mark.parametrize("secret", ["old secret", "somebody else's"])
def test_while_secrets_cannot_be_read_nobody_is_refused_and_nothing_accepted(
    client: FlaskClient, bot: SmallBot, trouble: Exception, secret: str
) -> None:
    """503, whoever signed: ClickUp delivers it again, when it can be told who did."""
    body = priority_event()
    bot.trouble = trouble
    assert client.post(PATH, data=body, headers=signed(body, secret)).status_code == 503
    assert bot.store.inbox.depth(0).ready == 0

    bot.trouble = None
    assert client.post(PATH, data=body, headers=signed(body)).status_code == 200


@pytest.mark.parametrize(
    ("fields", "lane"),
    [
        ({"task_id": "86d3f", "list_id": "55"}, "86d3f"),
        ({"list_id": "55"}, "list:55"),
        ({"folder_id": 77}, "folder:77"),
        ({"space_id": "88"}, "space:88"),
        ({"goal_id": "g1", "key_result_id": "k1"}, "goal:g1"),
        ({}, f"hook:{HOOK}"),
    ],
)
def test_each_event_has_the_lane_of_what_it_is_about(
    client: FlaskClient, bot: SmallBot, fields: dict[str, object], lane: str
) -> None:
    """Task, else list, folder, space or goal; deletions carry no history item."""
    body = orjson.dumps({"event": "somethingDeleted", "webhook_id": HOOK} | fields)

    assert client.post(PATH, data=body, headers=signed(body)).status_code == 200

    (row,) = bot.store.inbox.list(None, 10)
    assert row.lane == lane
    assert row.event_ms is None


def test_every_official_example_is_accepted(
    client: FlaskClient, bot: SmallBot, reference_dir: Path
) -> None:
    """The bodies that ClickUp's own documentation shows."""
    examples = sorted((reference_dir / "clickup" / "payloads").glob("*.json"))

    for example in examples:
        raw = orjson.loads(example.read_bytes())
        body = orjson.dumps(raw | {"webhook_id": HOOK})
        assert client.post(PATH, data=body, headers=signed(body)).status_code == 200, example.name

    rows = bot.store.inbox.list(None, 100)
    assert examples
    assert {row.kind for row in rows} == {example.stem for example in examples}


def test_a_flood_of_deliveries_that_cannot_be_kept_is_no_flood_of_lines(
    client: FlaskClient, bot: SmallBot
) -> None:
    """Told at once, then every ten seconds with how many there were."""
    bot.trouble = StoreBusy("the database is away", hint="Is it running?")
    body = priority_event()
    with capture_logs() as lines:
        for after_ms in (0, 1, 2, 9_999, 10_000):
            bot.now_ms = lambda at_ms=NOW_MS + after_ms: at_ms  # type: ignore[method-assign,misc]
            assert client.post(PATH, data=body, headers=signed(body)).status_code == 503

    message = [line for line in lines if line["event"] == "event_not_stored"]
    assert [(line["count"], line["hint"]) for line in message] == [
        (1, "Is it running?"),
        (4, "Is it running?"),
    ]
