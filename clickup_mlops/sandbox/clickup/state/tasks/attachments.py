"""Attachments. Bytes of small files are kept, to be read again. The API cannot delete one."""

from base64 import b64decode, b64encode
from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import quote

from clickup_mlops.sandbox.clickup.state.events import Change, format_user
from clickup_mlops.sandbox.clickup.state.model import Field, JsonTable, Task, User
from clickup_mlops.sandbox.clickup.state.notifications import record_changes
from clickup_mlops.sandbox.clickup.state.refusal import bad_input, no_access
from clickup_mlops.sandbox.clickup.state.world import World

KEPT_BYTES = 1 << 20
"""Larger files have no content that could be read."""


@dataclass(frozen=True)
class File:
    """An upload. `host` is the sandbox's URL."""

    name: str
    content: bytes
    mimetype: str
    host: str


@dataclass
class StoredContent:
    """The bytes of an attachment, as Base64."""

    id: str
    base64: str


def add(world: World, actor: User, task: Task, file: File) -> JsonTable:
    """Attach a file to a task."""
    attachment = _build_attachment(world, actor, file, (world.place(task).team_id, task.id))
    task.attachments.append(attachment)
    change = Change("attachments", None, attachment["id"], extra={"attachments": [attachment]})
    record_changes(world, actor, task, change)
    return attachment


def add_to_field(world: World, actor: User, team_id: str, field: Field, file: File) -> JsonTable:
    """Upload a file for a field of type `attachment`; setting the field puts it on a task."""
    if field.type != "attachment":
        raise bad_input("The Custom Field takes no files")
    attachment = _build_attachment(world, actor, file, (team_id, field.id))
    field.files.append(attachment)
    world.fields.put(field)
    return attachment


def get_field(world: World, field_id: str) -> Field:
    """The field that files are uploaded for."""
    field = world.fields.get(field_id)
    if field is None:
        raise no_access("Custom Field")
    return field


def read(world: World, file_id: str) -> bytes | None:
    """The content of an attachment; None: there is none, or it is not kept."""
    content = world.table(StoredContent).get(file_id)
    return None if content is None else b64decode(content.base64)


def _build_attachment(world: World, actor: User, file: File, home: tuple[str, str]) -> JsonTable:
    team_id, parent_id = home
    extension = PurePosixPath(file.name).suffix.lstrip(".") or "bin"
    file_id = f"{world.ids.uuid('attachment')}.{extension}"
    # ClickUp has a host of its own for files; it asks for no token.
    url = f"{file.host}/attachments/t{team_id}/{quote(file_id)}/{quote(file.name, safe='')}"
    if len(file.content) <= KEPT_BYTES:
        content = StoredContent(file_id, b64encode(file.content).decode())
        world.table(StoredContent).put(content)
    return {
        "id": file_id,
        "date": str(world.now_ms()),
        "title": file.name,
        "type": 1,
        "source": 1,
        "version": 0,
        "extension": extension,
        "thumbnail_small": url,
        "thumbnail_medium": url,
        "thumbnail_large": url,
        "is_folder": None,
        "mimetype": file.mimetype,
        "hidden": False,
        "parent_id": parent_id,
        "size": len(file.content),
        "total_comments": 0,
        "resolved_comments": 0,
        "user": format_user(actor),
        "deleted": False,
        "orientation": None,
        "url": url,
        "email_data": None,
        "url_w_query": f"{url}?view=open",
        "url_w_host": url,
    }
