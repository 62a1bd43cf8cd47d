"""Threads in Slack: what people write there comes to the task, and commands work as in comments."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from clickup_mlops.bot.inbox_writer import InboxWriter
from clickup_mlops.features.incidents.course import get_report
from clickup_mlops.features.outbound.slack_threads import SlackThreads
from clickup_mlops.sandbox import Sandbox
from clickup_mlops.store import Inbox
from tests.features.slack.workspace import BOT, CHANNEL, SECRET, TOKEN, Workspace, slack
from tests.flows.conftest import Team, build, receiving, settings_for
from tests.flows.test_example_automations import comments
from tests.flows.test_incident_moves import incident_of, live
from tests.ports import BoundPort

NAMES = ("live_incident", "incident_elsewhere", "slack_replies")
TITLE = "Serving: <b> *chat*"


class Crash(BaseException):
    """kill -9, as far as one thread can tell."""


def die(*_: Any, **__: Any) -> Any:
    """In place of a method."""
    raise Crash


class SlackTeam(Team):
    """A team with a channel in Slack."""

    slack: Workspace

    def deliver(self, body: dict[str, Any], **headers: str) -> None:
        """Slack delivers it, and all of it is done."""
        assert self.slack.deliver(body, **headers).status_code == 200
        self.settle()

    def wait_for(self, condition: Callable[[], bool]) -> None:
        """Until it holds, with everything that is due meanwhile."""
        for _ in range(20):
            self.settle()
            if condition():
                return
            self.control.clock.advance(30_000)
        pytest.fail("it did not happen")

    def stage(self, task: str) -> tuple[str, str] | None:
        """How far people are with its incident, and who says so."""
        report = get_report(incident_of(self, task), "stage")
        return (report.value, report.by) if report else None

    def quotes(self, task: str) -> list[str]:
        """What stands on the task of Slack, oldest first, without the bot's last line."""
        quotes = [text.split("\n")[0] for text in comments(self, task) if " in Slack: " in text]
        return quotes[::-1]


@pytest.fixture
def team(clickup_sandbox: Sandbox, tmp_path: Path) -> Iterator[SlackTeam]:
    """Jonas is on call. Ana (UANA) is a member of ClickUp by her e-mail address."""
    port, clock = BoundPort(), clickup_sandbox.control.clock.now_ms
    chosen = {name: {"mode": "on", "settings": {}} for name in NAMES}
    chosen["incident_elsewhere"]["settings"] = {"to": "oncall"}
    with ExitStack() as running:
        workspace = running.enter_context(slack(clock))
        workspace.hook = f"http://127.0.0.1:{port}/hooks/in/slack"
        target = {"kind": "slack", "token": TOKEN, "channel": CHANNEL}
        target["url"] = f"http://127.0.0.1:{workspace.port}/api/"
        tables: dict[str, Any] = {
            "automations": {"by_name": chosen},
            "people": {"on_call": ["Jonas"]},
            "outbound": {"targets": {"oncall": target}, "allow_hosts": ["127.0.0.1"]},
            "slack": {"signing_secret": SECRET},
        }
        settings = settings_for(clickup_sandbox, tmp_path, port, **tables)
        bot = running.enter_context(build(settings, clock=clock))
        team = SlackTeam(clickup_sandbox, bot, clock=clock)
        team.slack = workspace
        running.callback(lambda: team.bot.__exit__(None, None, None))
        running.enter_context(receiving(team.receiver, port))
        member = clickup_sandbox.control.members[1]
        workspace.join("UANA", "Ana", member.email.upper())
        bot.sources.hooks.register()
        bot.sources.backfill.run()
        yield team


def test_a_thread_comes_to_its_task_and_its_commands_work(team: SlackTeam) -> None:
    """Retries change nothing, other threads are left alone, and the answers stand in the thread."""
    task = live(team, TITLE)
    team.deliver(team.slack.say("UANA", "I roll back <https://x.example|v7> &amp; <@UBOB> *looks*"))
    command = team.slack.say("UANA", f"<@{BOT}> incident mitigated: rolled back")
    team.deliver(command)
    team.deliver(command, **{"X-Slack-Retry-Num": "1", "X-Slack-Retry-Reason": "http_timeout"})
    # Another event about the same message, as for an app that is installed twice.
    team.deliver(command | {"event_id": "Ev-other"})
    elsewhere = team.slack.add("UANA", "Lunch?")["ts"]
    team.deliver(team.slack.say("UANA", "Yes", thread_ts=elsewhere))

    name = team.control.members[1].username
    assert team.stage(task) == ("mitigated", name)
    assert team.quotes(task) == [
        "Ana in Slack: I roll back v7 (https://x.example) & @\u2060UBOB *looks*",
        f"Ana in Slack: @\u2060{BOT} incident mitigated: rolled back",
    ]
    texts = team.slack.texts()
    assert texts[0].startswith("*Live incident:*") and len(texts) == 3
    assert all(text.startswith("> ") for text in texts[1:])
    assert sum("Mitigated" in text and "Live incident" in text for text in texts) == 1

    # A slash at the very beginning is the client's own.
    for text in ("!ack on it", " /ack on it", f"<@{BOT}> /ack on it"):
        team.deliver(team.slack.say("UANA", text))
    assert len(team.slack.texts()) == 6


