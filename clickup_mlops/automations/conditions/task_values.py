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


def parts(task: Task, *, is_open: bool) -> dict[str, Any]:
    """What a condition may read of a task in a list of tasks."""
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
    }


PARTS: Final = (
    "each with `id`, `name`, `status`, `open`, `priority`, `list`, `tags`, `assignees`, `fields` "
    "and `url`"
)
"""The same, for the reference page."""
