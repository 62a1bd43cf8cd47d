"""Attachments: names and sizes are kept, the bytes are thrown away. The API cannot delete one."""

from pathlib import PurePosixPath

from clickup_mlops.sandbox.state.events import Change, user_stub
from clickup_mlops.sandbox.state.model import Json, Task, User
from clickup_mlops.sandbox.state.telling import tell
from clickup_mlops.sandbox.state.world import World

MAX_BYTES = 1024**3
"""One gigabyte per file."""


def add(world: World, actor: User, task: Task, *, filename: str, size: int, mimetype: str) -> Json:
    """Attach a file to a task."""
    extension = PurePosixPath(filename).suffix.lstrip(".") or "bin"
    file_id = f"{world.ids.uuid('attachment')}.{extension}"
    url = f"https://t{world.place(task).team_id}.p.clickup-attachments.com/{file_id}/{filename}"
    now = world.now_ms()
    made: Json = {
        "id": file_id,
        "date": str(now),
        "title": filename,
        "type": 1,
        "source": 1,
        "version": 0,
        "extension": extension,
        "thumbnail_small": url,
        "thumbnail_medium": url,
        "thumbnail_large": url,
        "is_folder": None,
        "mimetype": mimetype,
        "hidden": False,
        "parent_id": task.id,
        "size": size,
        "total_comments": 0,
        "resolved_comments": 0,
        "user": user_stub(actor),
        "deleted": False,
        "orientation": None,
        "url": url,
        "email_data": None,
        "url_w_query": f"{url}?view=open",
        "url_w_host": url,
    }
    task.attachments.append(made)
    tell(world, actor, task, Change("attachments", None, [made["title"]]))
    return made
