"""Which alerts fire about each task, and the priority that is held as long as they do.

An alert is a report with a key and the state `firing` or `resolved`. Reports may come in any order:
one about an earlier time than what is known changes nothing. Costs no call.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from clickup_mlops.automations.actions.comment import subject
from clickup_mlops.automations.events import REEVALUATION
from clickup_mlops.automations.report_subject import ABOUT, about_report
from clickup_mlops.bot.caused_event import CausedEvent
from clickup_mlops.bot.clock import Clock
from clickup_mlops.bot.inbox_writer import InboxWriter
from clickup_mlops.bot.internal_events import own_body
from clickup_mlops.clickup.model import Event
from clickup_mlops.json_types import JsonObject
from clickup_mlops.store import Override, Store
from clickup_mlops.store.journal_rows import JournalRow
from clickup_mlops.store.tables.notes import ALERTS

FIRING: Final = "firing"
RESOLVED: Final = "resolved"
OVER: Final = "over"
"""Key of a report that an alert fires: it was resolved before anybody saw it, or made a task for
it."""

AlertStates = dict[str, dict[str, Any]]
"""What is known of a task's alerts, by key: `state`, when it `starts` (ISO 8601, or empty), and
what it is `about`."""


def is_report(event: CausedEvent) -> bool:
    """Whether the event is a report about an alert. What comes again after quiet hours is none: it
    was noted when it came first.
    """
    report = event.event.raw.get("report") or {}
    return event.is_internal and is_alert(report) and not _was_held_back(event.event)


def is_alert(report: Mapping[str, Any]) -> bool:
    """Whether the report is about an alert."""
    return bool(report.get("key")) and report.get("state") in (FIRING, RESOLVED)


def starts(report: Mapping[str, Any]) -> str:
    """When its alert began to fire; empty: the tool does not say."""
    return _fact(report, "starts")


def read_alerts(store: Store, task_id: str) -> AlertStates:
    """What is known of the task's alerts."""
    return {key: note.value for key, note in store.notes.all(_scope(task_id)).items()}


def count_firing(store: Store, task_id: str) -> int:
    """How many alerts fire about the task."""
    return sum(alert["state"] == FIRING for alert in read_alerts(store, task_id).values())


def list_subjects(store: Store, task_id: str) -> list[JsonObject]:
    """What the alerts that fire about the task are about, and the one that it was made for."""
    alerts = read_alerts(store, task_id).values()
    fires = [alert[ABOUT] for alert in alerts if alert["state"] == FIRING and ABOUT in alert]
    creation = store.journal.by_receipt(task_id)
    cause = (creation.after or {}).get(ABOUT) if creation is not None else None
    return [cause, *fires] if cause else fires


def is_over(store: Store, task_id: str, event: Event) -> bool:
    """Whether the event says that an alert fires which is known to be resolved."""
    report = event.raw.get("report") or {}
    if not is_alert(report) or report["state"] != FIRING:
        return False
    if report.get(OVER):
        return True
    alert = read_alerts(store, task_id).get(report["key"])
    if alert is None or alert["state"] == FIRING:
        return False
    return _was_held_back(event) or not _is_later(starts(report), alert["starts"])


