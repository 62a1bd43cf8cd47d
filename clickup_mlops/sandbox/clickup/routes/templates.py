"""Templates: listing them and making tasks, Lists and Folders from them."""

from flask import Blueprint, Response

from clickup_mlops.sandbox.clickup.arguments import read_number
from clickup_mlops.sandbox.clickup.edge import (
    answer,
    get_actor,
    get_world,
    install_template_refusals,
    read_body,
)
from clickup_mlops.sandbox.clickup.state.hierarchy import places
from clickup_mlops.sandbox.clickup.state.templates import templates
from clickup_mlops.sandbox.clickup.wire import places as wire
from clickup_mlops.sandbox.clickup.wire import tasks as task_wire

ROUTES = Blueprint("templates", __name__)
install_template_refusals(ROUTES)


def _answer_templates(team_id: str, kind: str, start: int = 0, count: int = 10_000) -> Response:
    page = templates.list_templates(get_world(), team_id, kind)[start : start + count]
    return answer({"templates": [{"name": template.name, "id": template.id} for template in page]})


@ROUTES.get("/api/v2/team/<team_id>/taskTemplate")
def list_task_templates(team_id: str) -> Response:
    """A page of the task templates."""
    return _answer_templates(
        team_id, "task", read_number("page", 0) * templates.PAGE, templates.PAGE
    )


@ROUTES.get("/api/v2/team/<team_id>/list_template")
def list_list_templates(team_id: str) -> Response:
    """Names and ids of the List templates; not paged."""
    return _answer_templates(team_id, "list")


@ROUTES.get("/api/v2/team/<team_id>/folder_template")
def list_folder_templates(team_id: str) -> Response:
    """Names and ids of the Folder templates; not paged."""
    return _answer_templates(team_id, "folder")


@ROUTES.post("/api/v2/list/<list_id>/taskTemplate/<template_id>")
def make_task(list_id: str, template_id: str) -> Response:
    """A task from a template."""
    task_list = places.get_list(get_world(), list_id)
    task = templates.make_task(get_world(), get_actor(), task_list, template_id, read_body())
    return answer({"id": task.id, "task": task_wire.format_task(get_world(), task)})


@ROUTES.post("/api/v2/folder/<folder_id>/list_template/<template_id>")
def make_list_in_folder(folder_id: str, template_id: str) -> Response:
    """A List in a Folder from a template."""
    folder = places.get_folder(get_world(), folder_id)
    task_list = templates.make_list(get_world(), get_actor(), folder, template_id, read_body())
    return answer({"id": task_list.id, "list": wire.format_list(get_world(), task_list)})


@ROUTES.post("/api/v2/space/<space_id>/list_template/<template_id>")
def make_list_in_space(space_id: str, template_id: str) -> Response:
    """A List straight in a Space from a template."""
    space = places.get_space(get_world(), space_id)
    task_list = templates.make_list(get_world(), get_actor(), space, template_id, read_body())
    return answer({"id": task_list.id, "list": wire.format_list(get_world(), task_list)})


@ROUTES.post("/api/v2/space/<space_id>/folder_template/<template_id>")
def make_folder(space_id: str, template_id: str) -> Response:
    """A Folder from a template; its outer id is a number."""
    space = places.get_space(get_world(), space_id)
    folder = templates.make_folder(get_world(), get_actor(), space, template_id, read_body())
    return answer({"id": int(folder.id), "folder": wire.format_folder(get_world(), folder)})
