"""Checklists on the wire. Each answer has its own keys; a task shows the record as it is."""

from clickup_mlops.sandbox.clickup.state.model import Json

_CREATED = ("id", "task_id", "name", "orderindex", "resolved", "unresolved", "items")


def created(found: Json) -> Json:
    """The answer to a new checklist."""
    return {key: found[key] for key in _CREATED}


def changed(found: Json) -> Json:
    """The answer to a new or changed item."""
    return {**created(found), "date_created": found["date_created"]}
