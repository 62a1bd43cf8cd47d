"""Keeps incidents, notes them in the timeline, and tells automations by events of their own.

Each step may be repeated: rows have keys that are made of the incident and of what was wanted. The
event is written last, so that what is found is done.
"""

from collections.abc import Iterable
from typing import Final

from clickup_mlops.automations.events import REEVALUATION
from clickup_mlops.bot.clock import Clock
from clickup_mlops.bot.handle.alerts import about
from clickup_mlops.bot.inbox_writer import InboxWriter
from clickup_mlops.bot.lanes.internal_events import own_body
from clickup_mlops.clickup.model import Task
from clickup_mlops.features.incidents import events, subject
from clickup_mlops.features.incidents.subject import SUBJECTS
from clickup_mlops.features.incidents.tables.incidents import Incident, Incidents, Match
from clickup_mlops.features.incidents.updates import StatusUpdates
from clickup_mlops.json_types import JsonObject
from clickup_mlops.store import Store
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

    def enter(self, task_id: str, wanted: JsonObject) -> str:
        """The task opens an incident or joins one; its id. On disk when this returns.

        Raises:
            StoreUnavailable: try it again.
        """
        since_ms = wanted["opened_ms"] - wanted["window_ms"]
        new, again = _incident(wanted, task_id, self._workspace), wanted.get("incident", "")
        one = self._store.table(Incidents).enter(
            new, since_ms, again=again, match=self._match(new), join=subject.joined
        )
        kind = _kind(one, task_id, wanted)
        state = "joined" if kind == events.JOINED else "opened"
        text, key = f"{_TEXTS[kind]}: {one.title}", f"{wanted['id']}:{state}"
        self._note(one, task_id, state, text, key=key, at_ms=self._clock())
        self._updates.schedule(one)
        self._store.flush()  # the event is the last: who finds it need not look further
        if not wanted.get("quiet"):
            key, body = _entered_key(one.id, wanted), _body(kind, task_id, one, wanted)
            self._put(kind, task_id, key, body)
        return one.id

    def _match(self, desired: Incident) -> Match:
        """Compares with what is known of the tasks of open incidents now: people fill in fields
        later, and more alerts fire.
        """
        labels = subject.of(desired).get("labels", ())
        now = {
            one.id: self._subjects(one, labels)
            for one in self._store.table(Incidents).open(self._workspace, _MOST_COMPARED)
        }
        return lambda desired, incidents: subject.match(
            desired, [subject.with_subjects(one, now.get(one.id, {})) for one in incidents]
        )

    def _subjects(self, one: Incident, labels: Iterable[str]) -> dict[str, JsonObject]:
        tasks = self._store.table(Incidents).tasks(one.id)
        affected = [each.task_id for each in tasks if each.left_ms is None][:_MOST_COMPARED]
        rows = self._store.mirror.get_many(affected) if affected else {}
        return {
            name: subject.subject(Task.parse(row.raw), labels, about(self._store, name))
            for name, row in rows.items()
        }

    def entered(self, task_id: str, wanted: JsonObject) -> str | None:
        """The incident's id, if its event was written, or none is wanted."""
        one = self._store.table(Incidents).open_of(task_id)
        if one is None or wanted.get("incident", one.id) != one.id:
            return None
        told = wanted.get("quiet") or self._inbox.has(_entered_key(one.id, wanted))
        return one.id if told else None

    def leave(self, task_id: str, known: JsonObject) -> None:
        """The task leaves the incident; the last one closes it. The policy is asked again, unless
        the task is `gone`: what it reported is no evidence any more. On disk when this returns.

        Raises:
            StoreUnavailable: try it again.
        """
        now = int(known.get("closed_ms") or self._clock())
        one = self._store.table(Incidents).leave(known["incident"], task_id, now)
        if one is None:
            return
        if not known.get("gone"):
            key, body = (
                f"incident:{one.id}:{task_id}:left:{now}",
                own_body(REEVALUATION, task_id, ""),
            )
            self._put(REEVALUATION, task_id, key, body)
        if one.closed_ms is None:
            text, key = "The task left the incident", f"{task_id}:left:{now}"
            self._note(one, task_id, "left", text, key=key, at_ms=now)
            return
        text, key = f"The incident is over: {one.title}", f"closed:{one.closed_ms}"
        self._note(one, one.task_id, "closed", text, key=key, at_ms=one.closed_ms)
        if not known.get("quiet"):
            body = _body(events.CLOSED, one.task_id, one, known)
            self._put(events.CLOSED, one.task_id, _closed_key(one), body)

    def left(self, task_id: str, known: JsonObject) -> bool:
        """Whether it is no part of the incident any more, and the incident's end was told."""
        if self._store.table(Incidents).open_of(task_id) is not None:
            return False
        one = self._store.table(Incidents).get(known["incident"])
        if one is not None and one.into:
            one = self._store.table(Incidents).get(one.into)
        if one is None:
            return True
        return one.is_open or bool(known.get("quiet")) or self._inbox.has(_closed_key(one))

    def merge(self, task_id: str, wanted: JsonObject) -> str | None:
        """All tasks of the incident `merge` move to `incident`, which goes on; its id. None: one of
        them is over or gone. On disk when this returns.

        Raises:
            StoreUnavailable: try it again.
        """
        incidents = self._store.table(Incidents)
        target = incidents.get(wanted["incident"])
        if target is None:
            return None
        incidents.move(wanted["merge"], target, subject.joined_by_people, self._clock())
        source, target = incidents.get(wanted["merge"]), incidents.get(target.id)
        if source is None or target is None or source.into != target.id:
            return None
        # When it was done, not now: whoever does this again finds the same.
        at_ms, moved = source.closed_ms or 0, self._moved(source, target)
        text, key = f"The incident is a part of: {target.title}", f"into:{target.id}:{at_ms}"
        self._note(source, source.task_id, "moved", text, key=key, at_ms=at_ms)
        for each in moved:
            text, key = f"{_TEXTS[events.JOINED]}: {target.title}", f"{source.id}:{each}:{at_ms}"
            self._note(target, each, "joined", text, key=key, at_ms=at_ms)
        self._updates.schedule(target)
        self._store.flush()
        for each in () if wanted.get("quiet") else moved:
            body = _body(events.JOINED, each, target, wanted)
            self._put(events.JOINED, each, _moved_key(target, source, each), body)
        return target.id

    def merged(self, _task_id: str, wanted: JsonObject) -> str | None:
        """The id of the incident that goes on, if that was done to the end and still holds."""
        incidents = self._store.table(Incidents)
        source, target = incidents.get(wanted["merge"]), incidents.get(wanted["incident"])
        if source is None or target is None or source.into != target.id or not target.is_open:
            return None
        keys = [_moved_key(target, source, each) for each in self._moved(source, target)]
        told = wanted.get("quiet") or all(map(self._inbox.has, keys))
        return target.id if told else None

    def _moved(self, source: Incident, target: Incident) -> list[str]:
        """The tasks that were affected when the source became a part of the target."""
        tasks = self._store.table(Incidents).tasks
        ended = {each.task_id for each in tasks(source.id) if each.left_ms == source.closed_ms}
        return [each.task_id for each in tasks(target.id) if each.task_id in ended]

    def separate(self, task_id: str, wanted: JsonObject) -> str | None:
        """The task moves from the incident `separate` to one of its own, made of the rest of
        `wanted`; or, if `id` is that of an incident which was joined to it, its tasks move back.
        The id of theirs; None: none of them is affected any more. On disk when this returns.

        Raises:
            StoreUnavailable: try it again.
        """
        # When it was asked for, not now: whoever does this again finds the same.
        incidents, at_ms = (
            self._store.table(Incidents),
            int(wanted.get("opened_ms") or self._clock()),
        )
        existing, is_new = incidents.get(wanted["id"]), "title" in wanted
        target = existing or (_incident(wanted, task_id, self._workspace) if is_new else None)
        if target is None:
            return None
        ids = {task_id} if is_new else {each.task_id for each in incidents.tasks(target.id)}
        plan = subject.taken_apart(ids)
        moved = incidents.move(wanted["separate"], target, plan, at_ms, is_new=is_new)
        after = incidents.get(target.id)
        if after is None or not after.is_open:
            return None
        for each in moved or ids:
            text, key = f"The task has an incident of its own: {after.title}", f"own:{each}:{at_ms}"
            self._note(after, each, "opened", text, key=key, at_ms=at_ms)
        self._updates.schedule(after)
        self._store.flush()
        if not wanted.get("quiet"):
            body = _body(events.OPENED, task_id, after, wanted)
            self._put(events.OPENED, task_id, _entered_key(after.id, wanted), body)
        return after.id

    def separated(self, task_id: str, wanted: JsonObject) -> str | None:
        """The id of the task's own incident, if that was done to the end and still holds."""
        one = self._store.table(Incidents).open_of(task_id)
        if one is None or one.id != wanted["id"]:
            return None
        told = wanted.get("quiet") or self._inbox.has(_entered_key(one.id, wanted))
        return one.id if told else None

    def _note(
        self, one: Incident, task_id: str, state: str, text: str, *, key: str, at_ms: int
    ) -> None:
        value = {"to": state, "incident": one.id}
        name = f"incident:{one.id}:{key}"
        entry = Entry(name, one.workspace, task_id, at_ms, "incident", text, value=value)
        self._store.timeline.put([entry])

    def _put(self, kind: str, task_id: str, key: str, body: bytes) -> None:
        """Into the task's lane, with the time of what is known of it: it need not be read again."""
        known = self._store.mirror.get(task_id)
        task = Task.parse(known.raw) if known else None
        row = self._inbox.event(
            key,
            kind,
            source=SOURCE,
            lane=task_id,
            body=body,
            list_id=task.list_id if task else None,
            event_ms=task.updated_ms if task else None,
        )
        self._inbox.put(row)


