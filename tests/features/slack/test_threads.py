"""What the bot notes about its own messages in Slack."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from clickup_mlops.automations.names import Names
from clickup_mlops.bot.inbox_writer import InboxWriter
from clickup_mlops.bot.lanes.worker import Postponed
from clickup_mlops.errors import InputError
from clickup_mlops.features.outbound import settings as outbound
from clickup_mlops.features.outbound.post import post
from clickup_mlops.features.outbound.slack_app import SlackApi, SlackApp
from clickup_mlops.features.outbound.slack_threads import SlackThread, SlackThreads
from clickup_mlops.features.slack.message import SlackMessage
from clickup_mlops.features.slack.people import SlackPeople
from clickup_mlops.features.slack.replies import SlackReplies
from clickup_mlops.features.slack.settings import SlackSettings
from clickup_mlops.store import Store
from tests.features.slack.workspace import BOT, TOKEN, Workspace, slack

HOUR_MS = 3_600_000
START_MS = 1_767_614_400_000


class Desk:
    """A store, a workspace, and a clock that can be moved."""

    def __init__(self, store: Store, workspace: Workspace) -> None:
        self.store, self.workspace, self.now_ms = store, workspace, START_MS
        workspace.now_ms = self.clock
        self.threads = SlackThreads(store.notes, self.clock)

    def clock(self) -> int:
        """Unix ms."""
        return self.now_ms

    def app(self, channel: str, hosts: tuple[str, ...] = ("127.0.0.1",)) -> SlackApp:
        """With one target, in this channel."""
        target = {"kind": "slack", "token": TOKEN, "channel": channel}
        settings = outbound.OutboundSettings(targets={"oncall": target}, allow_hosts=hosts)
        return SlackApp(settings, SlackApi(settings, post), self.threads, self.clock)

    def ts(self, after_ms: int = 0) -> str:
        """Of a message that is posted so much later than now."""
        return f"{(self.now_ms + after_ms) // 1000}.000001"


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with Store.open(f"sqlite:///{tmp_path / 'bot.db'}") as store, slack(lambda: 0) as workspace:
        monkeypatch.setattr(outbound, "SLACK_API", f"http://127.0.0.1:{workspace.port}/api/")
        yield Desk(store, workspace)


def test_only_what_may_have_been_posted_lately_is_waited_for(desk: Desk) -> None:
    """Not what was never sent, nothing older than the message, and nothing for ever."""
    message = {"to": "oncall", "body": {"markdown": "Hello"}}
    with pytest.raises(InputError):
        desk.app("C1", ()).deliver("msg_1", message)
    assert not desk.threads.is_unsettled(desk.ts())

    desk.threads.begin("msg_1")
    assert desk.threads.is_unsettled(desk.ts(1_000))
    assert not desk.threads.is_unsettled(desk.ts(-HOUR_MS))
    desk.now_ms += HOUR_MS
    assert not desk.threads.is_unsettled(desk.ts())
    desk.threads.begin("msg_1")  # another try
    assert desk.threads.is_unsettled(desk.ts())


def test_a_thread_belongs_to_its_channel(desk: Desk) -> None:
    """A target that gets another one begins a new thread there."""
    for number, channel in enumerate(("C1", "C1", "C2", "C2")):
        message = {"to": "oncall", "body": {"markdown": f"{number}", "thread": "incident"}}
        desk.app(channel).deliver(f"msg_{number}", message)
        desk.store.flush()
    assert desk.workspace.texts() == ["0", "> 1", "2", "> 3"]
    assert all(message["user"] == BOT for message in desk.workspace.messages)


class Racing(SlackThreads):
    """Another thread notes the message while this one looks for it."""

    def find(self, channel: str, ts: str) -> SlackThread | None:
        """What was there before."""
        thread = super().find(channel, ts)
        self.note(channel, ts, SlackThread("1", "oncall"), "")
        self.end("msg_1")
        return thread


def test_a_reply_waits_for_the_note_however_late_it_is_handled(desk: Desk) -> None:
    """The note may come between two questions, and the reply may have waited for hours."""
    reply = SlackMessage("T1", "C1", desk.ts(2 * HOUR_MS), desk.ts(2 * HOUR_MS + 1_000), "U", "Yes")
    inbox = InboxWriter(desk.store.inbox, lambda: "1", desk.clock)
    inbox.put(inbox.event("slack:1", "slack", source="slack", lane="slack:1", body=reply.to_json()))
    rows = desk.store.inbox.list("ready", 10)
    desk.now_ms += 2 * HOUR_MS
    desk.threads.begin("msg_1")

    app = desk.app("C1")
    people = SlackPeople(app.api, outbound.OutboundSettings(), SlackSettings(), Names, desk.clock)
    replies = SlackReplies(Racing(desk.store.notes, desk.clock), people, inbox, desk.clock)
    with pytest.raises(Postponed):
        replies.handle(rows)
    replies.handle(rows)
    assert {row.lane for row in desk.store.inbox.list("ready", 10)} == {"slack:1", "1"}
