"""Keeps incidents, notes them in the timeline, and tells automations by events of their own.

Each step may be repeated: rows have keys that are made of the incident and of what was wanted. The
event is written last, so that what is found is done.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from clickup_mlops.automations.events import REEVALUATION
from clickup_mlops.bot.clock import Clock
from clickup_mlops.bot.handle.alerts import list_subjects
from clickup_mlops.bot.inbox_writer import InboxWriter
from clickup_mlops.bot.internal_events import own_body
from clickup_mlops.clickup.model import Task
from clickup_mlops.features.incidents import course, events, subject
from clickup_mlops.features.incidents.course import Report
from clickup_mlops.features.incidents.subject import SUBJECTS
from clickup_mlops.features.incidents.tables.incidents import Incident, Incidents, Match
from clickup_mlops.features.incidents.updates import StatusUpdates
from clickup_mlops.store import Store
from clickup_mlops.store.ranks import Urgency, compute_rank
from clickup_mlops.store.tables.timeline import Entry

SOURCE: Final = "incident"
"""`source` of the events' rows in the inbox."""
_MOST_COMPARED: Final = 100
"""Open incidents whose tasks are looked at, and tasks of each."""
_DETAILS: Final = ("roles", "people", "call", "runbook", "channel", "thread", "every_ms", SUBJECTS)
_TEXTS: Final = {
    events.OPENED: "The incident began",
    events.REOPENED: "The incident began again",
    events.JOINED: "The task joined the incident",
}


