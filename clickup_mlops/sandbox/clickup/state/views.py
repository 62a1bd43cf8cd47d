"""Views: stored as they were sent, with the tasks that their filters let through."""

from typing import Any

from clickup_mlops.sandbox.clickup.state import plan_limits
from clickup_mlops.sandbox.clickup.state.model import (
    Folder,
    JsonTable,
    Space,
    Task,
    TaskList,
    Team,
    User,
    View,
)
from clickup_mlops.sandbox.clickup.state.refusal import NotModelled, bad_input, no_access
from clickup_mlops.sandbox.clickup.state.tasks.search import Query
from clickup_mlops.sandbox.clickup.state.values import read_record, read_records
from clickup_mlops.sandbox.clickup.state.world import World

TYPES = [
    "list",
    "board",
    "calendar",
    "table",
    "timeline",
    "workload",
    "activity",
    "map",
    "conversation",
    "gantt",
    "doc",
    "form",
]

_PARENT_TYPES = {Team: 7, Space: 4, Folder: 5, TaskList: 6}
_SCOPES = {4: "space_ids", 5: "folder_ids", 6: "list_ids"}


def get(world: World, view_id: str) -> View:
    """A view by id."""
    view = world.views.get(view_id)
    if view is None:
        raise no_access("View")
    return view


def list_views(world: World, parent: Team | Space | Folder | TaskList) -> list[View]:
    """The views at a place, oldest first."""
    kind = _PARENT_TYPES[type(parent)]
    views = [v for v in world.views if (v.parent_id, v.parent_type) == (parent.id, kind)]
    return sorted(views, key=lambda view: (view.date_created, len(view.id), view.id))


def create(
    world: World, actor: User, parent: Team | Space | Folder | TaskList, body: JsonTable
) -> View:
    """Create a view; counts a use of its type against the plan."""
    team_id = parent.id if isinstance(parent, Team) else world.team_of(parent)
    view_id = f"8c{team_id[-4:]}-{100 + world.ids.count('view')}"
    kind = _PARENT_TYPES[type(parent)]
    now = world.now_ms()
    view = View(view_id, team_id, parent.id, kind, _validate(body), actor.id, now)
    plan_limits.use_view(world, team_id, body["type"])
    return world.views.put(view)


def update(world: World, view: View, body: JsonTable) -> View:
    """Replace the whole definition."""
    view.body = _validate(body)
    plan_limits.use_view(world, view.team_id, body["type"])
    return world.views.put(view)


def build_query(view: View) -> Query:
    """The tasks of a view as a query; its filters are applied by `is_in_view`."""
    scope = _SCOPES.get(view.parent_type)
    filters = view.body.get("filters") or {}
    named: JsonTable = {scope: (view.parent_id,)} if scope else {}
    archived = ("archived", "EQ") in [
        (condition.get("field"), condition.get("op", "EQ"))
        for condition in filters.get("fields") or []
    ]
    return Query(**named, include_closed=bool(filters.get("show_closed")), archived=archived)


def is_in_view(view: View, task: Task) -> bool:
    """Whether the view's filters let a task through."""
    filters = view.body.get("filters") or {}
    tests = [_is_match(condition, task) for condition in filters.get("fields") or []]
    if str(filters.get("search") or "").lower() not in task.name.lower():
        return False
    combine = any if filters.get("op") == "OR" else all
    return combine(tests) if tests else True


def _validate(body: JsonTable) -> JsonTable:
    if not body.get("name") or body.get("type") not in TYPES:
        raise bad_input("View name or type invalid")
    # Measured live: `false` here is refused with a bare 400.
    if read_record(body, "divide").get("collapsed") is False:
        raise bad_input()
    read_records(read_record(body, "filters"), "fields")
    return {key: value for key, value in body.items() if key != "parent"}


def _is_match(condition: JsonTable, task: Task) -> bool:
    if condition.get("field") == "archived":  # Its values are ignored.
        return task.archived == (str(condition.get("op", "EQ")) == "EQ")
    have, values = (
        _read_task_values(str(condition.get("field")), task),
        _normalize_values(condition.get("values")),
    )
    among = not have.isdisjoint(values)
    results = {
        "EQ": among,
        "ANY": among,
        "NOT": not among,
        "NOT ANY": not among,
        "ALL": values <= have,
        "NOT ALL": not values <= have,
    }
    operator = str(condition.get("op", "EQ"))
    if operator not in results:
        raise NotModelled(f"view filter operator {operator}")
    return results[operator]


def _read_task_values(field: str, task: Task) -> set[str]:
    readers: dict[str, list[Any]] = {
        "status": [task.status],
        # -1 stands for "no priority".
        "priority": [-1 if task.priority is None else task.priority],
        "assignee": list(task.assignees),
        "tag": list(task.tags),
    }
    if field.startswith("cf_"):
        return _normalize_field_value(task.values.get(field.removeprefix("cf_")))
    if field not in readers:
        raise NotModelled(f"view filter on {field}")
    return {str(value).lower() for value in readers[field]}


def _normalize_field_value(value: object) -> set[str]:
    listed = value if isinstance(value, list) else [value]
    return {str(element).lower() for element in listed if element is not None}


def _normalize_values(values: object) -> set[str]:
    listed = values if isinstance(values, list) else [values]
    return {str(value).lower() for value in listed}