class Alerts:
    """Notes the reports of a task's lane, and holds or releases the task's priority."""

    def __init__(self, store: Store, inbox: InboxWriter, clock: Clock) -> None:
        self._store, self._inbox, self._clock = store, inbox, clock

    def note(self, task_id: str, events: Sequence[CausedEvent]) -> frozenset[str]:
        """What these events report; call it before the task is evaluated. The policy is asked again
        if a hold begins or ends.

        Returns the keys of the events that are out of date, because a newer one is known.
        """
        reported = [caused.event for caused in events if is_report(caused)]
        if not reported:
            return frozenset()
        before = read_alerts(self._store, task_id)
        after = dict(before)
        for event in reported:
            report = event.raw["report"]
            newer = _merge_report(after.get(report["key"]), report)
            after[report["key"]] = newer | {ABOUT: about_report(report)}
        self._hold(task_id, before, after, reported[-1])
        for key in (key for key, value in after.items() if before.get(key) != value):
            # Last, so that whoever does this again after a crash sees what has changed.
            self._store.notes.put(_scope(task_id), key, after[key], self._clock())
        return frozenset(event.key for event in reported if _is_outdated(event, after))

    def forget(self, task_id: str) -> None:
        """The task is gone."""
        for key in read_alerts(self._store, task_id):
            self._store.notes.remove(_scope(task_id), key)

    def _hold(self, task_id: str, before: AlertStates, after: AlertStates, event: Event) -> None:
        hold = self._store.overrides.get(task_id, self._clock())
        if not _list_firing(after):
            if hold is not None and hold.is_held and self._is_for(task_id, hold, after):
                self._evaluate_again(task_id, event)
                self._end(hold, event)
        elif hold is None or hold.is_ended:
            again = (_list_firing(after) & before.keys()) - _list_firing(before)
            creation = self._store.journal.by_receipt(task_id) if again else None
            if creation is not None and _has_hold(creation) and _is_created_for(creation, again):
                self._evaluate_again(task_id, event)
                self._begin(task_id, creation, hold)

    def _is_for(self, task_id: str, hold: Override, alerts: AlertStates) -> bool:
        """Whether the hold is for alerts: the task was made for one, or it was set for one."""
        creation = self._store.journal.by_receipt(task_id)
        is_by_creator = creation is not None and creation.automation == hold.automation
        if creation is not None and is_by_creator and _is_created_for(creation, alerts):
            return True
        write = self._store.journal.latest_done(task_id, "hold")
        if write is None or write.automation != hold.automation:
            return False
        return bool((write.after or {}).get("while_firing"))

    def _end(self, hold: Override, event: Event) -> None:
        # As old as the hold: whatever a person has set since then is newer, however late it comes.
        self._store.overrides.put(
            hold.task_id,
            None,
            None,
            hold.since_ms,
            hold.until_ms,
            set_by=hold.set_by,
            because=f"{event.raw['report'].get('title') or 'the alert'} is resolved",
        )

    def _begin(self, task_id: str, creation: JournalRow, ended: Override | None) -> None:
        row, now = self._store.mirror.get(task_id), self._clock()
        since_ms = max(row.updated_ms if row else 0, ended.since_ms if ended else creation.begun_ms)
        until_ms, priority = now + creation.after["keep_ms"], creation.after["priority"]
        self._store.overrides.put(
            task_id, priority, None, since_ms, until_ms, set_by=creation.automation
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


def ends_with(store: Store, task_id: str, creation: JournalRow) -> bool:
    """Whether the task was made for an alert that is resolved already."""
    alerts = read_alerts(store, task_id)
    return bool(alerts) and not _list_firing(alerts) and _is_created_for(creation, alerts)


def ends(report: Mapping[str, Any], firing: Mapping[str, Any]) -> bool:
    """Whether the report says that the alert of the other one, which fires, is resolved."""
    if report["key"] != firing["key"] or report["state"] != RESOLVED:
        return False
    since, end = starts(firing), _fact(report, "ends") or starts(report)
    return not (since and end) or since <= end


def _fact(report: Mapping[str, Any], name: str) -> str:
    return str((report.get("facts") or {}).get(name) or "")


def _scope(task_id: str) -> str:
    return f"{ALERTS}{task_id}"


def _is_outdated(event: Event, alerts: AlertStates) -> bool:
    report = event.raw["report"]
    newest = alerts[report["key"]]
    return bool(report["state"] != newest["state"] or starts(report) != newest["starts"])


def _was_held_back(event: Event) -> bool:
    return "lane" in event.raw


def _merge_report(alert: Mapping[str, Any] | None, report: Mapping[str, Any]) -> dict[str, Any]:
    """What is known of the alert after this report."""
    state, since = report["state"], starts(report)
    if state == FIRING and report.get(OVER):
        state = RESOLVED
    if alert is None or alert["state"] == state or not (since and alert["starts"]):
        return {"state": state, "starts": since}
    if state == FIRING:
        return {"state": state, "starts": since} if _is_later(since, alert["starts"]) else {**alert}
    # The end of an earlier time says nothing about this one. By its end: Alertmanager takes an
    # earlier start over from who reports the end.
    is_earlier = _is_later(alert["starts"], _fact(report, "ends") or since)
    return {**alert} if is_earlier else {"state": state, "starts": since}


def _is_later(time: str, earlier: str) -> bool:
    """Of two times of the same form; what is not known counts as later."""
    return not (time and earlier) or time > earlier


def _list_firing(alerts: AlertStates) -> set[str]:
    return {key for key, alert in alerts.items() if alert["state"] == FIRING}


def _is_created_for(creation: JournalRow, keys: Mapping[str, Any] | set[str]) -> bool:
    return any(creation.kind == f"task:{subject(creation.automation, key)}" for key in keys)


def _has_hold(creation: JournalRow) -> bool:
    return bool(creation.after and creation.after.get("keep_ms"))