def _body(kind: str, task_id: str, one: Incident, wanted: JsonObject) -> bytes:
    chain = wanted.get("chain") or ()
    return own_body(kind, task_id, "", chain=chain, incident={"id": one.id})


def _incident(wanted: JsonObject, task_id: str, workspace: str) -> Incident:
    details = {name: wanted[name] for name in _DETAILS if name in wanted}
    return Incident(
        id=wanted["id"],
        workspace=workspace,
        task_id=task_id,
        title=wanted["title"],
        opened_ms=wanted["opened_ms"],
        lead=wanted["lead"],
        room=wanted["room"],
        key=wanted["key"],
        details=details,
    )


def _kind(one: Incident, task_id: str, wanted: JsonObject) -> str:
    if one.task_id != task_id:
        return events.JOINED
    return events.OPENED if one.id == wanted["id"] else events.REOPENED


def _entered_key(incident_id: str, wanted: JsonObject) -> str:
    return f"incident:{incident_id}:entered:{wanted['id']}"


def _moved_key(target: Incident, source: Incident, task_id: str) -> str:
    return f"incident:{target.id}:moved:{task_id}:{source.id}:{source.closed_ms}"


def _closed_key(one: Incident) -> str:
    return f"incident:{one.id}:closed:{one.closed_ms}"
