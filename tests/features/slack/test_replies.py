"""Threads in Slack: what people write there comes to the task, and commands work as in comments."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, nullcontext
from pathlib import Path
from typing import Any

import pytest

from clickup_mlops.automations.effects.reply import EFFECT, OUTSIDE
from clickup_mlops.bot.inbox_writer import InboxWriter
from clickup_mlops.bot.write.inverse import can_be_undone
from clickup_mlops.errors import ConfigError, StoreUnavailable
from clickup_mlops.features.incidents.course import get_report
from clickup_mlops.features.outbound import settings as outbound
from clickup_mlops.features.outbound.slack_threads import SlackThreads
from clickup_mlops.sandbox import Sandbox
from clickup_mlops.store import Inbox
from tests.features.slack.workspace import BOT, CHANNEL, SECRET, TEAM, TOKEN, Workspace, slack
from tests.flows.conftest import Team, build, receiving, settings_for
from tests.flows.test_example_automations import comments
from tests.flows.test_incident_moves import incident_of, live
from tests.ports import BoundPort

TARGET = "on/call#1"
NAMES = ("live_incident", "incident_elsewhere", "slack_replies")
TITLE = "Serving: <b> *chat*"


class Crash(BaseException):
    """kill -9, as far as one thread can tell."""


def die(*_: Any, **__: Any) -> Any:
    """In place of a method."""
    raise Crash


def die_in(prefix: str, method: Callable[..., Any]) -> Callable[..., Any]:
    """The method, which dies in lanes that begin like this."""

    def run(inbox: Inbox, lane: str, *rest: Any, **more: Any) -> Any:
        return die() if lane.startswith(prefix) else method(inbox, lane, *rest, **more)

    return run


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

    def waiting(self) -> list[str]:
        """Keys of messages and replies that are not done."""
        rows = self.bot.inbox.list("ready", 100)
        return [row.key for row in rows if row.lane.startswith(("out:", "slack:"))]

    def quotes(self, task: str) -> list[str]:
        """What stands on the task of Slack, oldest first, without the bot's last line."""
        quotes = [text.split("\n")[0] for text in comments(self, task) if " in Slack: " in text]
        return quotes[::-1]


