"""What conditions do with lists of tasks, each a map as `task_values.parts` gives it. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from clickup_mlops.automations.conditions.moments import moment
from clickup_mlops.json_types import Json

_TIMES: Final = {"created": "created_ms", "updated": "updated_ms", "due": "due_ms"}


def age(task: Mapping[str, Any]) -> timedelta:
    """Time since it was created."""
    return moment(task["now_ms"]) - moment(task["created_ms"])


def created(task: Mapping[str, Any]) -> datetime:
    """When it was created."""
    return moment(task["created_ms"])


def updated(task: Mapping[str, Any]) -> datetime:
    """Its last change."""
    return moment(task["updated_ms"])


def due(task: Mapping[str, Any]) -> datetime:
    """Its due date; 1970 if none."""
    return moment(task["due_ms"])


def sort(tasks: Sequence[Mapping[str, Any]], name: str) -> list[Mapping[str, Any]]:
    """By a time, another part or a custom field; those that have none of it last. Equal ones keep
    their order.
    """
    return sorted(tasks, key=lambda task: _rank(_value(task, name)))


def _value(task: Mapping[str, Any], name: str) -> Json:
    key = _TIMES.get(name, name)
    value: Json = task[key] if key in task else task["fields"].get(name)
    return value


def _rank(value: Json) -> tuple[int, float, str]:
    """Numbers, then texts, then nothing: no priority and no due date are 0."""
    if isinstance(value, bool) or (isinstance(value, int | float) and value):
        return 0, float(value), ""
    return (2, 0, "") if not value else (1, 0, str(value).casefold())


def first(tasks: Sequence[Mapping[str, Any]], count: int) -> list[Mapping[str, Any]]:
    """The first so many."""
    return list(tasks[: max(0, count)])


def people(tasks: Sequence[Mapping[str, Any]]) -> list[str]:
    """The user names of all assignees, each once, in alphabetical order."""
    names = {name for task in tasks for name in task["assignees"]}
    return sorted(names, key=lambda name: (name.casefold(), name))
