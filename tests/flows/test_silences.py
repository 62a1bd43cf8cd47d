"""`/silence` and `/ack`: a real Alertmanager notifies nobody about the alerts of a task."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from clickup_mlops.features.integrations.settings import IntegrationTables
from clickup_mlops.sandbox import Sandbox
from tests.flows.conftest import INFERENCE, LIST, Team, settings_for, working
from tests.flows.test_commands import say
from tests.own_alertmanager import Alertmanager, alertmanager
from tests.ports import BoundPort

pytestmark = pytest.mark.services
TOKEN = "a-token"


@pytest.fixture
def tool(tmp_path: Path) -> Iterator[Alertmanager]:
    """An alert fires in it; nobody hears its reports."""
    with alertmanager("http://127.0.0.1:9/", TOKEN, tmp_path) as tool:
        tool.post({"alertname": "Errors"})
        yield tool


@pytest.fixture
def team(clickup_sandbox: Sandbox, tmp_path: Path, tool: Alertmanager) -> Iterator[Team]:
    port = BoundPort()
    table = {"kind": "alertmanager", "token": TOKEN, "api": tool.address}
    settings = settings_for(clickup_sandbox, tmp_path, port, integrations={"production": table})
    assert settings.tables(IntegrationTables).integrations
    with working(clickup_sandbox, settings, port) as team:
        team.bot.sources.hooks.register()
        yield team


@pytest.fixture
def task(team: Team, tool: Alertmanager) -> str:
    """The alert "Latency" fires about it."""
    task = team.member.create_task(LIST, INFERENCE)
    team.settle()
    tool.post({"alertname": "Latency", "clickup_task": task})
    team.job("missed_reports")
    return task


def listed(tool: Alertmanager, kind: str) -> list[dict[str, Any]]:
    answer: list[dict[str, Any]] = requests.get(f"{tool.address}/api/v2/{kind}", timeout=9).json()
    return answer


def states(tool: Alertmanager) -> dict[str, str]:
    """Of the alerts, by name."""
    alerts = listed(tool, "alerts")
    return {alert["labels"]["alertname"]: alert["status"]["state"] for alert in alerts}


def silences(tool: Alertmanager) -> list[dict[str, Any]]:
    """Those that hold."""
    return [entry for entry in listed(tool, "silences") if entry["status"]["state"] == "active"]


def test_the_alerts_of_the_task_are_silenced_and_no_others(
    team: Team, tool: Alertmanager, task: str
) -> None:
    """Until then, with who, why and for which task; once, whatever is delivered twice."""
    (reply,) = say(team, task, "/silence 2h because of the deployment")

    assert reply.startswith("Silenced until ") and "in production: Latency" in reply
    assert reply.endswith("Reason: of the deployment")
    assert states(tool) == {"Latency": "suppressed", "Errors": "active"}
    (silence,) = silences(tool)
    assert silence["createdBy"] == team.member.user.username
    assert "of the deployment" in silence["comment"] and task in silence["comment"]


def test_undo_ends_it(team: Team, tool: Alertmanager, task: str) -> None:
    """The tool notifies again."""
    say(team, task, "/ack because I look at it")
    assert len(silences(tool)) == 1
    say(team, task, "/undo")

    assert silences(tool) == []
    assert states(tool)["Latency"] == "active"


def test_without_an_alert_or_a_tool_it_says_so(team: Team, tool: Alertmanager, task: str) -> None:
    """Nothing is silenced in passing."""
    second = team.member.create_task(LIST, INFERENCE)
    team.settle()
    (reply,) = say(team, second, "/silence 2h")
    assert reply == "No alert fires about this task."

    no_tools = team.bot.settings.model_copy(update={"integrations": {}})
    team.restart(no_tools)
    (reply,) = say(team, task, "/silence 2h")
    assert "ask an operator to set api" in reply
    assert silences(tool) == []


def test_an_incident_s_alerts_are_silenced_from_each_of_its_tasks(
    team: Team, tool: Alertmanager, task: str
) -> None:
    """People write where they meet, which is seldom the task of the alert."""
    team.configure(by_name={"live_incident": {"mode": "on"}})
    report = team.member.create_task(LIST, "Chat is slow")
    for part in (task, report):
        team.member.tag(part, "incident")
        team.settle()
    assert say(team, report, "/ack") == ["No alert fires about this task."]
    say(team, report, f"/incident join {task}")

    (reply,) = say(team, report, "/ack")

    assert "Acknowledged until " in reply and "Latency" in reply
    assert states(tool) == {"Latency": "suppressed", "Errors": "active"}


@pytest.mark.parametrize("command", ["/silence", "/ack"])
def test_a_silence_has_an_upper_bound(team: Team, command: str) -> None:
    """What is silent for months is forgotten."""
    task = team.member.create_task(LIST, "Quarterly report")
    (reply,) = say(team, task, f"{command} 300d")
    assert "at most 7 days" in reply
