"""Query parameters of task reads, as the API documents and treats them."""

import re
from typing import Any

from flask import request

from clickup_mlops.sandbox.clickup.edge import get_world
from clickup_mlops.sandbox.clickup.state.fields import field_filter
from clickup_mlops.sandbox.clickup.state.model import Task
from clickup_mlops.sandbox.clickup.state.refusal import Refusal, bad_input
from clickup_mlops.sandbox.clickup.state.tasks import tasks
from clickup_mlops.sandbox.clickup.state.tasks.search import DATES, Query
from clickup_mlops.sandbox.clickup.state.values import parse_int
from clickup_mlops.sandbox.clickup.wire.basics import is_true

_ARRAYS = {
    "list_ids": "list_ids",
    "project_ids": "folder_ids",
    "folder_ids": "folder_ids",
    "space_ids": "space_ids",
    "statuses": "statuses",
    "assignees": "assignees",
    "watchers": "watchers",
    "tags": "tags",
    "custom_items": "custom_items",
    "priorities": "priorities",
}
"""Name on the wire -> name in the query. A "project" is a Folder."""

_SWITCHES = ("include_closed", "subtasks", "archived", "include_timl", "reverse")


def find_task(task_id: str) -> Task:
    """The task of a route; by custom id if `custom_task_ids=true&team_id=` is given."""
    if is_true(request.args.get("custom_task_ids")):
        team_id = request.args.get("team_id")
        if not team_id:
            raise bad_input("team_id is required with custom_task_ids")
        return tasks.get_by_custom_id(get_world(), team_id, task_id)
    return tasks.get(get_world(), task_id)


def read_number(name: str, otherwise: int) -> int:
    """A whole number; anything else is a bare 400."""
    value = request.args.get(name)
    if value is None:
        return otherwise
    number = parse_int(value)
    if number is None or number < 0:
        raise bad_input()
    return number


def read_query(**scope: tuple[str, ...]) -> Query:
    """Every documented filter of the request, within a scope."""
    named: dict[str, Any] = {
        ours: values for theirs, ours in _ARRAYS.items() if (values := _read_array(theirs))
    }
    named |= {name: True for name in _SWITCHES if is_true(request.args.get(name))}
    for name in ("order_by", "parent"):
        if name in request.args:
            named[name] = request.args[name]
    # Direct links to several fields use `custom_fields`, one field `custom_field`.
    for name in ("custom_fields", "custom_field"):
        if name in request.args:
            named["fields"] = field_filter.parse(request.args[name])
    return Query(**(named | _read_bounds() | scope))


def _read_array(name: str) -> tuple[str, ...]:
    with_brackets = re.compile(rf"{name}\[\d*\]")
    bracketed = [
        value
        for key in request.args
        if with_brackets.fullmatch(key)
        for value in request.args.getlist(key)
    ]
    bare = request.args.getlist(name)
    if len(bare) == 1:
        raise Refusal("PUBAPITASK_014", f"{name} must be an array")
    return tuple(bracketed + bare)


def _read_bounds() -> dict[str, tuple[tuple[str, int], ...]]:
    return {
        side: tuple(
            (date, read_number(f"{date}_{suffix}", 0))
            for date in DATES
            if f"{date}_{suffix}" in request.args
        )
        for side, suffix in (("after", "gt"), ("before", "lt"))
    }