class IncidentService:
    """What the effect `incident` writes with."""

    def __init__(self, store: Store, inbox: InboxWriter, workspace: str, clock: Clock) -> None:
        self._store, self._inbox, self._workspace, self._clock = store, inbox, workspace, clock
        self._updates = StatusUpdates(store, inbox, clock)

    def enter(self, task_id: str, desired: Mapping[str, Any]) -> str:
        """The task opens an incident or joins one; its id. On disk when this returns.

        Raises:
            StoreUnavailable: try it again.
        """
        since_ms = desired["opened_ms"] - desired["window_ms"]
        new, again = _incident(desired, task_id, self._workspace), desired.get("incident", "")
        incident = self._store.table(Incidents).enter(
            new, since_ms, again=again, match=self._match(new), join=subject.joined
        )
        kind = _kind(incident, task_id, desired)
        state = "joined" if kind == events.JOINED else "opened"
        text, key = f"{_TEXTS[kind]}: {incident.title}", f"{desired['id']}:{state}"
        self._note(incident, task_id, state, text, key=key, at_ms=self._clock())
        self._updates.schedule(incident)
        self._store.flush()  # the event is the last: who finds it need not look further
        if not desired.get("quiet"):
            key, body = _entered_key(incident.id, desired), _body(kind, task_id, incident, desired)
            self._store_event(kind, task_id, key, body)
        return incident.id

    def _match(self, desired: Incident) -> Match:
        """Compares with what is known of the tasks of open incidents now: people fill in fields
        later, and more alerts fire.
        """
        labels = subject.of(desired).get("labels", ())
        now = {
            incident.id: self._subjects(incident, labels)
            for incident in self._store.table(Incidents).open(self._workspace, _MOST_COMPARED)
        }
        return lambda desired, incidents: subject.match(
            desired,
            [subject.with_subjects(incident, now.get(incident.id, {})) for incident in incidents],
        )

    def _subjects(self, incident: Incident, labels: Iterable[str]) -> dict[str, Mapping[str, Any]]:
        tasks = self._store.table(Incidents).tasks(incident.id)
        affected = [task.task_id for task in tasks if task.left_ms is None][:_MOST_COMPARED]
        rows = self._store.mirror.get_many(affected) if affected else {}
        return {
            name: subject.subject(Task.parse(row.raw), labels, list_subjects(self._store, name))
            for name, row in rows.items()
        }

    def find_entry(self, task_id: str, desired: Mapping[str, Any]) -> str | None:
        """The incident's id, if its event was written, or none is wanted."""
        incident = self._store.table(Incidents).open_of(task_id)
        if incident is None or desired.get("incident", incident.id) != incident.id:
            return None
        is_told = desired.get("quiet") or self._inbox.contains(_entered_key(incident.id, desired))
        return incident.id if is_told else None

    def leave(self, task_id: str, before: Mapping[str, Any]) -> None:
        """The task leaves the incident; the last one closes it. The policy is asked again, unless
        the task is `gone`: what it reported is no evidence any more. On disk when this returns.

        Raises:
            StoreUnavailable: try it again.
        """
        now = int(before.get("closed_ms") or self._clock())
        incident = self._store.table(Incidents).leave(before["incident"], task_id, now)
        if incident is None:
            return
        if not before.get("gone"):
            key, body = (
                f"incident:{incident.id}:{task_id}:left:{now}",
                own_body(REEVALUATION, task_id, ""),
            )
            self._store_event(REEVALUATION, task_id, key, body)
        if incident.closed_ms is None:
            text, key = "The task left the incident", f"{task_id}:left:{now}"
            self._note(incident, task_id, "left", text, key=key, at_ms=now)
            return
        text, key = f"The incident is over: {incident.title}", f"closed:{incident.closed_ms}"
        self._note(incident, incident.task_id, "closed", text, key=key, at_ms=incident.closed_ms)
        if not before.get("quiet"):
            body = _body(events.CLOSED, incident.task_id, incident, before)
            self._store_event(events.CLOSED, incident.task_id, _closed_key(incident), body)

    def has_left(self, task_id: str, before: Mapping[str, Any]) -> bool:
        """Whether it is no part of the incident any more, and the incident's end was told."""
        if self._store.table(Incidents).open_of(task_id) is not None:
            return False
        incident = self._store.table(Incidents).get(before["incident"])
        if incident is not None and incident.into:
            incident = self._store.table(Incidents).get(incident.into)
        if incident is None:
            return True
        return (
            incident.is_open
            or bool(before.get("quiet"))
            or self._inbox.contains(_closed_key(incident))
        )

    def merge(self, task_id: str, desired: Mapping[str, Any]) -> str | None:
        """All tasks of the incident `merge` move to `incident`, which goes on; its id. None: one of
        them is over or gone. On disk when this returns.

        Raises:
            StoreUnavailable: try it again.
        """
        incidents = self._store.table(Incidents)
        target = incidents.get(desired["incident"])
        if target is None:
            return None
        incidents.move(desired["merge"], target, subject.joined_by_people, self._clock())
        source, target = incidents.get(desired["merge"]), incidents.get(target.id)
        if source is None or target is None or source.into != target.id:
            return None
        # When it was done, not now: whoever does this again finds the same.
        at_ms, moved = source.closed_ms or 0, self._moved(source, target)
        text, key = f"The incident is a part of: {target.title}", f"into:{target.id}:{at_ms}"
        self._note(source, source.task_id, "moved", text, key=key, at_ms=at_ms)
        for moved_id in moved:
            text, key = (
                f"{_TEXTS[events.JOINED]}: {target.title}",
                f"{source.id}:{moved_id}:{at_ms}",
            )
            self._note(target, moved_id, "joined", text, key=key, at_ms=at_ms)
        self._updates.schedule(target)
        self._store.flush()
        for moved_id in () if desired.get("quiet") else moved:
            body = _body(events.JOINED, moved_id, target, desired)
            self._store_event(events.JOINED, moved_id, _moved_key(target, source, moved_id), body)
        return target.id

    def find_merge(self, _task_id: str, desired: Mapping[str, Any]) -> str | None:
        """The id of the incident that goes on, if that was done to the end and still holds."""
        incidents = self._store.table(Incidents)
        source, target = incidents.get(desired["merge"]), incidents.get(desired["incident"])
        if source is None or target is None or source.into != target.id or not target.is_open:
            return None
        keys = [_moved_key(target, source, moved_id) for moved_id in self._moved(source, target)]
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
        target = existing or (_incident(desired, task_id, self._workspace) if is_new else None)
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
            self._note(after, moved_id, "opened", text, key=key, at_ms=at_ms)
        self._updates.schedule(after)
        self._store.flush()
        if not desired.get("quiet"):
            body = _body(events.OPENED, task_id, after, desired)
            self._store_event(events.OPENED, task_id, _entered_key(after.id, desired), body)
        return after.id

    def find_separation(self, task_id: str, desired: Mapping[str, Any]) -> str | None:
        """The id of the task's own incident, if that was done to the end and still holds."""
        incident = self._store.table(Incidents).open_of(task_id)
        if incident is None or incident.id != desired["id"]:
            return None
        is_told = desired.get("quiet") or self._inbox.contains(_entered_key(incident.id, desired))
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
        said = f"{desired.by or 'Nobody'}: " if desired and kind != "lead" else ""
        text = f"{said}{course.format_report(kind, desired)}" if desired else f"No {kind} any more"
        at_ms = desired.at_ms if desired and desired.at_ms else self._clock()
        self._note(incident, incident.task_id, "reported", text, key=key, at_ms=at_ms)
        self._store.flush()
        body = _body(events.REPORTED, incident.task_id, incident, {})
        self._store_event(events.REPORTED, incident.task_id, key, body)
        return incident.id

    def find_report(self, before: Mapping[str, Any], after: Mapping[str, Any]) -> str | None:
        """The incident's id, if it has the report and that was told."""
        incident = self._store.table(Incidents).get(after["incident"])
        _, desired = _reports(before, after)
        if incident is None or course.get_report(incident, after["report"]) != desired:
            return None
        return incident.id if self._inbox.contains(_report_key(before, after)) else None

    def _note(
        self, incident: Incident, task_id: str, state: str, text: str, *, key: str, at_ms: int
    ) -> None:
        value = {"to": state, "incident": incident.id}
        name = f"incident:{incident.id}:{key}"
        entry = Entry(name, incident.workspace, task_id, at_ms, "incident", text, value=value)
        self._store.timeline.put([entry])

    def _store_event(self, kind: str, task_id: str, key: str, body: bytes) -> None:
        """Into the task's lane, with the time of what is known of it: it need not be read again."""
        mirrored = self._store.mirror.get(task_id)
        task = Task.parse(mirrored.raw) if mirrored else None
        row = self._inbox.event(
            key,
            kind,
            source=SOURCE,
            lane=task_id,
            body=body,
            list_id=task.list_id if task else None,
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


def _body(kind: str, task_id: str, incident: Incident, desired: Mapping[str, Any]) -> bytes:
    chain = desired.get("chain") or ()
    return own_body(kind, task_id, "", chain=chain, incident={"id": incident.id})


def _incident(desired: Mapping[str, Any], task_id: str, workspace: str) -> Incident:
    details = {name: desired[name] for name in _DETAILS if name in desired}
    return Incident(
        id=desired["id"],
        workspace=workspace,
        task_id=task_id,
        title=desired["title"],
        opened_ms=desired["opened_ms"],
        lead=desired["lead"],
        room=desired["room"],
        key=desired["key"],
        details=details,
    )


def _kind(incident: Incident, task_id: str, desired: Mapping[str, Any]) -> str:
    if incident.task_id != task_id:
        return events.JOINED
    return events.OPENED if incident.id == desired["id"] else events.REOPENED


def _entered_key(incident_id: str, desired: Mapping[str, Any]) -> str:
    return f"incident:{incident_id}:entered:{desired['id']}"


def _moved_key(target: Incident, source: Incident, task_id: str) -> str:
    return f"incident:{target.id}:moved:{task_id}:{source.id}:{source.closed_ms}"


def _closed_key(incident: Incident) -> str:
    return f"incident:{incident.id}:closed:{incident.closed_ms}"
