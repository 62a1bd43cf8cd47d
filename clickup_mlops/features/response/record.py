"""Notes which tasks somebody has answered."""

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from clickup_mlops.automations.occurrence import COMMENT
from clickup_mlops.bot.caused_event import CausedEvent
from clickup_mlops.bot.ports import EventConsumer
from clickup_mlops.clickup.model import HistoryItem, Person, Task, parse_people
from clickup_mlops.clickup.webhook import EDITED
from clickup_mlops.features.response.conditions.response import Move
from clickup_mlops.store import Incoming, Store
from clickup_mlops.store.timeline_rows import Entry

ANSWERED: Final = "answered"
"""Scope of the notes about when tasks were answered first; the value is the field that changed."""
CREATED: Final = "created"
"""Scope of the notes about tasks that a back-fill found when they were new: the timeline has them
like those that are older than the bot."""
_ANSWERS: Final = (COMMENT, "status", "assignee_add")


class Responses(EventConsumer):
    """Notes them with the end of their events, so that a crash loses none. `is_tool` knows users
    that are no people.
    """

    def __init__(
        self, store: Store, me: Callable[[], int], is_tool: Callable[[Person], bool]
    ) -> None:
        self._store, self._me, self._is_tool = store, me, is_tool

    def read(
        self,
        rows: Sequence[Incoming],
        events: Sequence[CausedEvent],
        task: Task | None,
        evaluated: Iterable[CausedEvent] = (),
    ) -> None:
        """What people did: also what was derived because its event was lost."""
        reporter = task.creator.id if task and task.creator else None
        items = []
        for caused in (*events, *evaluated):
            if not caused.chain and caused.event.kind != EDITED:
                for item in caused.event.items:
                    # Most events are done with here: each ordinary one comes this way.
                    if item.field in _ANSWERS and (item.user_id != reporter or reporter is None):
                        items.append(item)
        if items:
            self._note(rows[0].lane, items, reporter)

    def forgotten(self, task_id: str) -> None:
        """Its notes go with the task."""
        for scope in (ANSWERED, CREATED):
            self._store.notes.remove(scope, task_id)

    def _note(self, task_id: str, items: Iterable[HistoryItem], reporter: int | None) -> None:
        if any(item.is_first_status and item.user_id is None for item in items):
            self._store.notes.put_first(CREATED, task_id, True, 0)
        # Of a derived change nobody knows who made it, of an unread task who reported it: any of
        # them may be an answer.
        silent = (reporter or self._read_reporter(task_id), self._me())
        answers = [
            item
            for item in items
            if not item.is_first_status
            and (item.user_id is None or item.user_id not in silent)
            and not any(map(self._is_tool, parse_people([item.raw.get("user")])))
        ]
        if answers:
            first = min(answers, key=lambda item: item.date_ms)
            self._store.notes.put_first(ANSWERED, task_id, first.field, first.date_ms)

    def _read_reporter(self, task_id: str) -> int | None:
        row = self._store.mirror.get(task_id)
        creator = Task.parse(row.raw).creator if row else None
        return creator.id if creator else None


def read_moves(store: Store, task_id: str, now_ms: int) -> tuple[Move, ...] | None:
    """The statuses of a task that nobody has answered. None: somebody has, or the bot has not seen
    how it was created, so that nobody knows.
    """
    store.flush()  # an answer that came together with what is evaluated counts, too
    if store.notes.get(ANSWERED, task_id) is not None:
        return None
    course = [
        entry
        for entry in store.timeline.of_task(task_id, 0, now_ms + 1)
        if entry.kind in ("created", "status")
    ]
    if not any(map(shows_creation, course)) and store.notes.get(CREATED, task_id) is None:
        return None
    return tuple(Move(entry.at_ms, str(entry.value["to"])) for entry in course)


def shows_creation(entry: Entry) -> bool:
    """Whether an event has reported it: what was only found has neither."""
    return entry.kind == "created" and bool(entry.actor or entry.value["to"])
