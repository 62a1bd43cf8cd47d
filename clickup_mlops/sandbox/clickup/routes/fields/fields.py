"""Custom fields: reading definitions, setting and removing values. Nothing creates a definition."""

from flask import Blueprint, Response, request

from clickup_mlops.sandbox.clickup.arguments import find_task
from clickup_mlops.sandbox.clickup.edge import answer, get_actor, get_world, read_body
from clickup_mlops.sandbox.clickup.state.fields import fields
from clickup_mlops.sandbox.clickup.state.hierarchy import places
from clickup_mlops.sandbox.clickup.state.model import Field
from clickup_mlops.sandbox.clickup.state.tasks import task_values
from clickup_mlops.sandbox.clickup.wire import fields as wire
from clickup_mlops.sandbox.clickup.wire.basics import is_true

ROUTES = Blueprint("fields", __name__)


def _answer_fields(definitions: list[Field]) -> Response:
    scoped = is_true(request.args.get("include_applied_objects"))
    return answer({"fields": [wire.format_field(field, scoped) for field in definitions]})


@ROUTES.get("/api/v2/list/<list_id>/field")
def list_of_list(list_id: str) -> Response:
    """The fields that a List's tasks have, inherited ones included."""
    return _answer_fields(
        fields.get_list_fields(get_world(), places.get_list(get_world(), list_id))
    )


@ROUTES.get("/api/v2/folder/<folder_id>/field")
def list_of_folder(folder_id: str) -> Response:
    """The fields created at this Folder."""
    return _answer_fields(
        fields.get_level_fields(get_world(), "folder", places.get_folder(get_world(), folder_id).id)
    )


@ROUTES.get("/api/v2/space/<space_id>/field")
def list_of_space(space_id: str) -> Response:
    """The fields created at this Space."""
    return _answer_fields(
        fields.get_level_fields(get_world(), "space", places.get_space(get_world(), space_id).id)
    )


@ROUTES.get("/api/v2/team/<team_id>/field")
def list_of_team(team_id: str) -> Response:
    """The fields created at the Workspace."""
    return _answer_fields(fields.get_level_fields(get_world(), "team", team_id))


@ROUTES.post("/api/v2/task/<task_id>/field/<field_id>")
def set_value(task_id: str, field_id: str) -> Response:
    """Write a value. On a deleted task: 200, and nothing happens (measured live)."""
    if task_id not in get_world().deleted_tasks:
        task_values.set_field(get_world(), get_actor(), find_task(task_id), field_id, read_body())
    return answer({})


@ROUTES.delete("/api/v2/task/<task_id>/field/<field_id>")
def remove_value(task_id: str, field_id: str) -> Response:
    """Remove a value. On a deleted task: 200, and nothing happens."""
    if task_id not in get_world().deleted_tasks:
        task_values.clear_field(get_world(), get_actor(), find_task(task_id), field_id)
    return answer({})
