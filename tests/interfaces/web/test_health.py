"""Health and metrics tell the truth, and nothing secret."""

import shutil
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from clickup_mlops import __version__
from clickup_mlops.errors import ConfigError, StoreUnavailable
from clickup_mlops.interfaces.web import health, metrics
from clickup_mlops.store.migrations import head
from tests.interfaces.web.small_bot import NOW_MS, SmallBot, priority_event, signed
from tests.later_revision import LATER, add_later_revision


def test_alive_needs_nothing(client: FlaskClient, bot: SmallBot) -> None:
    """A stopped part does not make the process look dead."""
    bot.broken = ["sweeper"]

    answer = client.get("/healthz")

    assert answer.status_code == 200
    assert answer.get_json() == {"alive": True, "version": __version__}


def test_ready_when_everything_runs(client: FlaskClient) -> None:
    """Each thing that was looked at is named; the depth is shown."""
    body = priority_event()
    client.post("/hooks/clickup", data=body, headers=signed(body))

    answer = client.get("/readyz")

    assert answer.status_code == 200
    assert answer.get_json() == {
        "ready": True,
        "checks": dict.fromkeys(
            ("store", "schema", "secrets", "webhook", "threads", "lanes"), "ok"
        ),
        "notes": [],
        "inbox": {"ready": 1, "waiting": 0, "parked": 0},
    }


def test_not_ready_without_a_webhook(client: FlaskClient, bot: SmallBot) -> None:
    """Nothing would arrive."""
    bot.no_webhook = "no webhook is registered"

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.get_json()["checks"]["webhook"] == "no webhook is registered"


def test_not_ready_when_a_part_stopped(client: FlaskClient, bot: SmallBot) -> None:
    """503 names what does not run."""
    bot.broken = ["scheduler"]

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.get_json()["checks"]["threads"] == "scheduler does not run"


@pytest.mark.parametrize("how", ["moved", "replaced"])
def test_not_ready_when_the_databases_file_is_another(
    client: FlaskClient, bot: SmallBot, how: str
) -> None:
    """SQLite goes on with the file that it has open, which a restart would not find."""
    url = bot.store.database.url
    if url.get_backend_name() != "sqlite":
        pytest.skip("only SQLite is a file")
    assert client.get("/readyz").status_code == 200
    file = Path(str(url.database))
    moved = file.rename(file.with_name("moved.db"))
    if how == "replaced":
        shutil.copy(moved, file)

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert "was moved, deleted or replaced" in answer.get_json()["checks"]["store"]
    moved.replace(file)
    assert client.get("/readyz").status_code == 200


def test_a_standstill_is_told_although_the_store_hangs(client: FlaskClient, bot: SmallBot) -> None:
    """At once: what the lanes wait for is not waited for."""
    hanging = Event()
    bot.store.cursors.set = lambda *_: hanging.wait()  # type: ignore[method-assign,assignment]
    bot.standstill = "lane 86d3f01jq stands still"

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.get_json()["checks"] == {"lanes": bot.standstill}


