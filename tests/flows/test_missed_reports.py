"""What a tool reported while the bot was away is found, and was reported once."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import orjson
import pytest

from clickup_mlops.bot.handle.alerts import read_alerts
from clickup_mlops.sandbox import Sandbox
from tests.flows.conftest import LIST, Relay, build, receiving, settings_for
from tests.flows.test_integrations import SECRET, Reporting, alert, group
from tests.http_server import Handler, serving
from tests.ports import BoundPort

SUMMARY = "production answers 503"
TITLE = f"ChatDown: {SUMMARY}"
NOTES = {"summary": SUMMARY, "description": "All replicas crash."}


class Tools:
    """What Alertmanager and MLflow answer when they are asked."""

    def __init__(self) -> None:
        self.alerts: list[dict[str, Any]] = []
        self.versions: list[dict[str, Any]] = []
        self.status, self.url = 200, ""

    def answer(self, path: str) -> Any:
        if "groups" in path:
            receiver = {"name": "bot"}
            return [{"labels": {"cluster": "a"}, "receiver": receiver, "alerts": self.alerts}]
        return self.alerts if "alerts" in path else {"model_versions": self.versions}


@pytest.fixture
def tools() -> Iterator[Tools]:
    tools = Tools()

    class Asked(Handler):
        def get(self) -> None:
            self.answer(tools.status, orjson.dumps(tools.answer(self.path)))

    with serving(Asked) as server:
        tools.url = f"http://127.0.0.1:{server.server_port}"
        yield tools


@pytest.fixture(params=[False])
def team(
    clickup_sandbox: Sandbox, tmp_path: Path, tools: Tools, request: pytest.FixtureRequest
) -> Iterator[Reporting]:
    control, port = clickup_sandbox.control, BoundPort()
    lists = {"mode": "on", "settings": {"list": LIST}}
    table = {"token": SECRET, "api": tools.url}
    groups = {"one_per_group": request.param}
    settings = settings_for(
        clickup_sandbox,
        tmp_path,
        port,
        automations={"by_name": {"alert_incident": lists, "model_registered": lists}},
        integrations={
            "alertmanager": {"kind": "alertmanager", **table, **groups},
            "mlflow": {"kind": "mlflow", **table},
        },
    )
    with ExitStack() as running:
        bot = running.enter_context(build(settings, clock=control.clock.now_ms))
        team = Reporting(clickup_sandbox, bot, clock=control.clock.now_ms)
        running.enter_context(receiving(Relay(team), port))
        team.address = f"http://127.0.0.1:{port}"
        bot.sources.hooks.register()
        bot.sources.backfill.run()
        yield team


def fires(start: int = 0, key: str = "3b1e") -> dict[str, Any]:
    """An alert as the webhook sends it."""
    return {**alert("firing", start, fingerprint=key, alertname="ChatDown"), "annotations": NOTES}


def as_asked(webhook: dict[str, Any]) -> dict[str, Any]:
    """The same as the API lists it: a state of another shape, and no time of its end."""
    return {**webhook, "status": {"state": "active", "silencedBy": [], "inhibitedBy": []}}


def is_firing(team: Reporting, task: str) -> bool:
    return any(
        existing["state"] == "firing" for existing in read_alerts(team.bot.store, task).values()
    )


def test_an_alert_that_fired_while_the_bot_was_away_gets_its_task(
    team: Reporting, tools: Tools
) -> None:
    """One, though it is delivered later, too. Once the tool does not know it any more, it is over:
    not before several looks, as a tool that starts knows of none.
    """
    tools.alerts = [as_asked(fires())]
    team.job("missed_reports")
    (task,) = team.named(TITLE)
    team.post("alertmanager", group(fires()))
    team.job("missed_reports")
    assert len(team.named(TITLE)) == 1
    assert is_firing(team, task["id"])

    tools.alerts = []
    team.job("missed_reports")
    tools.status = 500
    team.job("missed_reports")
    tools.status = 200
    team.job("missed_reports")
    assert is_firing(team, task["id"])
    team.job("missed_reports")
    assert not is_firing(team, task["id"])


@pytest.mark.parametrize("team", [False, True], indirect=True)
def test_an_alert_that_somebody_silences_is_not_over(team: Reporting, tools: Tools) -> None:
    """While it is silenced it still fires."""
    tools.alerts = [as_asked(fires())]
    team.job("missed_reports")
    (task,) = team.named(TITLE)
    silenced = {"state": "suppressed", "silencedBy": ["s1"], "inhibitedBy": []}
    tools.alerts = [fires() | {"status": silenced}]
    for _ in range(4):
        team.job("missed_reports")

    assert is_firing(team, task["id"])


def test_an_alert_that_is_silenced_gets_no_task(team: Reporting, tools: Tools) -> None:
    """As by the webhook, which does not report it."""
    silenced = {"state": "suppressed", "silencedBy": ["s1"], "inhibitedBy": []}
    tools.alerts = [fires() | {"status": silenced}]
    team.job("missed_reports")

    assert team.named(TITLE) == []


@pytest.mark.parametrize("team", [True], indirect=True)
def test_forty_alerts_of_one_group_are_one_task_by_setting(team: Reporting, tools: Tools) -> None:
    """However they are heard of; it is over with the last of them."""
    alerts = [fires(key=f"aa{number}") for number in range(40)]
    body = group(*alerts) | {"groupLabels": {"cluster": "a"}, "receiver": "bot"}
    team.post("alertmanager", body)
    tools.alerts = [as_asked(entry) for entry in alerts]
    team.job("missed_reports")
    (task,) = team.named(f"{TITLE} (40 alerts)")
    assert is_firing(team, task["id"])

    ends = {"status": "resolved", "endsAt": "2026-03-01T09:10:00Z"}
    team.post("alertmanager", body | {"alerts": [entry | ends for entry in alerts]})
    assert not is_firing(team, task["id"])
    assert [task.name for task in team.control.tasks].count(task["name"]) == 1


def test_a_version_that_was_registered_meanwhile_is_found(team: Reporting, tools: Tools) -> None:
    """Those from before the bot was installed are none of its business."""
    team.job("missed_reports")
    now_ms = team.bot.now_ms()
    tools.versions = [
        {"name": "ranker", "version": "7", "creation_timestamp": now_ms, "tags": []},
        {"name": "ranker", "version": "6", "creation_timestamp": str(now_ms - 86_400_000)},
    ]
    team.job("missed_reports")
    team.job("missed_reports")
    names = [task.name for task in team.control.tasks if "ranker" in task.name]
    assert len(names) == 1 and "7" in names[0]


def test_the_pages_of_an_alert_stand_on_its_task(team: Reporting) -> None:
    """Runbook and dashboard; what is no web address does not."""
    notes = NOTES | {
        "runbook_url": "https://runbooks.example.org/chat",
        "dashboard_url": "javascript:alert(1)",
    }
    team.post("alertmanager", group(fires() | {"annotations": notes}))
    (task,) = team.named(TITLE)
    output = team.bot.client.tasks.get(task["id"], include_markdown=True)
    assert "[Runbook](https://runbooks.example.org/chat)" in str(output.markdown)
    assert "javascript" not in str(output.raw)
