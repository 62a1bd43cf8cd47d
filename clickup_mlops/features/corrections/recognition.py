"""Notes when a person corrects a decision of the bot."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Final

from clickup_mlops.bot.caused_event import CausedEvent
from clickup_mlops.bot.ports import Choice, EventConsumer, Proposed, Subject
from clickup_mlops.clickup.blocks import escape_markdown
from clickup_mlops.clickup.model import Task
from clickup_mlops.features.corrections.report import report
from clickup_mlops.features.corrections.tables.corrections import (
    INCIDENT,
    PRIORITY,
    WORKLOAD,
    Correction,
    CorrectionLog,
)
from clickup_mlops.routing.outcome import HOLDS
from clickup_mlops.store import Store
from clickup_mlops.store.tables.decisions import DecisionRow

SAID: Final = ("field", "tag")
"""Sources of a workload that a person has set."""
_KEPT: Final = (*HOLDS, "closed")
"""What decided where a decision only keeps what was there."""
_REPEATS: Final[Mapping[Subject, tuple[str, Sequence[str]]]] = {
    PRIORITY: ("decided_by", _KEPT),
    WORKLOAD: ("source", SAID),
    INCIDENT: ("incident_by", ("tag",)),
}
"""By which part of a decision, and which values of it, it only repeats what a person had set."""
_RECENT: Final = 20
"""Decisions of a task among which the bot's own is looked for."""
WEEK_MS: Final = 7 * 86_400_000
_CHANGES: Final = ("custom_field", "tag", "tag_removed")


class Corrections(EventConsumer):
    """Each decision is corrected at most once; the last choice counts."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def decided(
        self, task: Task, events: Sequence[CausedEvent], decision: Mapping[str, Any] | None
    ) -> None:
        """The task's new decision shows what people have just put on it by a change."""
        items = [item for caused in events if not caused.chain for item in caused.event.items]
        changes = [item for item in items if item.field in _CHANGES]
        if decision is None or not changes:
            return
        newest = max(changes, key=lambda item: item.date_ms)
        choose = partial(Choice, task.id, user_name=newest.user_name, at_ms=newest.date_ms)
        if decision["source"] in SAID:
            self.chosen(choose(subject=WORKLOAD, value=decision["workload"]))
        if decision.get("incident_by") == "tag":
            self.chosen(choose(subject=INCIDENT, value=decision["incident"]))

    def chosen(self, choice: Choice) -> None:
        """Log it, if the bot had decided about the subject."""
        task_id, subject = choice.task_id, choice.subject
        decided = choice.instead_of or self._last_own_decision(task_id, subject)
        if decided is None:
            return
        task = self._store.mirror.get(task_id)
        value = choice.value
        if value is None and subject != PRIORITY:
            value = decided.value
        elif subject == INCIDENT:
            value = "yes" if value else "no"
        self._store.table(CorrectionLog).put(
            Correction(
                task_id=task_id,
                subject=subject,
                decided_ms=decided.at_ms,
                at_ms=choice.at_ms,
                title=str(task.raw.get("name") or "") if task else "",
                decided=decided.value,
                chosen=value,
                reason=decided.reason,
                user_name=choice.user_name,
            )
        )

    def _last_own_decision(self, task_id: str, subject: Subject) -> Proposed | None:
        """The last decision that did not only repeat what a person had set."""
        key, repeated_values = _REPEATS[subject]
        history = self._store.decisions.history(task_id, _RECENT)
        own = (row for row in history if row.body.get(key) not in repeated_values)
        return next((_as_proposed(row, subject) for row in own), None)


def _as_proposed(row: DecisionRow, subject: Subject) -> Proposed:
    return Proposed(_decided(row.body, subject), _why(row.body), row.decided_ms)


def _decided(body: Mapping[str, Any], subject: Subject) -> Any:
    if subject != INCIDENT:
        return body[subject]
    return "yes" if body["incident"] else "possible" if body.get("incident_by") else "no"


def _why(body: Mapping[str, Any]) -> str:
    return f"{body['decided_by']}: {'; '.join(body['reasons'])}"


def lessons(store: Store, since_ms: int = 0) -> list[dict[str, Any]]:
    """What people corrected, as `routing learn` reads it; the last word about each task."""
    choices: dict[str, dict[str, str]] = {}
    for row in store.table(CorrectionLog).list(since_ms):
        if row.subject != PRIORITY:
            choices.setdefault(row.task_id, {})[row.subject] = str(row.chosen)
    tasks = (Task.parse(row.raw) for row in store.mirror.get_many([*choices]).values())
    drafts = (_lesson(store, task, choices[task.id]) for task in tasks if task.name.strip())
    return [lesson for lesson in drafts if lesson]


def _lesson(store: Store, task: Task, choices: Mapping[str, str]) -> dict[str, Any]:
    """Empty where there is nothing to learn: only inference can be an incident."""
    latest = store.decisions.latest(task.id)
    workload = choices.get(WORKLOAD) or (latest.body["workload"] if latest else "")
    lesson = {"title": task.name, "body": task.text, "workload": workload}
    if INCIDENT in choices and workload == "inference":
        return lesson | {"incident": choices[INCIDENT] == "yes"}
    return lesson if WORKLOAD in choices else {}


def weekly(store: Store, now_ms: int) -> str:
    """What was corrected in the last seven days, in Markdown; empty if nothing was."""
    rows = store.table(CorrectionLog).list(now_ms - WEEK_MS, now_ms + 1)
    return report(rows, escape_markdown) if rows else ""
