"""Keeps incidents, notes them in the timeline, and tells automations by events of their own.

Each step may be repeated: rows have keys that are made of the incident and of what was wanted. The
event is written last, so that what is found is done.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any, Final

import orjson

from clickup_mlops.automations.events import REEVALUATION
from clickup_mlops.bot.clock import Clock
from clickup_mlops.bot.inbox_writer import InboxWriter
from clickup_mlops.bot.internal_events import own_body
from clickup_mlops.clickup.model import Task
from clickup_mlops.features.incidents import course, events, questions, resemblance, subject
from clickup_mlops.features.incidents.course import Report
from clickup_mlops.features.incidents.current import (
    list_asking,
    list_joined,
    list_turned,
    read_subjects,
)
from clickup_mlops.features.incidents.desired import build_incident, find_event
from clickup_mlops.features.incidents.incident import Incident
from clickup_mlops.features.incidents.room_commands import LANE, RoomCommands
from clickup_mlops.features.incidents.tables.incidents import (
    MOST_COMPARED,
    Incidents,
    Match,
    Plan,
    begun,
)
from clickup_mlops.features.incidents.updates import StatusUpdates
from clickup_mlops.features.incidents.view import is_refused
from clickup_mlops.store import InboxRow, Store
from clickup_mlops.store.ranks import Urgency, compute_rank
from clickup_mlops.store.timeline_rows import Entry

SOURCE: Final = "incident"
"""`source` of the events' rows in the inbox."""
_TEXTS: Final = {
    events.OPENED: "The incident began",
    events.ASKED: "The incident began",
    events.REOPENED: "The incident began again",
    events.JOINED: "The task joined the incident",
}