def test_a_scrape_that_hangs_holds_up_no_other(
    client: FlaskClient, bot: SmallBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The others say that the store is away."""
    monkeypatch.setattr(metrics, "_PATIENCE_S", 0.1)
    go_on, begun = Event(), Event()

    def hang() -> None:
        begun.set()
        assert go_on.wait(10)

    bot.measure = hang  # type: ignore[method-assign]
    first = Thread(target=client.get, args=["/metrics"], daemon=True)
    first.start()
    assert begun.wait(10)

    answer = client.application.test_client().get("/metrics")

    assert "clickup_mlops_store_up 0.0" in answer.text
    go_on.set()
    first.join(10)


def test_a_check_that_hangs_lets_no_other_wait_with_it(
    client: FlaskClient, bot: SmallBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The others say soon that the store does not answer; when it does, all is well again."""
    monkeypatch.setattr(health, "_PATIENCE_S", 0.1)
    go_on, begun = Event(), Event()
    write = bot.store.cursors.set

    def hang(*what: Any) -> None:
        begun.set()
        assert go_on.wait(10)
        write(*what)

    bot.store.cursors.set = hang  # type: ignore[method-assign]
    first = Thread(target=client.get, args=["/readyz"], daemon=True)
    first.start()
    assert begun.wait(10)

    answer = client.application.test_client().get("/readyz")

    assert answer.status_code == 503
    assert "hangs" in answer.get_json()["checks"]["store"]
    bot.standstill = "lane 86d3f01jq stands still"
    assert "lanes" in client.application.test_client().get("/readyz").get_json()["checks"]
    bot.standstill = ""
    go_on.set()
    first.join(10)
    assert client.get("/readyz").get_json()["ready"]


def test_not_ready_while_secrets_cannot_be_read(client: FlaskClient, bot: SmallBot) -> None:
    """Deliveries could not be told from forgeries."""

    def broken(_webhook_id: str) -> tuple[str, ...]:
        raise ConfigError("no rights on the file")

    bot.secrets = broken  # type: ignore[method-assign]

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.get_json()["checks"]["secrets"] == "no rights on the file"


def test_not_ready_on_tables_of_another_version(
    client: FlaskClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Found and wanted revision are named; so is a store that is gone altogether."""
    result = head()
    add_later_revision(tmp_path, monkeypatch)

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert result in answer.get_json()["checks"]["schema"]
    assert LATER in answer.get_json()["checks"]["schema"]


def test_not_ready_when_the_store_cannot_be_written(client: FlaskClient, bot: SmallBot) -> None:
    """The reason is told; metrics go on and show it."""
    bot.store.database.write(lambda connection: connection.execute(text("drop table cursor")))

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.get_json()["checks"]["store"] != "ok"
    assert "clickup_mlops_store_up 0.0" in client.get("/metrics").text


def test_a_probe_every_second_does_not_write_every_second(
    client: FlaskClient, bot: SmallBot
) -> None:
    """But a write that failed is tried again at once, and one that succeeded after ten seconds."""
    writes: list[str] = []

    def status_at(at_ms: int) -> int:
        bot.now_ms = lambda: at_ms  # type: ignore[method-assign]
        return client.get("/readyz").status_code

    def failing(_name: str, value: str) -> None:
        writes.append(value)
        raise StoreUnavailable("the disk is full")

    def record(_name: str, value: str) -> None:
        writes.append(value)

    bot.store.cursors.set = record  # type: ignore[method-assign]
    assert {status_at(NOW_MS + second * 1_000) for second in range(10)} == {200}
    assert writes == [f"{NOW_MS}"]
    bot.store.cursors.set = failing  # type: ignore[method-assign]
    assert [status_at(NOW_MS + 10_000), status_at(NOW_MS + 10_001)] == [503, 503]
    bot.store.cursors.set = record  # type: ignore[method-assign]
    assert status_at(NOW_MS + 10_002) == 200
    assert len(writes) == 4


def test_a_token_that_is_refused_turns_no_delivery_away(client: FlaskClient, bot: SmallBot) -> None:
    """Ready, with a note: what arrives meanwhile waits in the inbox."""
    bot.notes = ["paused: ClickUp refuses the token"]

    answer = client.get("/readyz")

    assert answer.status_code == 200
    assert answer.get_json()["notes"] == bot.notes


def test_metrics_show_the_inbox(client: FlaskClient, bot: SmallBot) -> None:
    """Rows by state, and how long the oldest event has waited."""
    body = priority_event()
    client.post("/hooks/clickup", data=body, headers=signed(body))
    bot.now_ms = lambda: NOW_MS + 12_500  # type: ignore[method-assign]

    answer = client.get("/metrics")

    assert answer.content_type.startswith("text/plain; version=0.0.4")
    assert 'clickup_mlops_inbox_rows{state="ready"} 1.0' in answer.text
    assert "clickup_mlops_inbox_oldest_seconds 12.5" in answer.text


def test_other_addresses_are_not_found(client: FlaskClient) -> None:
    """There are no hidden pages."""
    assert client.get("/").status_code == 404
    assert client.post("/hooks").status_code == 404
