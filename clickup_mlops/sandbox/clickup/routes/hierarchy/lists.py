"""Lists, in Folders and straight in Spaces."""

from functools import partial

from flask import Blueprint, Response, request

from clickup_mlops.sandbox.clickup.edge import actor, answer, body, world
from clickup_mlops.sandbox.clickup.state import access
from clickup_mlops.sandbox.clickup.state.hierarchy import places, trash
from clickup_mlops.sandbox.clickup.state.tasks import relations, tasks
from clickup_mlops.sandbox.clickup.wire import places as wire
from clickup_mlops.sandbox.clickup.wire.basics import wanted

ROUTES = Blueprint("lists", __name__)


@ROUTES.get("/api/v2/folder/<folder_id>/list")
def in_folder(folder_id: str) -> Response:
    """The Lists of a Folder."""
    places.folder(world(), folder_id)
    found = places.lists_of(world(), folder_id, wanted(request.args.get("archived")))
    level = partial(access.level, world(), actor())
    return answer({"lists": [wire.task_list(world(), one, level=level) for one in found]})


@ROUTES.get("/api/v2/space/<space_id>/list")
def in_space(space_id: str) -> Response:
    """The Lists that are directly in a Space."""
    places.space(world(), space_id)
    archived = wanted(request.args.get("archived"))
    found = places.folderless_lists_of(world(), space_id, archived)
    level = partial(access.level, world(), actor())
    return answer({"lists": [wire.task_list(world(), one, level=level) for one in found]})


@ROUTES.post("/api/v2/folder/<folder_id>/list")
def create_in_folder(folder_id: str) -> Response:
    """A new List in a Folder."""
    made = places.create_list(world(), actor(), places.folder(world(), folder_id), body())
    return answer(wire.task_list(world(), made))


@ROUTES.post("/api/v2/space/<space_id>/list")
def create_in_space(space_id: str) -> Response:
    """A new List straight in a Space."""
    made = places.create_list(world(), actor(), places.space(world(), space_id), body())
    return answer(wire.task_list(world(), made))


@ROUTES.get("/api/v2/list/<list_id>")
def get(list_id: str) -> Response:
    """One List."""
    if list_id not in world().lists and (trashed := trash.get(world(), list_id)):
        return answer(trashed)
    found = places.task_list(world(), list_id)
    level = partial(access.level, world(), actor())
    return answer(wire.task_list(world(), found, level=level))


@ROUTES.put("/api/v2/list/<list_id>")
def update(list_id: str) -> Response:
    """Change a List."""
    found = places.task_list(world(), list_id)
    return answer(wire.task_list(world(), places.update_list(world(), actor(), found, body())))


@ROUTES.delete("/api/v2/list/<list_id>")
def delete(list_id: str) -> Response:
    """Delete a List with its tasks."""
    found = places.task_list(world(), list_id)
    trash.put(world(), wire.task_list(world(), found))
    places.delete_list(world(), actor(), found)
    return answer({})


@ROUTES.post("/api/v2/list/<list_id>/task/<task_id>")
def add_task(list_id: str, task_id: str) -> Response:
    """Show a task in one more List."""
    relations.add_to_list(world(), tasks.get(world(), task_id), places.task_list(world(), list_id))
    return answer({})


@ROUTES.delete("/api/v2/list/<list_id>/task/<task_id>")
def remove_task(list_id: str, task_id: str) -> Response:
    """Take a task out of a List that is not its home."""
    there = places.task_list(world(), list_id)
    relations.remove_from_list(world(), tasks.get(world(), task_id), there)
    return answer({})
