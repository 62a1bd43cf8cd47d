"""Parts of tasks as conditions read them. Pure."""

from typing import Any, Final

from clickup_mlops.clickup.model import Task


def fields(task: Task) -> dict[str, Any]:
    """The values of custom fields, set ones only. A name may be there twice, from the Space and
    from the List: the first that is set holds.
    """
    values: dict[str, Any] = {}
    for field in task.fields:
        value = None if field.name in values else field.read()
        if value is not None:
            values[field.name] = value
    return values


def parts(task: Task, *, is_open: bool, now_ms: int) -> dict[str, Any]:
    """What a condition may read of a task in a list of tasks. CEL takes no timestamps in maps:
    functions such as `t.age()` make them of the times in Unix ms.
    """
    return {
        "id": task.id,
        "name": task.name,
        "status": task.status.name,
        "open": is_open,
        "priority": task.priority or 0,
        "list": task.list_name,
        "tags": list(task.tags),
        "assignees": [person.username for person in task.assignees],
        "fields": fields(task),
        "url": task.url,
        "created_ms": task.created_ms or now_ms,
        "updated_ms": task.updated_ms,
        "due_ms": task.due_ms or 0,
        "now_ms": now_ms,
    }


PARTS: Final = (
    "each with `id`, `name`, `status`, `open`, `priority`, `list`, `tags`, `assignees`, `fields` "
    "and `url`, and its times by `age()`, `created()`, `updated()` and `due()`"
)
"""The same, for the reference page."""
