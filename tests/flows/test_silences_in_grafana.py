"""`/silence` and `/ack` through Grafana's path of Alertmanager's API, with its token."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from clickup_mlops.sandbox import Sandbox
from tests.flows.conftest import INFERENCE, LIST, Team, settings_for, working
from tests.flows.test_commands import say
from tests.own_grafana import Grafana, grafana
from tests.ports import BoundPort

TOKEN = "glsa_a-token"


@pytest.fixture
def tool() -> Iterator[Grafana]:
    """Two alerts fire in it."""
    with grafana(TOKEN) as tool:
        tool.fire("f1", "Latency")
        tool.fire("f2", "Errors")
        yield tool


@pytest.fixture
def team(clickup_sandbox: Sandbox, tmp_path: Path, tool: Grafana) -> Iterator[Team]:
    port = BoundPort()
    table = {"kind": "grafana", "token": TOKEN, "api": tool.address, "api_token": TOKEN}
    settings = settings_for(clickup_sandbox, tmp_path, port, integrations={"dashboards": table})
    with working(clickup_sandbox, settings, port) as team:
        team.bot.sources.hooks.register()
        yield team


@pytest.fixture
def task(team: Team, tool: Grafana) -> str:
    """The alert "Latency" fires about it."""
    task = team.member.create_task(LIST, INFERENCE)
    team.settle()
    latency = tool.list_alerts()[0]
    alert = {**latency, "status": "firing", "annotations": {"clickup_task": task}}
    url = team.bot.settings.hooks.public_url.replace("/clickup", "/in/dashboards")
    headers = {"Authorization": f"Bearer {TOKEN}"}
    requests.post(url, json={"alerts": [alert]}, headers=headers, timeout=9).raise_for_status()
    team.settle()
    return task


def states(tool: Grafana) -> list[str]:
    """Of both alerts."""
    return [alert["status"]["state"] for alert in tool.list_alerts()]


def test_only_the_alerts_of_the_task_are_silenced_and_undo_ends_it(
    team: Team, tool: Grafana, task: str
) -> None:
    """By all labels that Grafana shows, its own too; with who and why."""
    (reply,) = say(team, task, "/silence 2h because of the deployment")
    assert "in dashboards: Latency" in reply
    assert states(tool) == ["suppressed", "active"]
    (silence,) = tool.silences.values()
    assert silence["createdBy"] == team.member.user.username
    assert "of the deployment" in silence["comment"]

    say(team, task, "/undo")
    assert states(tool) == ["active", "active"]


def test_a_silence_that_somebody_has_ended_is_left_as_it_is(
    team: Team, tool: Grafana, task: str
) -> None:
    """Undo says so, and ends no other."""
    say(team, task, "/ack because I look at it")
    assert tool.expire("silence-1")
    (reply,) = say(team, task, "/undo")
    assert "somebody changed it since" in reply


def test_a_token_that_grafana_refuses_is_answered_at_once(
    team: Team, tool: Grafana, task: str
) -> None:
    """Nothing is silenced, and the command is not tried again and again without a word."""
    tool.token = "another"
    (reply,) = say(team, task, "/silence 2h")
    assert "401" in reply
    assert tool.silences == {}