def test_who_is_no_member_is_quoted_and_commands_nothing(team: SlackTeam) -> None:
    """Whatever address another organisation has given them."""
    task, email = live(team, TITLE), team.control.members[1].email
    cases: list[dict[str, Any]] = [
        {"email": "eve@elsewhere.example"},
        {"email": ""},
        {"is_stranger": True},
        {"team_id": "T2"},
        {"is_email_confirmed": False},
        {"deleted": True},
        {"is_bot": True},
    ]
    for number, more in enumerate(cases):
        team.slack.join(f"UEVE{number}", "Eve", **{"email": email} | more)
        team.deliver(team.slack.say(f"UEVE{number}", "!incident mitigated"))
    team.deliver(team.slack.say("UNOBODY", "!incident mitigated"))

    assert team.stage(task) is None
    assert len(team.quotes(task)) == len(cases) + 1 and len(team.slack.texts()) == 1


def test_only_slack_delivers_and_only_people_are_heard(team: SlackTeam) -> None:
    """Its handshake is answered; an old, a foreign and a changed request are refused."""
    task = live(team, TITLE)
    answer = team.slack.deliver({"type": "url_verification", "token": "t", "challenge": "3eZb"})
    assert (answer.status_code, answer.text) == (200, "3eZb")
    assert answer.headers["Content-Type"].startswith("text/plain")

    greeting = team.slack.say("UANA", "Hello")
    answers = [
        team.slack.deliver(greeting, late_s=301),
        team.slack.deliver(greeting, late_s=-301),
        team.slack.deliver(greeting, **{"X-Slack-Signature": f"v0={'0' * 64}"}),
        team.slack.deliver(greeting, **{"X-Slack-Signature": ""}),
        team.slack.deliver(greeting, **{"X-Slack-Request-Timestamp": "1"}),
    ]
    assert [answer.status_code for answer in answers] == [401] * 5
    for body in (
        team.slack.say(BOT, "Mine"),
        team.slack.say("UX", "Of an app", bot_id="B2"),
        team.slack.say("UANA", "", subtype="message_changed", hidden=True),
        team.slack.wrap(team.slack.add("UANA", "In the channel")),
        {"type": "app_rate_limited"},
    ):
        team.deliver(body)
    assert team.quotes(task) == []
    assert team.slack.deliver([]).status_code == 400
    team.deliver(greeting)
    assert team.quotes(task) == ["Ana in Slack: Hello"]


def test_a_message_is_posted_once_whatever_fails(team: SlackTeam) -> None:
    """A lost answer is looked for; who answers before it is found is heard then. What Slack refuses
    for good is parked with its reason, and a replay posts it.
    """
    team.slack.faults = ["busy", "limit", "internal_error", "lost"]
    task = live(team, TITLE)
    team.wait_for(lambda: bool(team.slack.messages))
    assert team.slack.deliver(team.slack.say("UANA", "First!")).status_code == 200
    team.settle()
    assert team.quotes(task) == []
    team.wait_for(lambda: bool(team.quotes(task)))
    assert team.slack.calls.count("chat.postMessage") == len(team.slack.texts()) == 1

    team.slack.faults = ["is_archived"]
    team.deliver(team.slack.say("UANA", "!ack"))
    (row,) = team.bot.inbox.list("parked", 10)
    assert "chat.postMessage: is_archived" in row.error
    team.bot.inbox.replay(row.id, team.bot.now_ms())
    team.settle()
    assert len(team.slack.texts()) == 2

    team.slack.faults = ["lost"]  # in the thread
    team.deliver(team.slack.say("UANA", "!why"))
    team.wait_for(lambda: "conversations.replies" in team.slack.calls)
    assert len(team.slack.texts()) == 3 and team.bot.inbox.depth(team.bot.now_ms()).parked == 0


def test_after_a_crash_nothing_is_lost_or_doubled(
    team: SlackTeam, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It dies between Slack's answer and its note, between two events, and before the end."""
    monkeypatch.setattr(SlackThreads, "note", die)
    with pytest.raises(Crash):
        live(team, TITLE)
    monkeypatch.undo()
    (task,) = [task.id for task in team.control.tasks if task.name == TITLE]
    for text in ("One", "!incident mitigated", "Two"):
        assert team.slack.deliver(team.slack.say("UANA", text)).status_code == 200
    for owner, name in ((InboxWriter, "put"), (Inbox, "finish")):
        team.restart()
        monkeypatch.setattr(owner, name, die)
        with pytest.raises(Crash):
            team.wait_for(lambda: len(team.quotes(task)) == 3)
        monkeypatch.undo()
    team.restart()
    team.wait_for(lambda: len(team.slack.texts()) == 3)

    assert team.quotes(task) == [
        "Ana in Slack: One",
        "Ana in Slack: !incident mitigated",
        "Ana in Slack: Two",
    ]
    assert team.stage(task) == ("mitigated", team.control.members[1].username)
    assert len(team.slack.texts()) == 3
