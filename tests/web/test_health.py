"""Health and metrics tell the truth, and nothing secret."""

from flask.testing import FlaskClient

from tests.web.small_bot import NOW_MS, SmallBot, priority_event, signed


def test_alive_needs_nothing(client: FlaskClient, bot: SmallBot) -> None:
    """A stopped part does not make the process look dead."""
    bot.broken = ["sweeper"]
    assert (client.get("/healthz").status_code, client.get("/healthz").text) == (200, "ok")


def test_ready_when_everything_runs(client: FlaskClient) -> None:
    """The store can be written and nothing stopped; the depth is shown."""
    body = priority_event()
    client.post("/hooks/clickup", data=body, headers=signed(body))

    answer = client.get("/readyz")

    assert answer.status_code == 200
    assert answer.get_json() == {
        "ready": True,
        "stopped": [],
        "store": "ok",
        "inbox": {"ready": 1, "parked": 0, "done": 0},
    }


def test_not_ready_when_a_part_stopped(client: FlaskClient, bot: SmallBot) -> None:
    """503 names what does not run."""
    bot.broken = ["scheduler"]

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.get_json()["stopped"] == ["scheduler"]


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
