"""Attachments of tasks: v2 upload, v3 upload and listing."""

from flask import Blueprint, Response, request
from werkzeug.datastructures import FileStorage

from clickup_mlops.sandbox.arguments import task_named
from clickup_mlops.sandbox.edge import actor, answer, world
from clickup_mlops.sandbox.paging import cursor_page
from clickup_mlops.sandbox.state import attachments, tasks
from clickup_mlops.sandbox.state.model import Json, Task
from clickup_mlops.sandbox.state.refusal import NotModelled, bad_input
from clickup_mlops.sandbox.wire.attachments import listed, uploaded

ROUTES = Blueprint("attachments", __name__)

_V3 = "/api/v3/workspaces/<workspace_id>/<entity_type>/<entity_id>/attachments"


def _file() -> FileStorage:
    for name, file in request.files.items():
        if name.partition("[")[0] in ("attachment", "filename", "file"):
            return file
    raise bad_input("No attachment in the form")


def _add(task: Task) -> Json:
    file = _file()
    size = len(file.stream.read())
    name = file.filename or request.form.get("filename", "file")
    return attachments.add(world(), actor(), task, filename=name, size=size, mimetype=file.mimetype)


def _entity(entity_type: str, entity_id: str) -> Task:
    # A file for a custom field hangs on a task all the same once the field is set.
    if entity_type not in ("tasks", "attachments"):
        raise NotModelled(f"attachments of {entity_type}")
    return tasks.get(world(), entity_id)


@ROUTES.post("/api/v2/task/<task_id>/attachment")
def upload(task_id: str) -> Response:
    """Attach a file: multipart, in a part named `attachment`."""
    return answer(uploaded(_add(task_named(task_id))))


@ROUTES.post(_V3)
def upload_v3(workspace_id: str, entity_type: str, entity_id: str) -> Response:
    """Attach a file (v3)."""
    return answer(listed(_add(_entity(entity_type, entity_id))))


@ROUTES.get(_V3)
def of_entity(workspace_id: str, entity_type: str, entity_id: str) -> Response:
    """The attachments of an entity (v3)."""
    page, following = cursor_page(_entity(entity_type, entity_id).attachments)
    return answer({"data": [listed(one) for one in page], "next_cursor": following})
