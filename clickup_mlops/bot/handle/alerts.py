"""Which alerts fire about each task, and the priority that is held as long as they do.

An alert is a report with a key and the state `firing` or `resolved`. Reports may come in any order:
one about an earlier time than what is known changes nothing. Costs no call.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from clickup_mlops.automations.actions.comment import subject
from clickup_mlops.automations.events import REEVALUATION
from clickup_mlops.automations.report_subject import ABOUT, about_report
from clickup_mlops.bot.clock import Clock
from clickup_mlops.bot.handle.caused_event import CausedEvent
from clickup_mlops.bot.inbox_writer import InboxWriter
from clickup_mlops.bot.lanes.internal_events import own_body
from clickup_mlops.clickup.model import Event
from clickup_mlops.json_types import JsonObject
from clickup_mlops.store import Override, Store
from clickup_mlops.store.tables.journal import JournalRow
from clickup_mlops.store.tables.notes import ALERTS

FIRING: Final = "firing"
RESOLVED: Final = "resolved"
OVER: Final = "over"
"""Key of a report that an alert fires: it was resolved before anybody made a task for it."""

Known = dict[str, dict[str, Any]]
"""What is known of a task's alerts, by key: `state`, when it `starts` (ISO 8601, or empty), and
what it is `about`."""


def is_report(one: CausedEvent) -> bool:
    """Whether the event is a report about an alert. What comes again after quiet hours is none: it
    was noted when it came first.
    """
    report = one.event.raw.get("report") or {}
    return one.is_internal and is_alert(report) and not _was_held_back(one.event)


def is_alert(report: Mapping[str, Any]) -> bool:
    """Whether the report is about an alert."""
    return bool(report.get("key")) and report.get("state") in (FIRING, RESOLVED)


def starts(report: Mapping[str, Any]) -> str:
    """When its alert began to fire; empty: the tool does not say."""
    return _fact(report, "starts")


def known_of(store: Store, task_id: str) -> Known:
    """What is known of the task's alerts."""
    return {key: note.value for key, note in store.notes.all(_scope(task_id)).items()}


def firing(store: Store, task_id: str) -> int:
    """How many alerts fire about the task."""
    return sum(one["state"] == FIRING for one in known_of(store, task_id).values())


def about(store: Store, task_id: str) -> list[JsonObject]:
    """What the alerts that fire about the task are about, and the one that it was made for."""
    known = known_of(store, task_id).values()
    fires = [one[ABOUT] for one in known if one["state"] == FIRING and ABOUT in one]
    made = store.journal.by_receipt(task_id)
    cause = (made.after or {}).get(ABOUT) if made is not None else None
    return [cause, *fires] if cause else fires


def is_over(store: Store, task_id: str, event: Event) -> bool:
    """Whether the event says that an alert fires which is known to be resolved."""
    report = event.raw.get("report") or {}
    if not is_alert(report) or report["state"] != FIRING:
        return False
    known = known_of(store, task_id).get(report["key"])
    if known is None or known["state"] == FIRING:
        return False
    return _was_held_back(event) or not _is_later(starts(report), known["starts"])


