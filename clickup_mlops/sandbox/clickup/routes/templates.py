"""Templates: listing them and making tasks, Lists and Folders from them."""

from flask import Blueprint, Response

from clickup_mlops.sandbox.clickup.arguments import number
from clickup_mlops.sandbox.clickup.edge import actor, answer, body, template_refusals, world
from clickup_mlops.sandbox.clickup.state.hierarchy import places
from clickup_mlops.sandbox.clickup.state.templates import templates
from clickup_mlops.sandbox.clickup.wire import places as wire
from clickup_mlops.sandbox.clickup.wire import tasks as task_wire

ROUTES = Blueprint("templates", __name__)
template_refusals(ROUTES)


def _listed(team_id: str, kind: str, start: int = 0, count: int = 10_000) -> Response:
    found = templates.of_team(world(), team_id, kind)[start : start + count]
    return answer({"templates": [{"name": one.name, "id": one.id} for one in found]})


@ROUTES.get("/api/v2/team/<team_id>/taskTemplate")
def of_tasks(team_id: str) -> Response:
    """A page of the task templates."""
    return _listed(team_id, "task", number("page", 0) * templates.PAGE, templates.PAGE)


@ROUTES.get("/api/v2/team/<team_id>/list_template")
def of_lists(team_id: str) -> Response:
    """The List templates."""
    return _listed(team_id, "list")


@ROUTES.get("/api/v2/team/<team_id>/folder_template")
def of_folders(team_id: str) -> Response:
    """The Folder templates."""
    return _listed(team_id, "folder")


@ROUTES.post("/api/v2/list/<list_id>/taskTemplate/<template_id>")
def make_task(list_id: str, template_id: str) -> Response:
    """A task from a template."""
    there = places.task_list(world(), list_id)
    made = templates.make_task(world(), actor(), there, template_id, body())
    return answer({"id": made.id, "task": task_wire.shown(world(), made)})


@ROUTES.post("/api/v2/folder/<folder_id>/list_template/<template_id>")
def make_list_in_folder(folder_id: str, template_id: str) -> Response:
    """A List in a Folder from a template."""
    there = places.folder(world(), folder_id)
    made = templates.make_list(world(), actor(), there, template_id, body())
    return answer({"id": made.id, "list": wire.task_list(world(), made)})


@ROUTES.post("/api/v2/space/<space_id>/list_template/<template_id>")
def make_list_in_space(space_id: str, template_id: str) -> Response:
    """A List straight in a Space from a template."""
    there = places.space(world(), space_id)
    made = templates.make_list(world(), actor(), there, template_id, body())
    return answer({"id": made.id, "list": wire.task_list(world(), made)})


@ROUTES.post("/api/v2/space/<space_id>/folder_template/<template_id>")
def make_folder(space_id: str, template_id: str) -> Response:
    """A Folder from a template; its outer id is a number."""
    there = places.space(world(), space_id)
    made = templates.make_folder(world(), actor(), there, template_id, body())
    return answer({"id": int(made.id), "folder": wire.folder(world(), made)})
