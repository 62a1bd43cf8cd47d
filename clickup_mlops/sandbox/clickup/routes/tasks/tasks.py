"""Tasks: one, many, and what belongs to one."""

from flask import Blueprint, Response, request

from clickup_mlops.sandbox.clickup.arguments import number, query, task_named
from clickup_mlops.sandbox.clickup.edge import actor, answer, body, services, world
from clickup_mlops.sandbox.clickup.state.hierarchy import places
from clickup_mlops.sandbox.clickup.state.tasks import relations, tasks
from clickup_mlops.sandbox.clickup.state.templates import templates
from clickup_mlops.sandbox.clickup.wire import tasks as wire
from clickup_mlops.sandbox.clickup.wire.basics import wanted

ROUTES = Blueprint("tasks", __name__)


@ROUTES.get("/api/v2/list/<list_id>/task")
def in_list(list_id: str) -> Response:
    """A page of a List's tasks."""
    there = places.task_list(world(), list_id)
    return _page(world().team_of(there), {"list_ids": (list_id,)})


@ROUTES.get("/api/v2/team/<team_id>/task")
def in_team(team_id: str) -> Response:
    """A page of a Workspace's tasks."""
    return _page(team_id, {})


def _page(team_id: str, scope: dict[str, tuple[str, ...]]) -> Response:
    found, last = services().search.page(team_id, query(**scope), number("page", 0))
    markdown = wanted(request.args.get("include_markdown_description"))
    return answer(services().bytes.page(found, last, markdown=markdown))


@ROUTES.post("/api/v2/list/<list_id>/task")
def create(list_id: str) -> Response:
    """A new task."""
    there, asked = places.task_list(world(), list_id), body()
    # Not documented; people use it to start from a template and say what differs.
    if template_id := asked.pop("template_id", None):
        made = templates.make_task(world(), actor(), there, str(template_id), asked)
    else:
        made = tasks.create(world(), actor(), there, asked)
    return answer(wire.shown(world(), made))


@ROUTES.get("/api/v2/task/<task_id>")
def get(task_id: str) -> Response:
    """One task."""
    markdown = wanted(request.args.get("include_markdown_description"))
    children = wanted(request.args.get("include_subtasks"))
    return answer(wire.one(world(), task_named(task_id), markdown=markdown, children=children))


@ROUTES.put("/api/v2/task/<task_id>")
def update(task_id: str) -> Response:
    """Change a task."""
    changed = tasks.update(world(), actor(), task_named(task_id), body())
    return answer(wire.one(world(), changed))


@ROUTES.delete("/api/v2/task/<task_id>")
def delete(task_id: str) -> Response:
    """Delete a task; 204 without a body."""
    relations.delete(world(), actor(), task_named(task_id))
    return Response(status=204)


@ROUTES.put("/api/v3/workspaces/<workspace_id>/tasks/<task_id>/home_list/<list_id>")
def move(workspace_id: str, task_id: str, list_id: str) -> Response:
    """Give a task another home List."""
    there = places.task_list(world(), list_id)
    tasks.move(world(), actor(), tasks.get(world(), task_id), there, body())
    return answer({"data": {"task_id": task_id, "new_list_id": list_id}})
