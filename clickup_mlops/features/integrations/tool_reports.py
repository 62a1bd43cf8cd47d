"""Reports of other systems: `[integrations.<name>]` says which tool each is, and how it signs.

A report is stored like an event of ClickUp, in the lane `integration:<name>`. What it is about is
found in the journal and the mirror. Automations hear it as `integration:<name>.<type>`, with the
tool's own words as `event.data` and the common ones as `event.report`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, TypeGuard

from clickup_mlops import logs
from clickup_mlops.automations.actions.comment import subject
from clickup_mlops.automations.engine import listens
from clickup_mlops.bot.clock import Clock
from clickup_mlops.bot.handle.alerts import (
    FIRING,
    OVER,
    RESOLVED,
    ends,
    is_alert,
    read_alerts,
    starts,
)
from clickup_mlops.bot.handle.evaluator import Evaluator
from clickup_mlops.bot.handle.results.timeline import TimelineLog
from clickup_mlops.bot.inbox_writer import InboxWriter
from clickup_mlops.bot.internal_events import HELD, own_body
from clickup_mlops.bot.lanes.worker import BATCH
from clickup_mlops.bot.read.reader import TaskReader, TaskRequest
from clickup_mlops.clickup import webhook
from clickup_mlops.clickup.model import Event, Task
from clickup_mlops.errors import BadPayload, NotFound
from clickup_mlops.features.integrations.deliveries import LANE
from clickup_mlops.features.integrations.tools import (
    FindTable,
    IntegrationTable,
    Kind,
    at,
    kinds,
)
from clickup_mlops.json_types import JsonObject
from clickup_mlops.store import InboxRow, Store

MISSED: Final = "alert_over"
"""Scope of the notes about alerts that were resolved before a task was made for them: since when
they had fired, by their keys."""
_LATE_MS: Final = 86_400_000
_MOST_LATER: Final = 5_000
"""Rows that are looked at behind a batch."""
_log = logs.get()

Tables = Mapping[str, IntegrationTable]
Known = tuple[str, str | None, int | None]
"""A task's id, its List, and when it last changed (Unix ms)."""


