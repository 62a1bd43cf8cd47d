"""Tags of a Space, and on a task."""

from flask import Blueprint, Response, request

from clickup_mlops.sandbox.clickup.arguments import find_task
from clickup_mlops.sandbox.clickup.edge import answer, get_actor, get_world, read_body
from clickup_mlops.sandbox.clickup.state.hierarchy import places, tags
from clickup_mlops.sandbox.clickup.state.tasks import task_values

ROUTES = Blueprint("tags", __name__)


def _read_name(segment: str) -> str:
    """The tag of a path. A slash at its end belongs to the path, unless it was sent as `%2F`."""
    path = str(request.environ.get("REQUEST_URI", "")).partition("?")[0]
    return segment if path.upper().endswith("%2F") else segment.removesuffix("/")


@ROUTES.get("/api/v2/space/<space_id>/tag")
def list_tags(space_id: str) -> Response:
    """The tags of a Space."""
    return answer({"tags": list(places.get_space(get_world(), space_id).tags.values())})


@ROUTES.post("/api/v2/space/<space_id>/tag")
def create(space_id: str) -> Response:
    """Create a tag in a Space; its name is stored in lower case."""
    tags.create(get_world(), get_actor(), places.get_space(get_world(), space_id), read_body())
    return answer({})


@ROUTES.put("/api/v2/space/<space_id>/tag/<path:tag_name>")
def edit(space_id: str, tag_name: str) -> Response:
    """Rename or recolour a tag; the answer names its colours differently."""
    tag = tags.edit(
        get_world(), places.get_space(get_world(), space_id), _read_name(tag_name), read_body()
    )
    body = {"name": tag["name"], "fg_color": tag["tag_fg"], "bg_color": tag["tag_bg"]}
    return answer({"tag": body})


@ROUTES.delete("/api/v2/space/<space_id>/tag/<path:tag_name>")
def delete(space_id: str, tag_name: str) -> Response:
    """Remove a tag from the Space and all its tasks."""
    tags.delete(get_world(), places.get_space(get_world(), space_id), _read_name(tag_name))
    return answer({})


@ROUTES.post("/api/v2/task/<task_id>/tag/<path:tag_name>")
def add(task_id: str, tag_name: str) -> Response:
    """Put a tag on a task."""
    task_values.add_tag(get_world(), get_actor(), find_task(task_id), _read_name(tag_name))
    return answer({})


@ROUTES.delete("/api/v2/task/<task_id>/tag/<path:tag_name>")
def remove(task_id: str, tag_name: str) -> Response:
    """Take a tag off a task."""
    task_values.remove_tag(get_world(), get_actor(), find_task(task_id), _read_name(tag_name))
    return answer({})