class Alerts:
    """Notes the reports of a task's lane, and holds or releases the task's priority."""

    def __init__(self, store: Store, inbox: InboxWriter, clock: Clock) -> None:
        self._store, self._inbox, self._clock = store, inbox, clock

    def note(self, task_id: str, events: Sequence[CausedEvent]) -> frozenset[str]:
        """What these events report; call it before the task is evaluated. The policy is asked again
        if a hold begins or ends.

        Returns the keys of the events that are out of date, because a newer one is known.
        """
        reported = [one.event for one in events if is_report(one)]
        if not reported:
            return frozenset()
        known = known_of(self._store, task_id)
        after = dict(known)
        for event in reported:
            report = event.raw["report"]
            newer = _newer(after.get(report["key"]), report)
            after[report["key"]] = newer | {ABOUT: about_report(report)}
        self._hold(task_id, known, after, reported[-1])
        for key in (key for key, value in after.items() if known.get(key) != value):
            # Last, so that whoever does this again after a crash sees what has changed.
            self._store.notes.put(_scope(task_id), key, after[key], self._clock())
        return frozenset(event.key for event in reported if _is_outdated(event, after))

    def forget(self, task_id: str) -> None:
        """The task is gone."""
        for key in known_of(self._store, task_id):
            self._store.notes.remove(_scope(task_id), key)

    def _hold(self, task_id: str, known: Known, after: Known, event: Event) -> None:
        kept = self._store.overrides.get(task_id, self._clock())
        if not _firing(after):
            if kept is not None and kept.is_held and self._is_for(task_id, kept, after):
                self._evaluate_again(task_id, event)
                self._end(kept, event)
        elif kept is None or kept.is_ended:
            again = {key for key in _firing(after) if key in known and key not in _firing(known)}
            made = self._store.journal.by_receipt(task_id) if again else None
            if made is not None and _keeps(made) and _made_for(made, again):
                self._evaluate_again(task_id, event)
                self._begin(task_id, made, kept)

    def _is_for(self, task_id: str, kept: Override, known: Known) -> bool:
        """Whether the hold is for alerts: the task was made for one, or it was set for one."""
        made = self._store.journal.by_receipt(task_id)
        if made is not None and made.automation == kept.automation and _made_for(made, known):
            return True
        held = self._store.journal.latest_done(task_id, "hold")
        if held is None or held.automation != kept.automation:
            return False
        return bool((held.after or {}).get("while_firing"))

    def _end(self, kept: Override, event: Event) -> None:
        # As old as the hold: whatever a person has set since then is newer, however late it comes.
        self._store.overrides.put(
            kept.task_id,
            None,
            None,
            kept.since_ms,
            kept.until_ms,
            set_by=kept.set_by,
            because=f"{event.raw['report'].get('title') or 'the alert'} is resolved",
        )

    def _begin(self, task_id: str, made: JournalRow, ended: Override | None) -> None:
        row, now = self._store.mirror.get(task_id), self._clock()
        since_ms = max(row.updated_ms if row else 0, ended.since_ms if ended else made.begun_ms)
        until_ms, priority = now + made.after["keep_ms"], made.after["priority"]
        self._store.overrides.put(
            task_id, priority, None, since_ms, until_ms, set_by=made.automation
        )

    def _evaluate_again(self, task_id: str, event: Event) -> None:
        """After the events at hand: what their automations do, such as removing a tag, counts."""
        row = self._store.mirror.get(task_id)
        if row is not None and not self._store.mirror.is_open(row.raw):
            return
        self._inbox.put(
            self._inbox.event(
                f"{event.key}:{REEVALUATION}",
                REEVALUATION,
                source="alert",
                lane=task_id,
                body=own_body(REEVALUATION, task_id, ""),
                event_ms=row.updated_ms if row else None,
            )
        )


def ends_with(store: Store, task_id: str, made: JournalRow) -> bool:
    """Whether the task was made for an alert that is resolved already."""
    known = known_of(store, task_id)
    return bool(known) and not _firing(known) and _made_for(made, known)


def _fact(report: Mapping[str, Any], name: str) -> str:
    return str((report.get("facts") or {}).get(name) or "")


def _scope(task_id: str) -> str:
    return f"{ALERTS}{task_id}"


def _is_outdated(event: Event, known: Known) -> bool:
    report = event.raw["report"]
    newest = known[report["key"]]
    return bool(report["state"] != newest["state"] or starts(report) != newest["starts"])


def _was_held_back(event: Event) -> bool:
    return "lane" in event.raw


def _newer(known: Mapping[str, Any] | None, report: Mapping[str, Any]) -> dict[str, Any]:
    """What is known of the alert after this report."""
    state, since = report["state"], starts(report)
    if state == FIRING and report.get(OVER):
        state = RESOLVED
    if known is None or known["state"] == state or not (since and known["starts"]):
        return {"state": state, "starts": since}
    if state == FIRING:
        return {"state": state, "starts": since} if _is_later(since, known["starts"]) else {**known}
    # The end of an earlier time says nothing about this one. By its end: Alertmanager takes an
    # earlier start over from who reports the end.
    is_earlier = _is_later(known["starts"], _fact(report, "ends") or since)
    return {**known} if is_earlier else {"state": state, "starts": since}


def _is_later(one: str, other: str) -> bool:
    """Of two times of the same form; what is not known counts as later."""
    return not (one and other) or one > other


def _firing(known: Known) -> set[str]:
    return {key for key, one in known.items() if one["state"] == FIRING}


def _made_for(made: JournalRow, keys: Mapping[str, Any] | set[str]) -> bool:
    return any(made.kind == f"task:{subject(made.automation, key)}" for key in keys)


def _keeps(made: JournalRow) -> bool:
    return bool(made.after and made.after.get("keep_ms"))