class IncidentService:
    """What the effect `incident` writes with. `rooms`: whose rooms are read; None: nobody's."""

    def __init__(
        self,
        store: Store,
        inbox: InboxWriter,
        workspace: str,
        clock: Clock,
        rooms: RoomCommands | None = None,
    ) -> None:
        self._store, self._inbox, self._workspace, self._clock = store, inbox, workspace, clock
        self._rooms = rooms
        self._updates = StatusUpdates(store, inbox, clock)

    def enter(self, task_id: str, desired: Mapping[str, Any]) -> str:
        """The task opens an incident or joins one; its id. On disk when this returns.

        Raises:
            StoreUnavailable: try it again.
        """
        # The window ends when it was seen: an alert may have fired for hours before.
        joined_ms = int(desired.get("at_ms") or desired["opened_ms"])
        since_ms, ask_ms = joined_ms - desired["window_ms"], int(desired.get("ask_ms", 0))
        until_ms, new = joined_ms + ask_ms, build_incident(desired, task_id, self._workspace)
        incident = self._store.table(Incidents).enter(
            new,
            since_ms,
            joined_ms=self._clock() if desired.get("quiet") else joined_ms,  # an undo: now
            again=desired.get("incident", ""),
            match=self._match(new),
            join=partial(questions.join, until_ms=until_ms),
            begin=partial(resemblance.ask, until_ms=until_ms) if ask_ms else begun,
        )
        kind = find_event(incident, task_id, desired)
        state = "joined" if kind == events.JOINED else "opened"
        text, key = f"{_TEXTS[kind]}: {incident.title}", f"{desired['id']}:{state}"
        at_ms = incident.opened_ms if incident.id == desired["id"] else self._clock()
        self._note(incident, task_id, state, text, key=key, at_ms=at_ms)
        self._updates.schedule(incident)
        if incident.original_id:
            # Also if it begins again: nobody had answered, and the first row may have come.
            original = self._store.table(Incidents).get(incident.original_id)
            is_live = original is not None and original.is_open
            questions.wait(self._inbox, incident, until_ms if is_live else joined_ms)
        self._store.flush()  # the event is the last: who finds it need not look further
        self._update_texts(incident.original_id, incident, f"asked:{desired['id']}")
        if not desired.get("quiet"):
            key, body = (
                events.entered_key(incident.id, desired),
                _body(kind, task_id, incident, desired),
            )
            self._store_event(kind, task_id, key, body)
        return incident.id

    def _update_texts(self, other_id: str, incident: Incident, change: str) -> None:
        """What is written about the other incident follows a question about or by this one."""
        other = self._store.table(Incidents).get(other_id) if other_id else None
        if other is not None:
            key = f"incident:{other.id}:{incident.id}:{change}"
            body = _body(events.UPDATE_DUE, other.task_id, other, {})
            self._store_event(events.UPDATE_DUE, other.task_id, key, body)

    def open_unanswered(
        self, incident_id: str, change: Callable[[Incident], Incident] = questions.answer
    ) -> str | None:
        """The incident is not the same outage as the one about which it asked, or nobody has said
        so: people are told of it. Its id; None: it is over or gone. On disk when this returns.

        Raises:
            StoreUnavailable: try it again.
        """
        changed = self._store.table(Incidents).change(incident_id, change)
        if changed is None or not changed[1].is_open:
            return None
        before, incident = changed
        body = _body(events.OPENED, incident.task_id, incident, {})
        self._store_event(events.OPENED, incident.task_id, events.opened_key(incident_id), body)
        for task_id in list_joined(self._store, incident):  # nobody was assigned to these yet
            body, key = _body(events.JOINED, task_id, incident, {}), events.opened_key(incident_id)
            self._store_event(events.JOINED, task_id, f"{key}:{task_id}", body)
        self._update_texts(before.original_id, incident, "opened")
        return incident_id

    def finish_answer(self, incident_id: str) -> str | None:
        """The incident's id if somebody has answered, once that is told."""
        incident = self._store.table(Incidents).get(incident_id)
        is_answered = incident is not None and not incident.original_id
        return self.open_unanswered(incident_id) if is_answered else None

    def release_unanswered(self, incident_ids: Iterable[str]) -> None:
        """Nobody has answered, and the time or the live incident is over: each opens, or joins the
        one that opened so before.
        """
        incidents = self._store.table(Incidents)
        for incident in filter(None, map(incidents.get, incident_ids)):
            candidates = incidents.open(self._workspace, MOST_COMPARED)
            earlier = questions.find_earlier(incident, candidates)
            target_id = incident.into or (earlier.id if earlier else "")
            desired = {"merge": incident.id, "incident": target_id}
            if not self.merge(incident.task_id, desired, questions.join_earlier):
                self.open_unanswered(incident.id, questions.open_unanswered)

    def _match(self, desired: Incident) -> Match:
        """Compares with what is known of the tasks of open incidents now: people fill in fields
        later, and more alerts fire.
        """
        labels = subject.of(desired).get("labels", ())
        now = {
            incident.id: read_subjects(self._store, incident, labels)
            for incident in self._store.table(Incidents).open(self._workspace, MOST_COMPARED)
        }
        return lambda desired, incidents: subject.match(
            desired,
            [subject.with_subjects(incident, now.get(incident.id, {})) for incident in incidents],
        )

    def find_entry(self, task_id: str, desired: Mapping[str, Any]) -> str | None:
        """The incident's id, if its event was written, or none is wanted."""
        incident = self._store.table(Incidents).open_of(task_id)
        if incident is None or desired.get("incident", incident.id) != incident.id:
            return None
        is_told = desired.get("quiet") or self._inbox.contains(
            events.entered_key(incident.id, desired)
        )
        return incident.id if is_told else None

    def leave(self, task_id: str, before: Mapping[str, Any]) -> None:
        """The task leaves the incident; the last one closes it. The policy is asked again, unless
        the task is `gone`: what it reported is no evidence any more. On disk when this returns.

        Raises:
            StoreUnavailable: try it again.
        """
        at_ms = int(before.get("closed_ms") or self._clock())
        facts = {name: before[name] for name in ("gone", "quiet") if name in before}
        incident = self._store.table(Incidents).leave(before["incident"], task_id, at_ms, facts)
        if incident is not None:
            self._tell_leave(incident, task_id, before)

    def forget(self, task_id: str) -> None:
        """The task is gone: it leaves its incident, as `leave`."""
        incident = self._store.table(Incidents).open_of(task_id)
        before = {"incident": incident.id if incident else "", "gone": True}
        if not self.finish_leave(task_id, before):
            self.leave(task_id, before)

    def _tell_leave(self, incident: Incident, task_id: str, before: Mapping[str, Any]) -> None:
        """Tell that the task has left it, unless that was done. The mark of it is removed last."""
        facts = incident.leaving.get(task_id)
        if facts is None:
            return
        at_ms, is_gone = facts["closed_ms"], bool(facts.get("gone"))
        # What has become a part of another one goes on there.
        goes_on = incident.is_open or bool(incident.into)
        if not is_gone:
            key = f"incident:{incident.id}:{task_id}:left:{at_ms}"
            self._store_event(REEVALUATION, task_id, key, own_body(REEVALUATION, task_id, ""))
        if goes_on:
            text, key = "The task left the incident", f"{task_id}:left:{at_ms}"
            self._note(incident, task_id, "left", text, key=key, at_ms=at_ms)
        leaving = () if is_gone else (task_id,)
        # The end comes to the first task by an event of its own.
        first = incident.task_id
        task_ids = (*leaving, first) if goes_on else tuple({*leaving} - {first})
        self._tell_left(incident, task_ids, f"left:{task_id}:{at_ms}")
        if not goes_on:
            self._tell_end(incident, before, is_quiet=bool(facts.get("quiet")))
        self._store.table(Incidents).change(
            incident.id, lambda stored: stored.with_leaving(task_id, None)
        )

    def _tell_end(self, incident: Incident, before: Mapping[str, Any], *, is_quiet: bool) -> None:
        self._end_questions(incident)
        text, key = f"The incident is over: {incident.title}", f"closed:{incident.closed_ms}"
        # If it begins again, this says whether there was one before.
        state = "withdrawn" if is_quiet or is_refused(self._store, incident) else "closed"
        self._note(incident, incident.task_id, state, text, key=key, at_ms=incident.closed_ms or 0)
        if is_quiet:
            return
        body = _body(events.CLOSED, incident.task_id, incident, before)
        # What people wrote in the room before comes first.
        is_read = self._rooms is not None and self._rooms.is_read(incident)
        lane, key = f"{LANE}{incident.id}" if is_read else "", events.closed_key(incident)
        self._store_event(events.CLOSED, incident.task_id, key, body, lane=lane)

    def release(self, rows: Iterable[InboxRow]) -> None:
        """Tell the ends among these rows, which have waited for the last reading of a room."""
        for row in rows:
            if row.kind == events.CLOSED:
                task_id = str(orjson.loads(row.body)["task_id"])
                self._store_event(row.kind, task_id, f"{row.key}:told", row.body)

    def finish_leave(self, task_id: str, before: Mapping[str, Any]) -> bool:
        """Whether it is no part of an incident any more; that is told then, if it was not."""
        incidents = self._store.table(Incidents)
        if incidents.open_of(task_id) is not None:
            return False
        for incident in incidents.with_task(task_id):
            self._tell_leave(incident, task_id, before)
        return True

    def _end_questions(self, incident: Incident) -> None:
        """By and about an incident that is over."""
        self._update_texts(incident.original_id, incident, f"closed:{incident.closed_ms}")
        self.release_unanswered(asking.id for asking in list_asking(self._store, incident))

    def merge(
        self, task_id: str, desired: Mapping[str, Any], plan: Plan = subject.joined_by_people
    ) -> str | None:
        """All tasks of the incident `merge` move to `incident`, which goes on; its id. None: one of
        them is over or gone. On disk when this returns.

        Raises:
            StoreUnavailable: try it again.
        """
        incidents = self._store.table(Incidents)
        target = incidents.get(desired["incident"])
        if target is None:
            return None
        incidents.move(desired["merge"], target, plan, self._clock())
        source, target = incidents.get(desired["merge"]), incidents.get(target.id)
        if source is None or target is None or source.into != target.id:
            return None
        # When it was done, not now: whoever does this again finds the same.
        at_ms, moved = source.closed_ms or 0, self._moved(source, target)
        text, key = f"The incident is a part of: {target.title}", f"into:{target.id}:{at_ms}"
        self._note(source, source.task_id, "moved", text, key=key, at_ms=at_ms)
        if self._rooms is not None:
            self._rooms.read_last(source)
        for moved_id in moved:
            text, key = (
                f"{_TEXTS[events.JOINED]}: {target.title}",
                f"{source.id}:{moved_id}:{at_ms}",
            )
            self._note(target, moved_id, "joined", text, key=key, at_ms=at_ms)
        self._updates.schedule(target)
        self._store.flush()
        if target.original_id:
            self.open_unanswered(target.id)
        turned = list_turned(self._store, source, target)  # by a try that was cut off
        self._redirect([*list_asking(self._store, source), *turned], target, source, at_ms)
        self._update_texts(source.original_id, source, f"into:{target.id}:{at_ms}")
        self._tell_left(source, (*moved, source.task_id), f"into:{target.id}:{at_ms}")
        for moved_id in () if desired.get("quiet") else moved:
            body = _body(events.JOINED, moved_id, target, desired, **{"from": source.id})
            self._store_event(
                events.JOINED, moved_id, events.moved_key(target, source, moved_id), body
            )
        return target.id

    def _redirect(
        self, asking: Iterable[Incident], original: Incident, former: Incident, at_ms: int
    ) -> None:
        """These ask about the one incident, no longer about the other one."""
        change = partial(questions.redirect, original_id=original.id)
        for incident in asking:
            self._store.table(Incidents).change(incident.id, change)
            self._update_texts(incident.id, former, f"into:{original.id}:{at_ms}")

    def finish_merge(self, task_id: str, desired: Mapping[str, Any]) -> str | None:
        """As `find_merge`, once the rest is done of what was begun: the store knows of it, so that
        nobody would plan it again.
        """
        incidents = self._store.table(Incidents)
        source, target = incidents.get(desired["merge"]), incidents.get(desired["incident"])
        if source is not None and target is not None and source.into == target.id:
            self.merge(task_id, desired)
        return self.find_merge(task_id, desired)

    def find_merge(self, _task_id: str, desired: Mapping[str, Any]) -> str | None:
        """The id of the incident that goes on, if that was done to the end and still holds."""
        incidents = self._store.table(Incidents)
        source, target = incidents.get(desired["merge"]), incidents.get(desired["incident"])
        if source is None or target is None or source.into != target.id or not target.is_open:
            return None
        keys = [
            events.moved_key(target, source, moved_id) for moved_id in self._moved(source, target)
        ]
        is_told = desired.get("quiet") or all(map(self._inbox.contains, keys))
        return target.id if is_told else None

    def _moved(self, source: Incident, target: Incident) -> list[str]:
        """The tasks that were affected when the source became a part of the target."""
        tasks = self._store.table(Incidents).tasks
        ended = {task.task_id for task in tasks(source.id) if task.left_ms == source.closed_ms}
        return [task.task_id for task in tasks(target.id) if task.task_id in ended]

    def separate(self, task_id: str, desired: Mapping[str, Any]) -> str | None:
        """The task moves from the incident `separate` to one of its own, made of the rest of
        `wanted`; or, if `id` is that of an incident which was joined to it, its tasks move back.
        The id of theirs; None: none of them is affected any more. On disk when this returns.

        Raises:
            StoreUnavailable: try it again.
        """
        # When it was asked for, not now: whoever does this again finds the same.
        incidents, at_ms = (
            self._store.table(Incidents),
            int(desired.get("opened_ms") or self._clock()),
        )
        existing, is_new = incidents.get(desired["id"]), "title" in desired
        target = existing or (build_incident(desired, task_id, self._workspace) if is_new else None)
        if target is None:
            return None
        ids = {task_id} if is_new else {task.task_id for task in incidents.tasks(target.id)}
        plan = subject.taken_apart(ids)
        moved = incidents.move(desired["separate"], target, plan, at_ms, is_new=is_new)
        after = incidents.get(target.id)
        if after is None or not after.is_open:
            return None
        for moved_id in moved or ids:
            text, key = (
                f"The task has an incident of its own: {after.title}",
                f"own:{moved_id}:{at_ms}",
            )
            # An undo gives back what had begun before: it does not begin again.
            state = "opened" if is_new else "returned"
            self._note(after, moved_id, state, text, key=key, at_ms=at_ms)
        self._updates.schedule(after)
        if after.original_id:
            # Whoever undoes it says that it is not the same; the row is for a crash in between.
            questions.wait(self._inbox, after, at_ms)
            self.open_unanswered(after.id)
        self._store.flush()
        source = incidents.get(desired["separate"])
        if source is not None:
            self._redirect(list_turned(self._store, after, source), after, source, at_ms)
            # A task with a new incident is told by the event of its beginning.
            told = (source.task_id,) if is_new else (*(moved or ids), source.task_id)
            self._tell_left(source, told, f"apart:{after.id}:{at_ms}")
        if not desired.get("quiet"):
            origin = {"from": desired["separate"]}
            body = _body(events.OPENED, task_id, after, desired, **origin)
            self._store_event(events.OPENED, task_id, events.entered_key(after.id, desired), body)
        return after.id

    def find_separation(self, task_id: str, desired: Mapping[str, Any]) -> str | None:
        """The id of the task's own incident, if that was done to the end and still holds."""
        incident = self._store.table(Incidents).open_of(task_id)
        if incident is None or incident.id != desired["id"]:
            return None
        if desired.get("quiet"):
            # An undo is not written again: what was cut off is done to the end, as of then.
            tasks = self._store.table(Incidents).tasks(incident.id)
            moved_ms = max(task.joined_ms for task in tasks if task.task_id == task_id)
            return self.separate(task_id, {**desired, "opened_ms": moved_ms})
        is_told = self._inbox.contains(events.entered_key(incident.id, desired))
        return incident.id if is_told else None

    def report(self, before: Mapping[str, Any], after: Mapping[str, Any]) -> str | None:
        """What a person says of an incident replaces the report `before`, or any older one; the
        incident's id. None: it is gone. On disk when this returns.

        Raises:
            StoreUnavailable: try it again.
        """
        kind, expected, desired = after["report"], *_reports(before, after)

        def change(incident: Incident) -> Incident:
            if course.get_report(incident, kind) == expected:
                return course.set_report(incident, kind, desired)
            return incident if desired is None else course.add_report(incident, kind, desired)

        changed = self._store.table(Incidents).change(after["incident"], change)
        if changed is None:
            return None
        incident, key = changed[1], _report_key(before, after)
        if incident.original_id:
            self.open_unanswered(incident.id)  # who reports on it has answered
        text, said_ms = course.format_news(kind, expected, desired)
        at_ms = said_ms or self._clock()
        self._note(incident, incident.task_id, "reported", text, key=key, at_ms=at_ms)
        self._store.flush()
        body = _body(events.REPORTED, incident.task_id, incident, after)
        self._store_event(events.REPORTED, incident.task_id, key, body)
        return incident.id

    def finish_report(self, before: Mapping[str, Any], after: Mapping[str, Any]) -> str | None:
        """The incident's id if it has the report, once that is told."""
        incident = self._store.table(Incidents).get(after["incident"])
        _, desired = _reports(before, after)
        if incident is None or course.get_report(incident, after["report"]) != desired:
            return None
        is_told = self._inbox.contains(_report_key(before, after))
        return incident.id if is_told else self.report(before, after)

    def _tell_left(self, incident: Incident, task_ids: Iterable[str], key: str) -> None:
        """What was written about the incident on these tasks holds no longer."""
        for task_id in dict.fromkeys(task_ids):
            parts = self._store.table(Incidents).joined_to(incident.id, task_id)
            facts = {"id": incident.id, "from": incident.id, "parts": [part.id for part in parts]}
            body = own_body(events.LEFT, task_id, "", incident=facts)
            name = f"incident:{incident.id}:{key}:told:{task_id}"
            self._store_event(events.LEFT, task_id, name, body)

    def _note(
        self, incident: Incident, task_id: str, state: str, text: str, *, key: str, at_ms: int
    ) -> None:
        value = {"to": state, "incident": incident.id}
        name = f"incident:{incident.id}:{key}"
        entry = Entry(name, incident.workspace, task_id, at_ms, "incident", text, value=value)
        self._store.timeline.put([entry])

    def _store_event(
        self, kind: str, task_id: str, key: str, body: bytes, *, lane: str = ""
    ) -> None:
        """Into the task's lane unless another one is named. With the time of what is known of it:
        it need not be read again.
        """
        mirrored = self._store.mirror.get(task_id)
        task = Task.parse(mirrored.raw) if mirrored else None
        row = self._inbox.event(
            key,
            kind,
            source=SOURCE,
            lane=lane or task_id,
            body=body,
            list_id=task.list_id if task and not lane else None,
            event_ms=task.updated_ms if task else None,
            rank=compute_rank(Urgency.LIVE),
        )
        self._inbox.put(row)


def _reports(
    before: Mapping[str, Any], after: Mapping[str, Any]
) -> tuple[Report | None, Report | None]:
    return course.as_report(before["entry"]), course.as_report(after["entry"])


def _report_key(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    times = (report.at_ms if report else 0 for report in _reports(before, after))
    return f"incident:{after['incident']}:{after['report']}:{'>'.join(map(str, times))}"


def _body(
    kind: str, task_id: str, incident: Incident, desired: Mapping[str, Any], **more: str
) -> bytes:
    chain = desired.get("chain") or ()
    return own_body(kind, task_id, "", chain=chain, incident={"id": incident.id, **more})
