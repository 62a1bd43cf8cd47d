"""Brings the proposal up to date, reads the answers, and writes the day's message or the page.

The clock only puts a row into the inbox; the lane does the rest, whatever it missed before.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import orjson

from clickup_mlops import logs
from clickup_mlops.automations.model import Change
from clickup_mlops.automations.schedule import zone
from clickup_mlops.bot.clock import Clock, to_ms
from clickup_mlops.bot.inbox_writer import InboxWriter
from clickup_mlops.bot.lanes.posting import Author, Poster
from clickup_mlops.bot.lanes.replacement import plan_replacement
from clickup_mlops.bot.registered import Timer, every
from clickup_mlops.clickup.content import Message
from clickup_mlops.errors import NotFound
from clickup_mlops.features.shadow import agreement, proposing, replies, text
from clickup_mlops.features.shadow.answering import Answering
from clickup_mlops.features.shadow.board import Wish
from clickup_mlops.features.shadow.settings import KIND, LANE, ShadowSettings
from clickup_mlops.features.shadow.tables.answers import Answers
from clickup_mlops.features.shadow.tables.proposals import Proposal, Proposals
from clickup_mlops.store import InboxRow, Store
from clickup_mlops.views.text import localize

if TYPE_CHECKING:
    from clickup_mlops.clickup.client import ClickUp

AUTHOR: Final = Author("shadow:proposal", KIND, cap=60)
LOOK_EVERY: Final = timedelta(seconds=5)
PAGE: Final = "What the bot would do"
_CHAT: Final = f"chat:{KIND}#"
_DOC: Final = f"doc:{KIND}"
_MESSAGES: Final = "shadow:messages"
"""Name of the cursor that has the ids of the newest message and of the one before."""
_LOOKED: Final = "shadow:looked:"
"""Cursors by message: when its first proposals were looked for (Unix ms)."""
_READ: Final = "shadow:read:"
"""Cursors by message: the time (Unix ms) of the newest reply that was read."""

_log = logs.get()


class ProposalSender:
    """`tick` has the proposal looked at, `handle` writes it. `places` are the Lists to propose in;
    `live` names those in which the bot writes; `find_wishes` reads Lists; `people` gives the
    members' names by id.
    """

    def __init__(
        self,
        settings: ShadowSettings,
        store: Store,
        poster: Poster,
        *,
        places: Callable[[], Sequence[str]],
        live: Callable[[], Sequence[str]],
        find_wishes: Callable[[Sequence[str]], Sequence[Wish]],
        answering: Answering,
        clickup: Callable[[], "ClickUp"],
        workspace: Callable[[], str],
        people: Callable[[], Mapping[int, str]],
        inbox: InboxWriter,
        clock: Clock,
    ) -> None:
        self._settings, self._store, self._poster = settings, store, poster
        self._places, self._live = places, live
        self._find_wishes, self._answering = find_wishes, answering
        self._clickup, self._workspace, self._people = clickup, workspace, people
        self._inbox, self._clock = inbox, clock
        self._day = ""

    def timers(self) -> Sequence[Timer]:
        """One that brings it up to date, and one that begins the day's."""
        interval = self._settings.update_every
        return (Timer(every(interval), self.tick), Timer(every(LOOK_EVERY), self.begin))

    def begin(self) -> None:
        """Have it looked at if its day has begun since this was called last."""
        day = self._settings.day(self._clock())
        if day and day != self._day:
            self.tick()
        self._day = day

    def tick(self) -> None:
        """Have it looked at, once in an interval; outside of its hours nothing is stored."""
        if not (self._settings.lists or self._places()):
            return
        now, interval_ms = self._clock(), to_ms(self._settings.update_every)
        if self._settings.day(now) or self._has_message(now):
            self.request(str(now - now % interval_ms))

    def _has_message(self, now_ms: int) -> bool:
        """Whether somebody had today's message written before its time, or on another day."""
        day = self._local(now_ms).date().isoformat()
        return self._poster.latest_write("", f"{_CHAT}{day}") is not None

    def request(self, key: str) -> str:
        """Have it looked at, once for each key; the key of the row."""
        row = self._inbox.event(f"{LANE}{key}", KIND, source="cron", lane=LANE)
        self._inbox.put(row)
        return row.key

    def handle(self, rows: Sequence[InboxRow]) -> None:
        """Read the answers and the Lists, and write what the day's message has to say; answer
        replies that name no proposal.

        Raises:
            Postponed: not now.
            ClickUpMlopsError: ClickUp refused, or did not answer.
        """
        self._poster.recover(rows[-1].lane)
        looks = []
        for row in rows:
            if unknown := orjson.loads(row.body):
                self._answer_unknown(row, **unknown)
            else:
                looks.append(row)
        if looks:
            self._look(looks[-1])

    def _look(self, row: InboxRow) -> None:
        now = self._clock()
        day = self._settings.day(now) or self._local(now).date().isoformat()
        if self._settings.channel:
            self.read_replies()
        proposals = self.refresh()
        if self._settings.channel:
            self._write_message(row, proposals, day, now)
        if self._settings.doc:
            after = {"doc": self._settings.doc, "page": PAGE}
            written = after | {"text": self._text(proposals, day, answerable=False)}
            self._write(row, _DOC, written, f'page "{PAGE}"')

    def refresh(self) -> list[Proposal]:
        """The proposals as they are now, in their order; kept, too.

        Raises:
            ClickUpMlopsError: ClickUp cannot be read.
        """
        places, table = self._places(), self._store.table(Proposals)
        wishes, now = self._find_wishes(places), self._clock()
        by_task = {wish.task.id: wish for wish in wishes}
        earlier = {proposal.task_id: proposal for proposal in table.of_lists(places)}
        for answer in proposing.find_answers_in_tasks(earlier.values(), by_task, now):
            self._answering.note(answer)
        table.replace(places, proposing.propose(wishes, earlier, now))
        return proposing.in_order(table.of_lists(places))

    # -- answers

    def read_replies(self) -> int:
        """Keep what people replied to the newest message, and to the one before; how many answers
        are new. A reply that names no proposal is answered in its thread soon.
        """
        ids = (self._store.cursors.get(_MESSAGES) or "").split()
        return sum(
            self._read_thread(message_id, following[0] if following else "")
            for message_id, following in ((name, ids[n + 1 :]) for n, name in enumerate(ids))
        )

    def _read_thread(self, message_id: str, successor: str) -> int:
        """`successor`: the message of the day after, which renamed what is new since."""
        until_ms = int(self._store.cursors.get(_LOOKED + successor) or 0) if successor else 0
        kept = self._store.table(Proposals).of_lists(self._places())
        proposals = proposing.in_order(
            proposal for proposal in kept if not until_ms or proposal.at_ms < until_ms
        )
        by_number = {proposal.number: proposal for proposal in proposals}
        named = [proposal.number for proposal in proposals[: self._settings.limit]]
        try:
            thread = [*self._clickup().chat.replies(self._workspace(), message_id)]
        except NotFound:
            return 0  # a person has deleted the message
        # Once: "all" are those that the message named when it was said.
        read_ms = int(self._store.cursors.get(_READ + message_id) or 0)
        new = [reply for reply in reversed(thread) if reply.date_ms > read_ms]
        names = self._people() if new else {}
        answers = sum(
            self._keep(statement, by_number, reply, names)
            for reply in new
            for statement in replies.parse(reply.content, named)
        )
        for reply in (reply for reply in new if reply.user_id in names):
            self._keep_unknown(message_id, reply, by_number)
        if new:
            self._store.cursors.set(_READ + message_id, str(new[-1].date_ms))
        return answers

    def _keep_unknown(self, message_id: str, reply: Message, numbers: Collection[int]) -> None:
        """If it names a number that is none of these: answered by a row of its own, because who
        reads replies may not hold the lane.
        """
        if unknown := replies.find_unknown(reply.content, numbers):
            said = f"There is no proposal {replies.format_numbers(unknown)} here. {replies.USAGE}"
            body = {"message_id": message_id, "reply_id": reply.id, "said": said}
            key = f"{LANE}unknown-{reply.id}"
            self._inbox.put(
                self._inbox.event(key, KIND, source="cron", lane=LANE, body=orjson.dumps(body))
            )

    def _answer_unknown(self, row: InboxRow, message_id: str, reply_id: str, said: str) -> None:
        kind = f"{_CHAT}unknown-{reply_id}"
        if self._poster.latest_write("", kind):  # a first try has answered
            return
        channel = self._settings.channel.strip().removeprefix("#")
        after = {"channel": channel, "text": said, "reply_to": message_id}
        change = Change(kind, None, after, f"#{channel}: {said}", {})
        self._poster.post(row, AUTHOR, "", change)

    def _keep(
        self,
        statement: replies.Statement,
        by_number: Mapping[int, Proposal],
        reply: Message,
        names: Mapping[int, str],
    ) -> int:
        user_name = names.get(reply.user_id or 0)
        if user_name is None:  # no member of the Workspace
            return 0
        about = [by_number[number] for number in statement.numbers]
        return sum(
            self._answering.answer(
                proposal,
                agrees=statement.agrees,
                user_name=user_name,
                via="chat",
                at_ms=reply.date_ms,
                priority=statement.priority,
                workload=statement.workload,
            )
            for proposal in about
            if reply.date_ms >= proposal.at_ms  # else it is about what was proposed before
        )

    # -- message

    def _write_message(
        self, row: InboxRow, proposals: Sequence[Proposal], day: str, looked_ms: int
    ) -> None:
        """`looked_ms`: when its proposals began to be looked for (Unix ms)."""
        kind, channel = f"{_CHAT}{day}", self._settings.channel.strip().removeprefix("#")
        after = {"channel": channel, "text": self._text(proposals, day, answerable=True)}
        self._write(row, kind, after, f"#{channel}: proposal of {day}")
        last = self._poster.latest_write("", kind)
        if last is not None:
            self._remember(str(last.receipt), looked_ms)

    def _remember(self, message_id: str, looked_ms: int) -> None:
        """The message of the day before is answered until this one has a successor."""
        ids = (self._store.cursors.get(_MESSAGES) or "").split()
        if message_id not in ids:
            self._store.cursors.set(_LOOKED + message_id, str(looked_ms))
            self._store.cursors.set(_MESSAGES, " ".join([*ids[-1:], message_id]))

    def _write(self, row: InboxRow, kind: str, after: dict[str, Any], summary: str) -> None:
        last = self._poster.latest_write("", kind)
        if last is not None and _says(last.after, after):
            return
        change = plan_replacement(kind, last, after, summary)
        if change is not None:
            state = self._poster.post(row, AUTHOR, "", change)
            _log.info("proposal_written", what=summary, state=state)

    def _text(self, proposals: Sequence[Proposal], day: str, *, answerable: bool) -> str:
        answers = self._store.table(Answers).since(0)
        names = {proposal.list_id: proposal.list_name for proposal in proposals}
        shares = agreement.by_list(answers)
        proposal = text.write_proposal(
            day,
            proposals,
            answers,
            agreement={names[key]: shares[key] for key in names if key in shares},
            limit=self._settings.limit,
            clock=f"{self._local(self._clock()):%H:%M} ({self._settings.zone})",
            answerable=answerable,
            live=self._live(),
        )
        return localize(proposal, self._settings.zone)

    def _local(self, now_ms: int) -> datetime:
        return datetime.fromtimestamp(now_ms / 1000, UTC).astimezone(zone(self._settings.zone))


def _says(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Whether what is there says the same, in the same place."""
    places = [name for name in after if name != "text"]
    is_there = all(before.get(name) == after[name] for name in places)
    return is_there and text.is_equal_text(before["text"], after["text"])
