"""Keeps the timeline: what ClickUp's events and the reports of tools say has happened.

Noted when the events are handled, and written with this thread's next write: the one that marks
them as handled. So a crash loses no entry, and what is handled again adds none.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Final

from clickup_mlops.automations.effects.comment import is_signed
from clickup_mlops.automations.events import BACKFILL
from clickup_mlops.bot.handle.results import deployments
from clickup_mlops.bot.handle.results.timeline_entries import COMMENT, Of, reported
from clickup_mlops.bot.ports import EventConsumer
from clickup_mlops.clickup.model import Event, Task
from clickup_mlops.commands import parsing
from clickup_mlops.commands.dispatch import find_commands, only_asks
from clickup_mlops.store import InboxRow, Store
from clickup_mlops.store.queries.flow import KNOWN_SINCE
from clickup_mlops.store.tables.notes import INCIDENT, REFUSED
from clickup_mlops.store.timeline_rows import Entry, Kind

_COURSE: Final = ("created", "status")
"""Kinds that say when a task began and was finished."""
_AT_ONCE: Final = 500
"""Entries in one transaction: no event waits for longer."""


class TimelineLog:
    """Writes it. `consumer` tells which comments of people are kept besides."""

    def __init__(self, store: Store, consumer: EventConsumer | None = None) -> None:
        self._store, self._consumer = store, consumer or EventConsumer()

    def note(self, workspace: str, task_id: str, events: Sequence[Event]) -> None:
        """What these events of a task report; people's comments while it is a live incident."""
        of = Of(workspace, task_id)
        entries = [*of.events(events)]
        if any(event.kind == BACKFILL for event in events):
            row = self._store.mirror.get(task_id)  # which the back-fill has brought up to date
            entries += () if row is None else self._missed(of, Task.parse(row.raw))
        if any(entry.kind == COMMENT for entry in entries):
            entries = [*self._without_repetitions(entries)]
        self._store.timeline.put(entries, wait=False)

    def note_found(self, workspace: str, task: Task, events: Iterable[Event]) -> None:
        """What a task shows that was there before the bot, once something happens to it."""
        of = Of(workspace, task.id)
        reported = [entry for entry in of.events(events) if entry.kind in _COURSE]
        if not any(entry.kind == "created" for entry in reported):
            self._store.timeline.put(self._missed(of, task, reported), wait=False)

    def note_report(
        self, row: InboxRow, about: Kind, report: Mapping[str, Any], tasks: Iterable[str]
    ) -> None:
        """What a tool reports about these tasks, or about none: see `reported`."""
        entries = [*reported(row, about, report, tasks)]
        if any(entry.kind == deployments.KIND for entry in entries):
            earlier = self._earlier_deployments(entries[0])
            entries = [deployments.with_revision(entry, earlier) for entry in entries]
        self._store.timeline.put(entries, wait=False)

    def _earlier_deployments(self, entry: Entry) -> Sequence[Entry]:
        return self._store.timeline.newest_of_kind(
            entry.workspace,
            deployments.KIND,
            entry.at_ms - deployments.LOOKED_BACK_MS,
            entry.at_ms,
            limit=deployments.MOST_EARLIER,
        )

    def begin(self, workspace: str, now_ms: int) -> None:
        """The first time: what the tasks show that were there before. Safe to repeat."""
        scope, name = KNOWN_SINCE["scope"], KNOWN_SINCE["name"]
        if self._store.notes.get(scope, name) is not None:
            return
        for list_id in self._store.mirror.open_lists():
            tasks = (Task.parse(row.raw) for row in self._store.mirror.all_open(list_id))
            entries = (entry for task in tasks for entry in Of(workspace, task.id).missed(task, ()))
            while part := [*islice(entries, _AT_ONCE)]:
                self._store.timeline.put(part)
        self._store.notes.first(scope, name, True, now_ms)

    def _without_repetitions(self, entries: Iterable[Entry]) -> Iterator[Entry]:
        for entry in entries:
            if entry.kind != COMMENT or (self._was_live(entry) and not self._is_no_news(entry)):
                yield entry

    def _was_live(self, comment: Entry) -> bool:
        """By the task's latest decision, or by what a feature knows of the time when it was
        written: the event of a comment may be lost, and found when the incident is over.
        """
        task_id, at_ms = comment.task_id, comment.at_ms
        if self._store.notes.get(INCIDENT, task_id) is not None:
            return True
        return self._consumer.keeps_comments(task_id, at_ms)

    def _is_no_news(self, comment: Entry) -> bool:
        """Whether the bot wrote it, or a person only asked the bot something."""
        command = parsing.find(comment.text)
        if command is not None and only_asks(command, find_commands()):
            return True
        is_noise = command is not None and self._did_nothing(comment)
        return is_noise or is_signed(comment.text) or self._is_own(comment)

    def _did_nothing(self, comment: Entry) -> bool:
        """Whether a command was refused, or is unknown."""
        note = self._store.notes.get(REFUSED, comment.task_id)
        return note is not None and comment.value["id"] in note.value

    def _is_own(self, comment: Entry) -> bool:
        return self._store.journal.has_receipt(comment.value["id"])

    def _missed(self, of: Of, task: Task, reported: Sequence[Entry] = ()) -> Iterator[Entry]:
        """`given`: what events report now; it is not in the store yet."""
        stored = self._store.timeline.of_task(of.task_id, 0, task.updated_ms + 1)
        course = [*(entry for entry in stored if entry.kind in _COURSE), *reported]
        yield from of.missed(task, sorted(course, key=lambda entry: entry.at_ms))
