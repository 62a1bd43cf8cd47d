"""How changes of tasks and Lists look in history items, as in the official payload samples."""

import dataclasses
from typing import Any

import orjson

from clickup_mlops.sandbox.clickup.state.events import Change
from clickup_mlops.sandbox.clickup.state.model import Json, Task, TaskList

PRIORITIES: list[Json] = [
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
        return Change(key, priority(before), priority(value))
    if key == "time_estimate":
        return Change(key, ms(before), ms(value), _estimate(task, before, value))
    if key == "text":
        return Change("content", delta(before), delta(value))
    return Change(key, before, value)


def priority(value: int | None) -> Json | None:
    """1 to 4 as the object that answers show."""
    return None if value is None else PRIORITIES[value - 1]


def ms(value: int | None) -> str | None:
    """Milliseconds, of a date or of a span: a string."""
    return None if value is None else str(value)


def delta(text: str) -> str | None:
    """A text as the editor keeps it: a Quill delta, as a string of JSON; None for none."""
    return orjson.dumps({"ops": [{"insert": f"{text}\n"}]}).decode() if text else None


def _set_date(task: Task, key: str, value: int | None, timed: bool | None) -> Change:
    before = dataclasses.replace(task)
    setattr(task, key, value)
    setattr(task, f"{key}_time", getattr(task, f"{key}_time") if timed is None else timed)
    lasted, lasts = _duration(before), _duration(task)
    # Reported first, in the same event, for a due date only.
    lead = (Change("duration", lasted, lasts),) if key == "due_date" and lasted != lasts else ()
    return dataclasses.replace(_date(key, before, task), lead=lead)


def of_list(before: TaskList, now: TaskList) -> list[Change]:
    """What differs in a List."""
    found = [
        Change("name", before.name, now.name),
        Change("content", delta(before.content), delta(now.content)),
        Change("priority", priority(before.priority), priority(now.priority)),
        _date("due_date", before, now),
        _date("start_date", before, now),
    ]
    return [one for one in found if one.before != one.after]


def _date(key: str, before: Task | TaskList, now: Task | TaskList) -> Change:
    timed = f"{key}_time"
    data = {timed: bool(getattr(now, timed)), f"old_{timed}": bool(getattr(before, timed))}
    return Change(key, ms(getattr(before, key)), ms(getattr(now, key)), data)


def _duration(task: Task) -> str | None:
    if task.start_date is None or task.due_date is None:
        return None
    return f", , , , , {(task.due_date - task.start_date) // _MINUTE_MS} minutes"


def _estimate(task: Task, before: int | None, after: int | None) -> Json:
    each = {"user_time_estimate": ms(after), "user_rollup_time_estimate": ms(after)}
    # ClickUp gives the whole estimate to the assignee if there is one only.
    alone = task.assignees if len(task.assignees) == 1 and after is not None else []
    return {
        "time_estimate_string": spoken(after),
        "old_time_estimate_string": spoken(before),
        "rolled_up_time_estimate": after,
        "time_estimate": after,
        "time_estimates_by_user": [{"userid": one, **each} for one in alone],
    }


def spoken(span_ms: int | None) -> str | None:
    """A span as ClickUp writes it: `1 hour 30 minutes`."""
    if span_ms is None:
        return None
    hours, minutes = divmod(span_ms // _MINUTE_MS, 60)
    parts = [_counted(hours, "hour")] * bool(hours)
    parts += [_counted(minutes, "minute")] * bool(minutes or not hours)
    return " ".join(parts)


def _counted(number: int, unit: str) -> str:
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"
