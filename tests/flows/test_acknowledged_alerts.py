"""Whoever acknowledges the alerts of an incident is named where people follow it."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from clickup_mlops.features.incidents.course import get_report
from clickup_mlops.features.outbound import settings as outbound
from clickup_mlops.sandbox import Sandbox
from tests.features.slack.test_replies import SlackTeam
from tests.features.slack.workspace import CHANNEL, SECRET, TOKEN, Workspace, slack
from tests.flows.conftest import build, receiving, settings_for
from tests.flows.test_commands import say
from tests.flows.test_incident_course import message
from tests.flows.test_incident_moves import incident_of, live
from tests.flows.test_incidents import comments
from tests.flows.test_room_commands import answers, first_message, post, read_rooms
from tests.flows.test_silences import TOKEN as TOOL_TOKEN
from tests.flows.test_silences import listed, tool
from tests.own_alertmanager import Alertmanager
from tests.ports import BoundPort

__all__ = ["tool"]

pytestmark = pytest.mark.services
NAMES = ("live_incident", "incident_room", "incident_update", "incident_elsewhere")
UNTIL = "until 20"


@pytest.fixture
def team(clickup_sandbox: Sandbox, tmp_path: Path, tool: Alertmanager) -> Iterator[SlackTeam]:
    """An incident has a room, and a thread in Slack; its alerts are in a real Alertmanager."""
    port, clock = BoundPort(), clickup_sandbox.control.clock.now_ms
    chosen: dict[str, Any] = {name: {"mode": "on", "settings": {}} for name in NAMES}
    chosen["incident_elsewhere"]["settings"] = {"to": "oncall"}
    with ExitStack() as running:
        workspace: Workspace = running.enter_context(slack(clock))
        workspace.hook = f"http://127.0.0.1:{port}/hooks/in/slack"
        patch = running.enter_context(pytest.MonkeyPatch.context())
        patch.setattr(outbound, "SLACK_API", f"http://127.0.0.1:{workspace.port}/api/")
        target = {"kind": "slack", "token": TOKEN, "channel": CHANNEL}
        source = {"kind": "alertmanager", "token": TOOL_TOKEN, "api": tool.address}
        tables: dict[str, Any] = {
            "automations": {"by_name": chosen},
            "integrations": {"production": source},
            "outbound": {"targets": {"oncall": target}, "allow_hosts": ["127.0.0.1"]},
            "slack": {"signing_secret": SECRET},
        }
        settings = settings_for(clickup_sandbox, tmp_path, port, **tables)
        bot = running.enter_context(build(settings, clock=clock))
        team = SlackTeam(clickup_sandbox, bot, clock=clock)
        team.slack = workspace
        running.callback(lambda: team.bot.__exit__(None, None, None))
        running.enter_context(receiving(team.receiver, port))
        workspace.join("UANA", "Ana", clickup_sandbox.control.members[1].email)
        bot.sources.hooks.register()
        bot.sources.backfill.run()
        yield team


@pytest.fixture
def task(team: SlackTeam, tool: Alertmanager) -> str:
    """A live incident; the alert "Latency" fires about it."""
    task = live(team, "Serving: chat")  # type: ignore[arg-type]
    tool.post({"alertname": "Latency", "clickup_task": task})
    team.job("missed_reports")
    team.settle()
    return task


@pytest.mark.parametrize(
    ("command", "word"), [("/ack because I look", "Acknowledged"), ("/silence 2h", "Silenced")]
)
def test_it_is_echoed_everywhere(team: Any, task: str, command: str, word: str) -> None:
    """In the room and the comment in place, and in Slack once; `/undo` takes all of it back."""
    before = len(comments(team, task))
    say(team, task, command)
    name = team.member.user.username

    (line,) = (line for line in message(team, task).splitlines() if "- Alerts:" in line)
    assert f"{word}: {UNTIL}" in line and "in production: Latency" in line and name in line
    assert ("I look" in line) == ("because" in command)
    assert any(f"{word}: {UNTIL}" in comment for comment in comments(team, task))
    assert len(comments(team, task)) == before + 1  # the command; its answer is a reply
    assert sum(f"{word}: {UNTIL}" in text for text in team.slack.texts()) == 1

    say(team, task, "/undo")
    assert get_report(incident_of(team, task), "alerts") is None
    assert "- Alerts:" not in message(team, task)


@pytest.mark.parametrize("place", ["room", "Slack"])
def test_it_can_be_said_where_people_meet(
    team: Any, tool: Alertmanager, task: str, place: str
) -> None:
    """The answer stands there."""
    if place == "room":
        message_id = post(team, task, "/ack because I look")
        read_rooms(team)
        (answer,) = answers(team, message_id)
    else:
        team.deliver(team.slack.say("UANA", "!ack because I look"))
        (answer,) = (text for text in team.slack.texts() if "ends it" in text)

    assert "Acknowledged until " in answer and "Latency" in answer
    assert len(listed(tool, "silences")) == 1
    assert "Acknowledged: until " in first_message(team, task)


def test_it_is_the_newest_who_takes_care(team: Any, tool: Alertmanager, task: str) -> None:
    """One line, however many people say so; a title of an alert makes no link."""
    tool.post({"alertname": "[Bad](https://x.example)", "clickup_task": task})
    team.job("missed_reports")
    say(team, task, "/ack")
    team.control.clock.advance(60_000)
    (answer,) = say(team, task, "/silence 3h because of the deployment")

    lines = [line for line in message(team, task).splitlines() if "- Alerts:" in line]
    assert len(lines) == 1 and "Silenced" in lines[0] and "of the deployment" in lines[0]
    assert "[Bad](https://x.example)" in answer, "the words, and no link"