class ToolReports:
    """What is done about reports that were accepted."""

    def __init__(
        self,
        tables: Tables,
        store: Store,
        evaluator: Callable[[], Evaluator],
        inbox: InboxWriter,
        *,
        reader: Callable[[], TaskReader],
        clock: Clock,
    ) -> None:
        self._tables, self._store, self._evaluator = tables, store, evaluator
        self._timeline = TimelineLog(store)
        self._inbox, self._reader, self._clock = inbox, reader, clock
        self._kinds: Mapping[str, Kind[Any]] = kinds() if tables else {}

    def due(self, rows: Sequence[InboxRow]) -> Sequence[Event]:
        """The events for the whole workspace: those of reports that such automations listen for."""
        over = self._find_over(rows)
        return [event for row in rows for event in self._for_workspace(row, row.id in over)]

    def _find_over(self, rows: Sequence[InboxRow]) -> frozenset[int]:
        """Ids of the rows that report an alert which a later row reports as resolved: both came
        while the bot was away, or busy.
        """
        later = self._read_later(rows)
        alerts = [(row.id, _read_alert(row)) for row in (*rows, *later)]
        resolved = [(row_id, report) for row_id, report in alerts if _is(report, RESOLVED)]
        return frozenset(
            row_id
            for row_id, report in alerts[: len(rows)]
            if _is(report, FIRING)
            and any(later_id > row_id and ends(end, report) for later_id, end in resolved)
        )

    def _read_later(self, rows: Sequence[InboxRow]) -> Sequence[InboxRow]:
        """What waits behind a lane's full batch."""
        if len(rows) < BATCH:
            return ()
        return self._store.inbox.following(rows[-1].lane, rows[-1].id, _MOST_LATER)

    def _for_workspace(self, row: InboxRow, is_over: bool) -> Iterator[Event]:
        event = webhook.parse(row.body, known_key=row.key)
        if is_over:
            event = replace(event, raw={**event.raw, "report": event.raw["report"] | {OVER: True}})
        if row.source == HELD:
            yield event
        elif self._listens(event, "workspace"):
            created_id = self._find_created(event.raw["report"]["key"])
            # Those that it is about: its incident is theirs, whichever comes first. A search is
            # worth it for a first task only: later ones share the alert.
            named, _created_id = self._about(row, event.raw, search=not created_id)
            tasks = [task_id for task_id, *_ in named if task_id != created_id]
            yield _about(event, self._state_of(created_id, row) if created_id else {}, tasks)

    def forward(self, rows: Sequence[InboxRow]) -> Mapping[int, Sequence[str]]:
        """Hand each report to the lanes of its tasks; the one that was just made for it, too. The
        ids of these tasks, by the row's id.
        """
        self._store.flush()  # so that it is found
        over = self._find_over(rows)
        return {
            row.id: self._put_for_tasks(row, row.id in over) for row in rows if row.source != HELD
        }

    def note(self, rows: Sequence[InboxRow], forwarded: Mapping[int, Sequence[str]]) -> None:
        """Keep the reports in the timeline. Call it last: it writes what was deferred, so that the
        tasks which were just made for them are found.
        """
        self._store.flush()
        for row in (row for row in rows if row.source != HELD):
            raw = webhook.parse(row.body).raw
            table = self._tables.get(row.lane.removeprefix(LANE))
            named_tasks, _created_id = self._about(row, raw, search=False)
            tasks = dict.fromkeys(
                (*forwarded.get(row.id, ()), *(task_id for task_id, *_ in named_tasks))
            )
            about = (table.about or self._kinds[table.kind].about) if table else "pipeline"
            self._timeline.note_report(row, about, raw["report"], tasks)

    def _listens(self, event: Event, per: str) -> bool:
        automations = self._evaluator().automations
        return any(
            automation.per == per and listens(automation, event) for automation in automations
        )

    def _about(
        self, row: InboxRow, raw: Mapping[str, Any], *, search: bool
    ) -> tuple[Sequence[Known], str]:
        """The tasks that a report is about, and the id of the one that was made for its key."""
        report, table = raw["report"], self._tables.get(row.lane.removeprefix(LANE))
        created_id = self._find_created(report["key"])
        matching_task = self._find(table.find, report, raw["data"], search) if table else None
        created_task = self._read_known_task(created_id) if created_id else None
        return [*dict.fromkeys(task for task in (matching_task, created_task) if task)], created_id

    def _put_for_tasks(self, row: InboxRow, is_over: bool) -> Sequence[str]:
        event = webhook.parse(row.body)
        raw, is_heard = event.raw, self._listens(event, "task")
        if not (is_heard or is_alert(raw["report"])):
            return ()
        # A hold for an alert ends with it, whether an automation listens or not.
        tasks, created_id = self._about(row, raw, search=is_heard)
        if not tasks:
            _log.info("report_without_task", event_key=row.key, kind=row.kind)
        about = [task_id for task_id, *_ in tasks if task_id != created_id]
        report = raw["report"] | {"made": {"id": created_id} if created_id else {}, "tasks": about}
        if is_alert(raw["report"]):
            report |= {OVER: True} if is_over else self._order(raw["report"], created_id)
        for task_id, list_id, updated_ms in tasks:
            copy = self._inbox.event(
                f"{row.key}:{task_id}",
                row.kind,
                source=row.source,
                lane=task_id,
                body=own_body(row.kind, task_id, "", data=raw["data"], report=report),
                list_id=list_id,
                event_ms=updated_ms,
                rank=row.rank,
            )
            self._inbox.put(copy)
        return [task_id for task_id, *_ in tasks]

    def _order(self, report: Mapping[str, Any], created_id: str) -> Mapping[str, Any]:
        """That the alert is over, if it was resolved before its task was made."""
        key, notes = report["key"], self._store.notes
        if report["state"] == RESOLVED:
            if not created_id:
                notes.put(MISSED, key, starts(report), self._clock())
            return {}
        missed = notes.get(MISSED, key) if created_id else None
        since = starts(report)
        return {OVER: True} if missed and since and since <= str(missed.value) else {}

    def forget(self) -> None:
        """What was resolved without a task so long ago that no report comes that late."""
        for key, note in self._store.notes.all(MISSED).items():
            if note.at_ms < self._clock() - _LATE_MS:
                self._store.notes.remove(MISSED, key)

    def _find_created(self, key: str) -> str:
        """Id of the task that an automation for the workspace made with this key; empty: none."""
        if not key:
            return ""
        for automation in self._evaluator().automations:
            if automation.per == "workspace":
                kind = f"task:{subject(automation.name, key)}"
                write = self._store.journal.latest_done("", kind)
                if write is not None and write.after is not None and write.receipt:
                    return str(write.receipt)
        return ""

    def _state_of(self, task_id: str, row: InboxRow) -> JsonObject:
        """The task as it is now; a call, if it changed since it was read. Nothing: it is gone."""
        try:
            request = TaskRequest(task_id, None, None, received_ms=row.received_ms, number=row.id)
            task = self._reader().read(request)
        except NotFound:
            return {}
        is_open = self._store.mirror.is_open(task.raw)
        closed = 0 if is_open else task.closed_ms or 0
        return {
            "id": task.id,
            "status": task.status.name.lower(),
            "open": is_open,
            "closed": closed,
        }

    def _find(
        self, find: FindTable, report: Mapping[str, Any], data: Mapping[str, Any], search: bool
    ) -> Known | None:
        """Id, List and time of what we know of the task; an id that is not mirrored is believed.
        `search`: among all open tasks, if no id is given.
        """
        if task_id := (find.id and at(data, find.id)) or report["named"]:
            try:
                return self._read_known_task(webhook.check_task_id(task_id))
            except BadPayload:
                return None  # the other system writes what it likes; a lane's name is no task
        if not (search and (find.name or find.field)):
            return None
        tasks = [task for task in self._open_tasks() if _fits(task, find, data)]
        task = tasks[0] if len(tasks) == 1 else self._service(tasks, report["key"])
        return None if task is None else (task.id, task.list_id, task.updated_ms)

    def _service(self, tasks: Iterable[Task], key: str) -> Task | None:
        """Of several tasks that fit, the one that got reports with this key before; else the oldest
        that no automation made: a service is there before what people report about it.
        """
        return min(tasks, key=lambda task: (*self._rank(task, key), task.id), default=None)

    def _rank(self, task: Task, key: str) -> tuple[bool, bool, int]:
        is_new = key not in read_alerts(self._store, task.id)
        return is_new, self._store.journal.by_receipt(task.id) is not None, task.created_ms

    def _read_known_task(self, task_id: str) -> Known:
        row = self._store.mirror.get(task_id)
        task = Task.parse(row.raw) if row else None
        return (task.id, task.list_id, task.updated_ms) if task else (task_id, None, None)

    def _open_tasks(self) -> Iterator[Task]:
        for list_id in self._store.mirror.open_lists():
            yield from (Task.parse(row.raw) for row in self._store.mirror.all_open(list_id))


def _about(event: Event, task: Mapping[str, Any], tasks: Sequence[str]) -> Event:
    """The event, with the task that was made for its key, and the ids of those that it is about."""
    raw = {**event.raw, "report": {**event.raw["report"], "made": task, "tasks": tasks}}
    return replace(event, raw=raw)


def _read_alert(row: InboxRow) -> JsonObject | None:
    """The row's report, if it is about an alert and comes for the first time."""
    report = webhook.parse(row.body).raw.get("report") or {}
    return report if row.source != HELD and is_alert(report) else None


def _is(report: JsonObject | None, state: str) -> TypeGuard[JsonObject]:
    return report is not None and report["state"] == state


def _fits(task: Task, find: FindTable, data: Mapping[str, Any]) -> bool:
    if find.name and task.name == at(data, find.name):
        return True
    value = at(data, find.value) if find.field else None
    return value is not None and str(task.field(find.field)) == str(value)
