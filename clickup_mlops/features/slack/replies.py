"""Replies in threads of Slack become events of the task that the thread is about.

Each reply is an event that automations hear (`integration:slack.message`), which quote it on the
task. A command in it is an event like that of a comment, if a member of the Workspace wrote it; it
is answered in the thread. Both have a key that names the message, so that whatever comes twice is
handled once.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import quote, unquote

from clickup_mlops.automations.effects.reply import OUTSIDE, OutsideReplies
from clickup_mlops.automations.events import INTEGRATION
from clickup_mlops.automations.occurrence import COMMENT, POSTED
from clickup_mlops.bot.clock import Clock
from clickup_mlops.bot.inbox_writer import InboxWriter
from clickup_mlops.bot.internal_events import own_body
from clickup_mlops.bot.lanes.worker import Postponed
from clickup_mlops.features.outbound.outbound import Outbound
from clickup_mlops.features.outbound.slack_threads import SlackThread, SlackThreads
from clickup_mlops.features.slack.message import SlackMessage
from clickup_mlops.features.slack.people import Author, SlackPeople
from clickup_mlops.features.slack.settings import KIND, LANE
from clickup_mlops.store import InboxRow
from clickup_mlops.store.ranks import Urgency, compute_rank

MESSAGE: Final = f"{INTEGRATION}:{KIND}.message"
"""The event of a reply."""
_NO_AUTOMATION: Final = "/slack"
"""Whom a command is for: no automation is asked about it."""
_WAIT_MS: Final = 1_000


class SlackReplies:
    """`handle` takes the replies of one thread, oldest first."""

    def __init__(
        self, threads: SlackThreads, people: SlackPeople, inbox: InboxWriter, clock: Clock
    ) -> None:
        self._threads, self._people = threads, people
        self._inbox, self._clock = inbox, clock

    def handle(self, rows: Sequence[InboxRow]) -> None:
        """Put them into the lane of the task. Threads that the bot has not begun are left alone.

        Raises:
            RetryableApiError: Slack does not say now who somebody is.
            InputError: it refuses to say it.
            Postponed: it is not known yet whether the bot has begun the thread.
        """
        for row in rows:
            message = SlackMessage.from_json(row.body)
            # A person may answer before Slack's answer to our own message is stored.
            is_unsettled = self._threads.is_unsettled(message.thread_ts)
            thread = self._threads.find(message.channel, message.thread_ts)
            if thread is not None and thread.task_id:
                self._put(message, thread)
            elif thread is None and is_unsettled:
                raise Postponed(self._clock() + _WAIT_MS)

    def _put(self, message: SlackMessage, thread: SlackThread) -> None:
        author = self._people.find(thread.target, message.team, message.user)
        key = f"{LANE}{message.channel}:{message.ts}"
        body = own_body(MESSAGE, thread.task_id, "", **_report(message, author))
        self._store(f"{key}:text", MESSAGE, message, thread, body)
        if author.member_id is not None and message.command is not None:
            items = [_item(message, author, thread)]
            body = own_body(POSTED, thread.task_id, _NO_AUTOMATION, history_items=items)
            self._store(key, POSTED, message, thread, body)

    def _store(
        self, key: str, kind: str, message: SlackMessage, thread: SlackThread, body: bytes
    ) -> None:
        rank = compute_rank(Urgency.LIVE)
        self._inbox.put(
            self._inbox.event(
                key,
                kind,
                source=KIND,
                lane=thread.task_id,
                body=body,
                event_ms=message.at_ms,
                rank=rank,
            )
        )


class SlackAnswers(OutsideReplies):
    """Answers in threads: kept and sent like every message to another system."""

    def __init__(self, outbound: Outbound) -> None:
        self._outbound = outbound

    def send(self, place: str, delivery: str, markdown: str) -> None:
        """Keeps the answer; twice is the same as once."""
        channel, thread_ts, _, target = place.removeprefix(f"{OUTSIDE}{KIND}/").split("/", 3)
        body = {"markdown": markdown, "channel": channel, "thread_ts": thread_ts}
        self._outbound.send(delivery, unquote(target), body)

    def is_stored(self, delivery: str) -> bool:
        """Whether it was kept."""
        return self._outbound.is_stored(delivery)


def _report(message: SlackMessage, author: Author) -> Mapping[str, Any]:
    """`event.data` and `event.report` of automations."""
    facts = {"user": author.name, "text": message.plain_text}
    report = {
        "type": "message",
        "key": "",
        "title": f"{author.name} in Slack",
        "state": "",
        "severity": "",
        "labels": {},
        "links": {},
        "facts": facts,
    }
    return {"data": facts, "report": report}


def _item(message: SlackMessage, author: Author, thread: SlackThread) -> Mapping[str, Any]:
    """As the event of a comment has it. Its id says where it is answered."""
    command = message.command
    words = f"/{command.name} {command.arguments}" if command else ""
    # The name may have a slash, and a `#` would begin the number of an answer.
    target = quote(thread.target, safe="")
    where = (message.channel, message.thread_ts, message.ts, target)
    comment_id = f"{OUTSIDE}{KIND}/{'/'.join(where)}"
    return {
        "id": comment_id,
        "field": COMMENT,
        "date": str(message.at_ms),
        "after": comment_id,
        "user": {"id": author.member_id, "username": author.member_name or author.name},
        "comment": {"id": comment_id, "text_content": words},
    }
