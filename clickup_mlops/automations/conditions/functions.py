"""The functions of conditions, beside those of CEL. The reference page is made from this table."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from clickup_mlops.automations.conditions import task_lists
from clickup_mlops.automations.conditions.shown import (
    format_duration,
    format_link,
    format_moment_in,
)
from clickup_mlops.automations.conditions.working_hours import parse_hours
from clickup_mlops.routing.objectives import parse_measure


@dataclass(frozen=True, slots=True)
class Function:
    """A function that is called on its first argument: `task.fields.number("GPU hours")`.

    `parameters` are CEL types, that of the object before the dot first; `usage` is for people.
    """

    name: str
    parameters: tuple[str, ...]
    type: str
    usage: str
    meaning: str
    call: Callable[..., Any]


def number(fields: Mapping[str, Any], name: str) -> float:
    """The number in a custom field; not a number (NaN) if it is not filled in or holds none."""
    value = fields.get(name)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    measured = parse_measure(name, value)
    return math.nan if measured is None else measured


def text(values: Mapping[str, Any], name: str, otherwise: str = "") -> str:
    """The value of that name, or at that dotted path, as text; `otherwise` if it is not there."""
    value = values.get(name)
    if value is None and "." in name:
        outer, _, inner = name.partition(".")
        below = values.get(outer)
        return text(below, inner, otherwise) if isinstance(below, Mapping) else otherwise
    if value is None:
        return otherwise
    return _format_value(value)


def happened(
    history: Sequence[Mapping[str, Any]], window: timedelta, after: str | None = None
) -> int:
    """How often within that time up to the event, itself included; `after`: with this new value."""
    return sum(
        entry["seconds_ago"] <= window.total_seconds() and after in (None, entry["after"])
        for entry in history
    )


def _numbers(tasks: Sequence[Mapping[str, Any]], name: str) -> list[float]:
    values = (number(task["fields"], name) for task in tasks)
    return [value for value in values if not math.isnan(value)]


def total(tasks: Sequence[Mapping[str, Any]], name: str) -> float:
    """The sum of a field over tasks; those that have no number there do not count."""
    return math.fsum(_numbers(tasks, name))


def mean(tasks: Sequence[Mapping[str, Any]], name: str) -> float:
    """The mean of a field over the tasks that have a number there; NaN if none has."""
    values = _numbers(tasks, name)
    return math.fsum(values) / len(values) if values else math.nan


def lowest(tasks: Sequence[Mapping[str, Any]], name: str) -> float:
    """The smallest number in a field of the tasks; NaN if there is none."""
    return min(_numbers(tasks, name), default=math.nan)


def highest(tasks: Sequence[Mapping[str, Any]], name: str) -> float:
    """The largest number in a field of the tasks; NaN if there is none."""
    return max(_numbers(tasks, name), default=math.nan)


def having(tasks: Sequence[Mapping[str, Any]], name: str) -> int:
    """How many of the tasks have a value in the field."""
    return sum(name in task["fields"] for task in tasks)


def within(moment: datetime, hours: str) -> bool:
    """Whether the time is in these working hours."""
    return parse_hours(hours).includes(moment)


def working(start: datetime, end: datetime, hours: str) -> timedelta:
    """How much of the time between the two is in these working hours."""
    return parse_hours(hours).between(start, end)


def _format_value(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(_format_value, value))
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:.10g}" if isinstance(value, float) else str(value)


_TEXT: Final = (
    "the value of that name, or at that dotted path, as text; if it is not there, empty or the "
    "second text"
)
FUNCTIONS: Final = (
    Function(
        "number",
        ("map<string,dyn>", "string"),
        "double",
        'task.fields.number("GPU hours")',
        "the number in a custom field. A field that is not filled in is neither above nor below "
        "anything: every comparison with it is false, and a text shows it as `unknown`",
        number,
    ),
    Function(
        "text",
        ("map<string,dyn>", "string"),
        "string",
        'event.data.text("commonLabels.severity")',
        _TEXT,
        text,
    ),
    Function(
        "text",
        ("map<string,dyn>", "string", "string"),
        "string",
        'task.fields.text("Interval", "not filled in")',
        _TEXT,
        text,
    ),
    Function(
        "text",
        ("duration",),
        "string",
        "task.age.text()",
        "a duration as texts show it, in its two largest units: `3d 4h`",
        format_duration,
    ),
    Function(
        "text",
        ("timestamp", "string"),
        "string",
        'task.due.text("Europe/Madrid")',
        "a time on the clocks there: `2026-03-01 09:00`",
        format_moment_in,
    ),
    Function(
        "within",
        ("timestamp", "string"),
        "bool",
        'now.within("MON-FRI 09:00-17:00 Europe/Madrid")',
        "whether the time is in these working hours: days, hours, and the zone (default: UTC); "
        "`SAT,SUN 22:00-06:00` ends on the next day",
        within,
    ),
    Function(
        "working",
        ("timestamp", "timestamp", "string"),
        "duration",
        "task.created.working(now, settings.hours)",
        "how much of the time between the two is in these working hours",
        working,
    ),
    Function(
        "count",
        ("list<map<string,dyn>>", "duration"),
        "int",
        'event.history.count(duration("1h"))',
        "how often this happened on the task within that time up to the event, itself included",
        happened,
    ),
    Function(
        "count",
        ("list<map<string,dyn>>", "duration", "string"),
        "int",
        'event.history.count(duration("24h"), "failed")',
        "the same, counting only changes to that value",
        happened,
    ),
    *(
        Function(
            name,
            ("list<map<string,dyn>>", "string"),
            kind,
            f'tasks["Experiments"].{name}("GPU hours")',
            meaning,
            call,
        )
        for name, kind, meaning, call in (
            (
                "sum",
                "double",
                "the sum of a custom field over tasks that have a number there",
                total,
            ),
            ("mean", "double", "their mean; if none has a number, as `number` without one", mean),
            ("min", "double", "the smallest of them, in the same way", lowest),
            ("max", "double", "the largest of them, in the same way", highest),
            ("count", "int", "how many of the tasks have a value in the custom field", having),
        )
    ),
    *(
        Function(name, ("map<string,dyn>",), kind, usage, meaning, call)
        for name, kind, usage, meaning, call in (
            (
                "age",
                "duration",
                'tasks["Serving"].filter(t, t.age() > duration("4h"))',
                "of a task in a list of tasks: time since it was created",
                task_lists.age,
            ),
            (
                "created",
                "timestamp",
                "t.created()",
                "the same: when it was created",
                task_lists.created,
            ),
            (
                "updated",
                "timestamp",
                "t.updated()",
                "the same: its last change, also by the bot",
                task_lists.updated,
            ),
            (
                "due",
                "timestamp",
                "t.due()",
                "the same: its due date; 1970 if none",
                task_lists.due,
            ),
            (
                "link",
                "string",
                't.link() + ": " + t.age().text()',
                "the same: its name as a link to it, for texts; whatever stands in the name",
                format_link,
            ),
        )
    ),
    Function(
        "sort",
        ("list<map<string,dyn>>", "string"),
        "list<map<string,dyn>>",
        'tasks["Serving"].sort("created")',
        "the tasks in the order of `created`, `updated`, `due`, `priority`, another part of them, "
        "or a custom field; those that have none of it last",
        task_lists.sort,
    ),
    Function(
        "first",
        ("list<map<string,dyn>>", "int"),
        "list<map<string,dyn>>",
        'tasks["Serving"].sort("created").first(10)',
        "the first of them",
        task_lists.first,
    ),
    Function(
        "people",
        ("list<map<string,dyn>>",),
        "list<string>",
        'tasks["Serving"].people()',
        "the user names of all assignees of the tasks, each once, in alphabetical order",
        task_lists.people,
    ),
)
