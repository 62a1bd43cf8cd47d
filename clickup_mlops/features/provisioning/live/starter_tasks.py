"""Live tasks as starter tasks of a template. Pure.

Dates are counted from the day on which a task was made, as a template counts them. People, files
and comments stay out: a template cannot express them, and they belong to one space.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final

from clickup_mlops.clickup.model import FieldValue, Task
from clickup_mlops.features.provisioning.tree import JsonTable, fold_name
from clickup_mlops.routing.decision import NUMBER

_LEVELS: Final = {number: str(level) for level, number in NUMBER.items()}
_DAY_MS: Final = 86_400_000
_PORTABLE: Final = frozenset(
    {
        *("short_text", "text", "number", "currency", "drop_down", "labels", "checkbox"),
        *("emoji", "manual_progress", "url", "email", "phone"),
    }
)
"""Types of fields whose values mean the same in another Workspace. People, tasks and files do not;
dates are moments, not days from now."""


def tables(live_tasks: Iterable[Task], fields: Collection[str]) -> list[JsonTable]:
    """The tasks of one list as `[[task]]` tables, oldest first, subtasks in their parents.

    `fields`: the (folded) names that the list's template has. Of two tasks with one name below one
    parent a template can only mean the first.
    """
    tasks = sorted(live_tasks, key=lambda task: (task.created_ms, task.id))
    return _below(None, tasks, {task.id: task.name for task in tasks}, fields)


def doubles(live_tasks: Iterable[Task]) -> list[str]:
    """The names of tasks that `tables` leaves out, because another one has that name."""
    named = Counter((task.parent_id, fold_name(task.name)) for task in live_tasks)
    return [name for (_, name), count in named.items() for _ in range(count - 1)]


def _below(
    parent: str | None, tasks: list[Task], names: Mapping[str, str], fields: Collection[str]
) -> list[JsonTable]:
    tables: dict[str, JsonTable] = {}
    for task in tasks:
        # A subtask may outlive its parent, which is closed and not among these.
        above = task.parent_id if task.parent_id in names else None
        if above == parent and fold_name(task.name) not in tables:
            subtasks = _below(task.id, tasks, names, fields)
            tables[fold_name(task.name)] = _table(task, names, fields) | _without_empty(
                subtask=subtasks
            )
    return list(tables.values())


def _table(task: Task, names: Mapping[str, str], fields: Collection[str]) -> JsonTable:
    values = [
        field
        for field in task.fields
        if field.type in _PORTABLE and fold_name(field.name) in fields
    ]
    return {"name": task.name} | _without_empty(
        description=task.markdown or task.text,
        # The first status is where every task begins.
        status="" if task.status.kind == "open" else task.status.name,
        priority=_LEVELS.get(task.priority or 0),
        tags=list(task.tags),
        start_in=_days(task.start_ms, task.created_ms),
        due_in=_days(task.due_ms, task.created_ms),
        fields={field.name: value for field in values if (value := _value(field)) is not None},
        checklist=_checklists(task),
        waits_for=[names[field] for field in task.depends_on if field in names],
    )


def _days(moment_ms: int | None, from_ms: int) -> str | None:
    if moment_ms is None:
        return None
    days = round((moment_ms - from_ms) / _DAY_MS)
    return f"-P{-days}D" if days < 0 else f"P{days}D"


def _value(field: FieldValue) -> Any:
    value = field.read()
    # A whole number is written as one: ClickUp has only one kind of number.
    is_integer = isinstance(value, float) and value.is_integer()
    return int(value) if is_integer else value


def _checklists(task: Task) -> dict[str, list[str]]:
    return {
        checklist["name"]: [item["name"] for item in checklist.get("items") or ()]
        for checklist in task.raw.get("checklists") or ()
    }


def _without_empty(**values: object) -> JsonTable:
    return {name: value for name, value in values.items() if value not in (None, "", [], {})}
