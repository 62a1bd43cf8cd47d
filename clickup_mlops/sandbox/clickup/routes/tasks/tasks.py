"""Tasks: one, many, and what belongs to one."""

from dataclasses import replace

from flask import Blueprint, Response, request

from clickup_mlops.sandbox.clickup.arguments import find_task, read_number, read_query
from clickup_mlops.sandbox.clickup.edge import answer, get_actor, get_services, get_world, read_body
from clickup_mlops.sandbox.clickup.state import access
from clickup_mlops.sandbox.clickup.state.hierarchy import places
from clickup_mlops.sandbox.clickup.state.tasks import relations, tasks
from clickup_mlops.sandbox.clickup.state.templates import templates
from clickup_mlops.sandbox.clickup.wire import tasks as wire
from clickup_mlops.sandbox.clickup.wire.basics import is_true

ROUTES = Blueprint("tasks", __name__)


@ROUTES.get("/api/v2/list/<list_id>/task")
def list_in_list(list_id: str) -> Response:
    """A page of a List's tasks."""
    task_list = places.get_list(get_world(), list_id)
    return _answer_page(get_world().team_of(task_list), {"list_ids": (list_id,)})


@ROUTES.get("/api/v2/team/<team_id>/task")
def list_in_team(team_id: str) -> Response:
    """A page of a Workspace's tasks."""
    return _answer_page(team_id, {})


def _answer_page(team_id: str, scope: dict[str, tuple[str, ...]]) -> Response:
    hidden = access.list_hidden(get_world(), get_actor())
    query = replace(read_query(**scope), hidden_list_ids=hidden)
    page, is_last = get_services().search.page(team_id, query, read_number("page", 0))
    markdown = is_true(request.args.get("include_markdown_description"))
    return answer(get_services().bytes.page(page, is_last, markdown=markdown))


@ROUTES.post("/api/v2/list/<list_id>/task")
def create(list_id: str) -> Response:
    """Create a task in a List."""
    task_list, values = places.get_list(get_world(), list_id), read_body()
    # Not documented; people use it to start from a template and say what differs.
    if template_id := values.pop("template_id", None):
        task = templates.make_task(get_world(), get_actor(), task_list, str(template_id), values)
    else:
        task = tasks.create(get_world(), get_actor(), task_list, values)
    return answer(wire.format_task(get_world(), task))


@ROUTES.get("/api/v2/task/<task_id>")
def get(task_id: str) -> Response:
    """One task, with attachments and, if asked for, Markdown and subtasks."""
    markdown = is_true(request.args.get("include_markdown_description"))
    children = is_true(request.args.get("include_subtasks"))
    return answer(
        wire.format_full_task(get_world(), find_task(task_id), markdown=markdown, children=children)
    )


@ROUTES.put("/api/v2/task/<task_id>")
def update(task_id: str) -> Response:
    """Change the named keys of a task; `custom_fields` and `tags` are ignored."""
    changed = tasks.update(get_world(), get_actor(), find_task(task_id), read_body())
    return answer(wire.format_full_task(get_world(), changed))


@ROUTES.delete("/api/v2/task/<task_id>")
def delete(task_id: str) -> Response:
    """Delete a task; 204 without a body."""
    relations.delete(get_world(), get_actor(), find_task(task_id))
    return Response(status=204)


@ROUTES.put("/api/v3/workspaces/<workspace_id>/tasks/<task_id>/home_list/<list_id>")
def move(workspace_id: str, task_id: str, list_id: str) -> Response:
    """Give a task another home List."""
    task_list = places.get_list(get_world(), list_id)
    tasks.move(get_world(), get_actor(), tasks.get(get_world(), task_id), task_list, read_body())
    return answer({"data": {"task_id": task_id, "new_list_id": list_id}})
