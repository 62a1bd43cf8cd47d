"""How changes of tasks and Lists look in history items, as in the official payload samples."""

import dataclasses
from typing import Any

import orjson

from clickup_mlops.sandbox.clickup.state.events import Change
from clickup_mlops.sandbox.clickup.state.model import JsonTable, Task, TaskList

PRIORITIES: list[JsonTable] = [
    {"id": "1", "priority": "urgent", "color": "#f50000", "orderindex": "1"},
    {"id": "2", "priority": "high", "color": "#f8ae00", "orderindex": "2"},
    {"id": "3", "priority": "normal", "color": "#6fddff", "orderindex": "3"},
    {"id": "4", "priority": "low", "color": "#d8d8d8", "orderindex": "4"},
]
"""The four flags with the colours that live answers show."""

_MINUTE_MS = 60_000


def set_value(task: Task, key: str, value: Any, *, timed: bool | None = None) -> Change:
    """Set an attribute; the change. `timed`: whether a date comes with a time of day, if said."""
    before = getattr(task, key)
    if key in ("due_date", "start_date"):
        return _set_date(task, key, value, timed)
    setattr(task, key, value)
    if key == "priority":
        return Change(key, format_priority(before), format_priority(value))
    if key == "time_estimate":
        return Change(
            key, format_ms(before), format_ms(value), _format_estimate(task, before, value)
        )
    if key == "text":
        return Change("content", format_delta(before), format_delta(value))
    return Change(key, before, value)


def format_priority(value: int | None) -> JsonTable | None:
    """1 to 4 as the object that answers show."""
    return None if value is None else PRIORITIES[value - 1]


def format_ms(value: int | None) -> str | None:
    """Milliseconds, of a date or of a span: a string."""
    return None if value is None else str(value)


def format_delta(text: str) -> str | None:
    """A text as the editor keeps it: a Quill delta, as a string of JSON; None for none."""
    return orjson.dumps({"ops": [{"insert": f"{text}\n"}]}).decode() if text else None


def _set_date(task: Task, key: str, value: int | None, timed: bool | None) -> Change:
    before = dataclasses.replace(task)
    setattr(task, key, value)
    setattr(task, f"{key}_time", getattr(task, f"{key}_time") if timed is None else timed)
    lasted, lasts = _format_duration(before), _format_duration(task)
    # Reported first, in the same event, for a due date only.
    lead = (Change("duration", lasted, lasts),) if key == "due_date" and lasted != lasts else ()
    return dataclasses.replace(_compare_dates(key, before, task), lead=lead)


def compare_lists(before: TaskList, now: TaskList) -> list[Change]:
    """What differs in a List."""
    changes = [
        Change("name", before.name, now.name),
        Change("content", format_delta(before.content), format_delta(now.content)),
        Change("priority", format_priority(before.priority), format_priority(now.priority)),
        _compare_dates("due_date", before, now),
        _compare_dates("start_date", before, now),
    ]
    return [change for change in changes if change.before != change.after]


def _compare_dates(key: str, before: Task | TaskList, now: Task | TaskList) -> Change:
    timed = f"{key}_time"
    data = {timed: bool(getattr(now, timed)), f"old_{timed}": bool(getattr(before, timed))}
    return Change(key, format_ms(getattr(before, key)), format_ms(getattr(now, key)), data)


def _format_duration(task: Task) -> str | None:
    if task.start_date is None or task.due_date is None:
        return None
    return f", , , , , {(task.due_date - task.start_date) // _MINUTE_MS} minutes"


def _format_estimate(task: Task, before: int | None, after: int | None) -> JsonTable:
    span = {"user_time_estimate": format_ms(after), "user_rollup_time_estimate": format_ms(after)}
    # ClickUp gives the whole estimate to the assignee if there is one only.
    alone = task.assignees if len(task.assignees) == 1 and after is not None else []
    return {
        "time_estimate_string": format_span(after),
        "old_time_estimate_string": format_span(before),
        "rolled_up_time_estimate": after,
        "time_estimate": after,
        "time_estimates_by_user": [{"userid": user_id, **span} for user_id in alone],
    }


def format_span(span_ms: int | None) -> str | None:
    """A span as ClickUp writes it: `1 hour 30 minutes`."""
    if span_ms is None:
        return None
    hours, minutes = divmod(span_ms // _MINUTE_MS, 60)
    parts = [_format_count(hours, "hour")] * bool(hours)
    parts += [_format_count(minutes, "minute")] * bool(minutes or not hours)
    return " ".join(parts)


def _format_count(number: int, unit: str) -> str:
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"
