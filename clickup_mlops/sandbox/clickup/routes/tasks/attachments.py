"""Attachments of tasks and of file fields: v2 upload, v3 upload and listing."""

from flask import Blueprint, Response, request

from clickup_mlops.sandbox.clickup.arguments import find_task
from clickup_mlops.sandbox.clickup.edge import answer, get_actor, get_world
from clickup_mlops.sandbox.clickup.paging import paginate
from clickup_mlops.sandbox.clickup.state.model import Field, Task
from clickup_mlops.sandbox.clickup.state.refusal import bad_input
from clickup_mlops.sandbox.clickup.state.tasks import attachments, tasks
from clickup_mlops.sandbox.clickup.state.tasks.attachments import File
from clickup_mlops.sandbox.clickup.wire.attachments import format_attachment, format_upload

ROUTES = Blueprint("attachments", __name__)

_V3 = "/api/v3/workspaces/<workspace_id>/<entity_type>/<entity_id>/attachments"


def _read_file() -> File:
    for name, file in request.files.items():
        if name.partition("[")[0] in ("attachment", "filename", "file"):
            # v3 documents a field that overrides the file's own name.
            title = request.form.get("filename") or file.filename or "file"
            return File(title, file.stream.read(), file.mimetype, request.host_url.rstrip("/"))
    raise bad_input("No attachment in the form")


def _find_holder(entity_type: str, entity_id: str) -> tuple[Task | Field, str]:
    """What carries the files, and what v3 calls it: tasks are named `attachments` in the path."""
    if entity_type in ("tasks", "attachments"):
        return tasks.get(get_world(), entity_id), "tasks"
    if entity_type == "custom_fields":
        return attachments.get_field(get_world(), entity_id), "custom_fields"
    raise bad_input("entity_type must be attachments or custom_fields")


@ROUTES.get("/attachments/t<_team_id>/<file_id>/<_name>")
def download(_team_id: str, file_id: str, _name: str) -> Response:
    """The content, for whoever knows the address."""
    content = attachments.read(get_world(), file_id)
    if content is None:
        return Response(status=404)
    return Response(content, mimetype="application/octet-stream")


@ROUTES.post("/api/v2/task/<task_id>/attachment")
def upload(task_id: str) -> Response:
    """Attach a file: multipart, in a part named `attachment`."""
    return answer(
        format_upload(attachments.add(get_world(), get_actor(), find_task(task_id), _read_file()))
    )


@ROUTES.post(_V3)
def upload_v3(workspace_id: str, entity_type: str, entity_id: str) -> Response:
    """Attach a file to a task, or upload it for a field (v3)."""
    holder, kind = _find_holder(entity_type, entity_id)
    if isinstance(holder, Task):
        attachment = attachments.add(get_world(), get_actor(), holder, _read_file())
    else:
        attachment = attachments.add_to_field(
            get_world(), get_actor(), workspace_id, holder, _read_file()
        )
    return answer(format_attachment(attachment, kind))


@ROUTES.get(_V3)
def list_of_entity(workspace_id: str, entity_type: str, entity_id: str) -> Response:
    """The attachments of a task or a field (v3)."""
    holder, kind = _find_holder(entity_type, entity_id)
    uploads = holder.attachments if isinstance(holder, Task) else holder.files
    page, following = paginate(uploads)
    return answer(
        {
            "data": [format_attachment(attachment, kind) for attachment in page],
            "next_cursor": following,
        }
    )
