"""Views: stored as they were sent, with the tasks that their filters let through."""

from typing import Any

from clickup_mlops.sandbox.clickup.state import plan_limits
from clickup_mlops.sandbox.clickup.state.model import (
    Folder,
    Json,
    Space,
    Task,
    TaskList,
    Team,
    User,
    View,
)
from clickup_mlops.sandbox.clickup.state.refusal import NotModelled, bad_input, no_access
from clickup_mlops.sandbox.clickup.state.tasks.search import Query
from clickup_mlops.sandbox.clickup.state.values import record, records
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
    found = world.views.get(view_id)
    if found is None:
        raise no_access("View")
    return found


def of(world: World, parent: Team | Space | Folder | TaskList) -> list[View]:
    """The views at a place, oldest first."""
    kind = _PARENT_TYPES[type(parent)]
    found = [v for v in world.views if (v.parent_id, v.parent_type) == (parent.id, kind)]
    return sorted(found, key=lambda view: (view.date_created, len(view.id), view.id))


def create(world: World, actor: User, parent: Team | Space | Folder | TaskList, body: Json) -> View:
    """A new view."""
    team_id = parent.id if isinstance(parent, Team) else world.team_of(parent)
    view_id = f"8c{team_id[-4:]}-{100 + world.ids.count('view')}"
    kind = _PARENT_TYPES[type(parent)]
    now = world.now_ms()
    made = View(view_id, team_id, parent.id, kind, _checked(body), actor.id, now)
    plan_limits.use_view(world, team_id, body["type"])
    return world.views.put(made)


def update(world: World, found: View, body: Json) -> View:
    """Replace the whole definition."""
    found.body = _checked(body)
    plan_limits.use_view(world, found.team_id, body["type"])
    return world.views.put(found)


def query(found: View) -> Query:
    """The tasks of a view as a query; its filters are applied by `keeps`."""
    scope = _SCOPES.get(found.parent_type)
    filters = found.body.get("filters") or {}
    named: Json = {scope: (found.parent_id,)} if scope else {}
    archived = ("archived", "EQ") in [
        (one.get("field"), one.get("op", "EQ")) for one in filters.get("fields") or []
    ]
    return Query(**named, include_closed=bool(filters.get("show_closed")), archived=archived)


def keeps(found: View, task: Task) -> bool:
    """Whether the view's filters let a task through."""
    filters = found.body.get("filters") or {}
    tests = [_test(one, task) for one in filters.get("fields") or []]
    if str(filters.get("search") or "").lower() not in task.name.lower():
        return False
    combine = any if filters.get("op") == "OR" else all
    return combine(tests) if tests else True


def _checked(body: Json) -> Json:
    if not body.get("name") or body.get("type") not in TYPES:
        raise bad_input("View name or type invalid")
    # Measured live: `false` here is refused with a bare 400.
    if record(body, "divide").get("collapsed") is False:
        raise bad_input()
    records(record(body, "filters"), "fields")
    return {key: value for key, value in body.items() if key != "parent"}


def _test(one: Json, task: Task) -> bool:
    if one.get("field") == "archived":  # Its values are ignored.
        return task.archived == (str(one.get("op", "EQ")) == "EQ")
    have, wanted = _have(str(one.get("field")), task), _values(one.get("values"))
    among = not have.isdisjoint(wanted)
    results = {
        "EQ": among,
        "ANY": among,
        "NOT": not among,
        "NOT ANY": not among,
        "ALL": wanted <= have,
        "NOT ALL": not wanted <= have,
    }
    operator = str(one.get("op", "EQ"))
    if operator not in results:
        raise NotModelled(f"view filter operator {operator}")
    return results[operator]


def _have(field: str, task: Task) -> set[str]:
    readers: dict[str, list[Any]] = {
        "status": [task.status],
        # -1 stands for "no priority".
        "priority": [-1 if task.priority is None else task.priority],
        "assignee": list(task.assignees),
        "tag": list(task.tags),
    }
    if field.startswith("cf_"):
        return _field_values(task.values.get(field.removeprefix("cf_")))
    if field not in readers:
        raise NotModelled(f"view filter on {field}")
    return {str(one).lower() for one in readers[field]}


def _field_values(value: object) -> set[str]:
    listed = value if isinstance(value, list) else [value]
    return {str(one).lower() for one in listed if one is not None}


def _values(values: object) -> set[str]:
    listed = values if isinstance(values, list) else [values]
    return {str(one).lower() for one in listed}
