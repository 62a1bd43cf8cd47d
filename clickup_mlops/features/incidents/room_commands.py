"""Commands about an incident mean the same in its room as in a comment on its task.

ClickUp sends no events about chat, so that the rooms of open incidents are read by the clock, one
call each time, and once more when the incident has ended or become a part of another one: its end
is told after that. A command becomes an event in the lane of a task of the incident, once for each
message; it is answered in the message's thread. A message that is edited later is not read again.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from itertools import islice, takewhile
from typing import TYPE_CHECKING, Any, Final

from clickup_mlops.automations.effects.reply import IN_CHAT
from clickup_mlops.automations.model import Unanswered
from clickup_mlops.automations.names import Names
from clickup_mlops.automations.occurrence import COMMENT, POSTED
from clickup_mlops.bot.clock import Clock, to_ms
from clickup_mlops.bot.inbox_writer import InboxWriter
from clickup_mlops.bot.internal_events import own_body
from clickup_mlops.bot.registered import Timer, every
from clickup_mlops.clickup.content import Message
from clickup_mlops.commands import parsing
from clickup_mlops.errors import ApiError, is_refusal
from clickup_mlops.features.incidents.incident import Incident
from clickup_mlops.features.incidents.summary import COMMANDS
from clickup_mlops.features.incidents.tables.incidents import Incidents
from clickup_mlops.store import InboxRow, Incoming, Store
from clickup_mlops.store.ranks import Urgency, compute_rank

if TYPE_CHECKING:
    from clickup_mlops.clickup.client.resources.chat import Chat

KIND: Final = "room"
LANE: Final = f"{KIND}:"
"""Rooms are read in lanes that begin like this; the incident's id follows."""
MOST_ROOMS: Final = 50
MOST_MESSAGES: Final = 1_000
OVERLAP_MS: Final = 60_000
"""A message may be shown so much later than it was written."""
_READ: Final = "room read"
"""Scope of the notes until when rooms were read (Unix ms)."""
_NO_AUTOMATION: Final = "/room"
"""Whom the event is for: it is a command, and no automation is asked about it."""


class RoomCommands:
    """`tick` has the rooms read; `handle` reads one."""

    def __init__(
        self,
        store: Store,
        inbox: InboxWriter,
        chat: "Callable[[], Chat]",
        *,
        workspace: Callable[[], str],
        names: Callable[[], Names],
        interval: timedelta,
        clock: Clock,
    ) -> None:
        self._store, self._inbox, self._chat = store, inbox, chat
        self._workspace, self._names, self._clock = workspace, names, clock
        self._interval = interval

    def timers(self) -> Iterator[Timer]:
        """One, unless rooms are not read."""
        if self._interval:
            yield Timer(every(self._interval), self.tick)

    def tick(self) -> None:
        """Have the room of each open incident read, once in an interval."""
        now = self._clock()
        beginning_ms = now - now % max(1, to_ms(self._interval))
        incidents = self._store.table(Incidents).open(self._workspace(), MOST_ROOMS)
        for incident in incidents:
            if self._first_message(incident):
                self._inbox.put(self._reading(incident, beginning_ms))

    def read_last(self, incident: Incident) -> None:
        """Have the room of an incident read that people have joined to another one."""
        if self.is_read(incident):
            self._inbox.put(self._reading(incident, incident.closed_ms or 0))

    def is_read(self, incident: Incident) -> bool:
        """Whether the incident has a room in which people may write commands."""
        return bool(self._interval) and bool(self._first_message(incident))

    def handle(self, rows: Sequence[InboxRow]) -> None:
        """Put the new commands of the room into the lane of a task of the incident.

        Raises:
            ClickUpMlopsError: ClickUp did not answer.
        """
        incident = self._store.table(Incidents).get(rows[-1].lane.removeprefix(LANE))
        if incident is None:
            return
        now = self._clock()
        commands = [message for message in self._messages(incident) if self._is_command(message)]
        if commands:
            task_id = self._find_task(incident)
            self._inbox.put_many(self._event(incident, task_id, message) for message in commands)
        self._store.notes.put(_READ, incident.id, now, now, wait=False)

    def _reading(self, incident: Incident, at_ms: int) -> Incoming:
        lane, rank = f"{LANE}{incident.id}", compute_rank(Urgency.LIVE)
        return self._inbox.event(f"{lane}:{at_ms}", KIND, source="cron", lane=lane, rank=rank)

    def _find_task(self, incident: Incident) -> str:
        """One that is affected; of an incident that is over the first one."""
        tasks = self._store.table(Incidents).tasks(incident.id)
        affected = (task.task_id for task in tasks if task.left_ms is None)
        return next(affected, incident.task_id)

    def _first_message(self, incident: Incident) -> str:
        """Id of the bot's first message in the room; empty: there is no room yet."""
        row = self._store.journal.latest_done(incident.task_id, f"chat:room/{incident.id}")
        return str(row.receipt or "") if row else ""

    def _messages(self, incident: Incident) -> list[Message]:
        """Those that may be new, oldest first. A room that was deleted, or that the bot may not
        read any more, has none.
        """
        note = self._store.notes.get(_READ, incident.id)
        since_ms = int(str(note.value)) - OVERLAP_MS if note else incident.opened_ms
        try:
            newest_first = islice(self._newest_first(incident), MOST_MESSAGES)
            recent = takewhile(lambda message: message.date_ms >= since_ms, newest_first)
            return [*recent][::-1]
        except ApiError as problem:
            if is_refusal(problem):
                return []
            raise

    def _newest_first(self, incident: Incident) -> Iterator[Message]:
        chat, workspace = self._chat(), self._workspace()
        if incident.details.get("thread"):
            return chat.replies(workspace, self._first_message(incident))
        return chat.messages(workspace, self._channel_id(incident))

    def _channel_id(self, incident: Incident) -> str:
        """By its name, once: it exists, as the bot has written there."""
        notes, now = self._store.notes, self._clock()
        if note := notes.get(KIND, incident.id):
            return str(note.value)
        channel = self._chat().create_channel(self._workspace(), incident.room)
        notes.put(KIND, incident.id, channel.id, now, wait=False)
        return channel.id

    def _is_command(self, message: Message) -> bool:
        command = parsing.find(message.content)
        is_meant = command is not None and command.name in COMMANDS
        return is_meant and bool(message.user_id) and not self._is_own(message)

    def _is_own(self, message: Message) -> bool:
        return self._store.journal.has_receipt(message.id)

    def _event(self, incident: Incident, task_id: str, message: Message) -> Incoming:
        items = [self._item(incident, message)]
        body = own_body(POSTED, task_id, _NO_AUTOMATION, history_items=items)
        key, rank = f"{LANE}{incident.id}:{message.id}", compute_rank(Urgency.LIVE)
        return self._inbox.event(
            key, POSTED, source=KIND, lane=task_id, body=body, event_ms=message.date_ms, rank=rank
        )

    def _item(self, incident: Incident, message: Message) -> Mapping[str, Any]:
        """As the event of a comment has it. Its id says where it is answered."""
        head = f"{self._first_message(incident)}/" if incident.details.get("thread") else ""
        comment_id = f"{IN_CHAT}{head}{message.id}"
        return {
            "id": comment_id,
            "field": COMMENT,
            "date": str(message.date_ms),
            "after": comment_id,
            "user": {"id": message.user_id, "username": self._name(message.user_id)},
            "comment": {"id": comment_id, "text_content": message.content},
        }

    def _name(self, user_id: int | None) -> str:
        try:
            return self._names().people(str(user_id))[0].username
        except Unanswered:
            return str(user_id)
