"""Checklists on the wire. Each answer has its own keys; a task shows the record as it is."""

from clickup_mlops.sandbox.clickup.state.model import JsonTable

_CREATED = ("id", "task_id", "name", "orderindex", "resolved", "unresolved", "items")


def format_checklist(checklist: JsonTable) -> JsonTable:
    """The answer to a new checklist."""
    return {key: checklist[key] for key in _CREATED}


def format_changed_checklist(checklist: JsonTable) -> JsonTable:
    """The answer to a new or changed item."""
    return {**format_checklist(checklist), "date_created": checklist["date_created"]}