@pytest.fixture
def team(clickup_sandbox: Sandbox, tmp_path: Path) -> Iterator[SlackTeam]:
    """Jonas is on call. Ana (UANA) is a member of ClickUp by her e-mail address."""
    port, clock = BoundPort(), clickup_sandbox.control.clock.now_ms
    chosen = {name: {"mode": "on", "settings": {}} for name in NAMES}
    chosen["incident_elsewhere"]["settings"] = {"to": TARGET}
    with ExitStack() as running:
        workspace = running.enter_context(slack(clock))
        workspace.hook = f"http://127.0.0.1:{port}/hooks/in/slack"
        patch = running.enter_context(pytest.MonkeyPatch.context())
        patch.setattr(outbound, "SLACK_API", f"http://127.0.0.1:{workspace.port}/api/")
        target = {"kind": "slack", "token": TOKEN, "channel": CHANNEL}
        tables: dict[str, Any] = {
            "automations": {"by_name": chosen},
            "people": {"on_call": ["Jonas"]},
            "outbound": {"targets": {TARGET: target}, "allow_hosts": ["127.0.0.1"]},
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
    for text in ("!ack on it", " /ack on it", f"<@{BOT}> /ack on it", "! ack is no command"):
        # In a channel that a partner has created, the event's own workspace is the partner's.
        team.deliver(team.slack.say("UANA", text) | {"team_id": "T2"})
    assert len(team.slack.texts()) == 6
    # Nothing of them can be undone: they stand in another system.
    writes = team.bot.store.journal.list(task_id=task)
    answers = [write for write in writes if write.kind.startswith(f"reply:{OUTSIDE}")]
    assert len(answers) == 4
    assert not any(can_be_undone(write, {"reply": EFFECT}) for write in answers)


def test_who_is_no_member_is_quoted_and_commands_nothing(team: SlackTeam) -> None:
    """Whatever address another organisation has given them."""
    task, email = live(team, TITLE), team.control.members[1].email
    cases: list[dict[str, Any]] = [
        {"email": "eve@elsewhere.example"},
        {"email": ""},
        {"is_stranger": True},
        {"team_id": "T2"},
        {"team_id": None},
        {"is_email_confirmed": False},
        {"deleted": True},
        {"is_bot": True},
    ]
    for number, more in enumerate(cases):
        team.slack.join(f"UEVE{number}", "Eve", **{"email": email} | more)
        words = team.slack.say(f"UEVE{number}", "!incident mitigated")
        # Of a channel that their own workspace has created, too.
        team.deliver(words | {"team_id": more.get("team_id", TEAM)})
    team.deliver(team.slack.say("UNOBODY", "!incident mitigated"))
    command = team.slack.say("UANA", "!incident mitigated")
    team.deliver(command | {"authorizations": []})

    assert team.stage(task) is None
    assert len(team.quotes(task)) == len(cases) + 2 and len(team.slack.texts()) == 1


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
    team.slack.faults = ["503", "429", "internal_error", "lost"]
    task = live(team, TITLE)
    team.wait_for(lambda: bool(team.slack.messages))
    assert team.slack.deliver(team.slack.say("UANA", "First!")).status_code == 200
    team.settle()
    assert team.quotes(task) == []
    team.wait_for(lambda: bool(team.quotes(task)))
    assert team.slack.calls.count("chat.postMessage") == len(team.slack.texts()) == 1

    for number, (fault, error) in enumerate(
        (("is_archived", "is_archived"), ("404", "status 404"), ("302", "status 302"))
    ):
        team.slack.faults = [fault]
        team.deliver(team.slack.say("UANA", f"!ack {number}"))
        (row,) = team.bot.inbox.list("parked", 10)
        assert f"chat.postMessage: {error}" in row.error
        # It is known that it was not posted, so that nobody waits for it.
        elsewhere = team.slack.add("UANA", "Lunch?")["ts"]
        team.deliver(team.slack.say("UANA", "Yes", thread_ts=elsewhere))
        assert team.waiting() == []
        team.bot.inbox.replay(row.id, team.bot.now_ms())
        team.settle()
        assert len(team.slack.texts()) == 2 + number

    team.slack.faults = ["lost"]  # in the thread
    team.deliver(team.slack.say("UANA", "!why"))
    team.wait_for(lambda: "conversations.replies" in team.slack.calls)
    assert len(team.slack.texts()) == 5 and team.bot.inbox.depth(team.bot.now_ms()).parked == 0


def test_a_message_whose_end_the_store_loses_is_not_posted_again(
    team: SlackTeam, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also by an app that may not read the channel, so that it cannot look for the message."""
    team.slack.history_fault = "missing_scope"
    finish, losses = Inbox.finish, ["out:"]

    def lose_once(inbox: Inbox, lane: str, *rest: Any, **more: Any) -> Any:
        if losses and lane.startswith(losses[0]):
            losses.clear()
            raise StoreUnavailable("the server is away")
        return finish(inbox, lane, *rest, **more)

    monkeypatch.setattr(Inbox, "finish", lose_once)
    live(team, TITLE)
    team.wait_for(lambda: not losses and not team.waiting())

    assert team.slack.calls.count("chat.postMessage") == 1


@pytest.mark.parametrize("fault", ["missing_scope", "403"])
def test_a_reply_waits_for_a_person_if_slack_does_not_say_whose_it_is(
    team: SlackTeam, fault: str
) -> None:
    """Nobody becomes unknown because the app lacks a scope; a replay handles it."""
    task = live(team, TITLE)
    team.slack.people_fault = fault
    team.deliver(team.slack.say("UANA", "!incident mitigated"))
    (row,) = team.bot.inbox.list("parked", 10)
    assert "users.info: " in row.error and fault in row.error
    team.slack.people_fault = ""
    team.bot.inbox.replay(row.id, team.bot.now_ms())
    team.settle()
    assert team.stage(task) == ("mitigated", team.control.members[1].username)


def test_an_integration_with_the_address_of_slack_is_refused(
    clickup_sandbox: Sandbox, tmp_path: Path
) -> None:
    """Before the bot starts; without a signing secret the address is the integration's."""
    tool = {"slack": {"kind": "generic", "token": SECRET, "key": "key"}}
    for secret, refused in (("", nullcontext()), (SECRET, pytest.raises(ConfigError))):
        tables = {"integrations": tool, "slack": {"signing_secret": secret}}
        with build(settings_for(clickup_sandbox, tmp_path, BoundPort(), **tables)) as bot, refused:
            bot.check()


def test_after_a_crash_nothing_is_lost_or_doubled(
    team: SlackTeam, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It dies between Slack's answer and its note, between that and the end of the message, between
    two events, and before the end of the replies.
    """
    monkeypatch.setattr(SlackThreads, "note", die)
    with pytest.raises(Crash):
        live(team, TITLE)
    monkeypatch.undo()
    team.restart()
    for name in ("finish", "release"):
        monkeypatch.setattr(Inbox, name, die_in("out:", getattr(Inbox, name)))
    with pytest.raises(Crash):
        team.wait_for(lambda: False)
    monkeypatch.undo()
    team.restart()
    team.wait_for(lambda: not team.waiting())
    assert len(team.slack.texts()) == 1
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
