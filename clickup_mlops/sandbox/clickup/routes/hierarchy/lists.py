"""Lists, in Folders and straight in Spaces."""

from functools import partial

from flask import Blueprint, Response, request

from clickup_mlops.sandbox.clickup.edge import answer, get_actor, get_world, read_body
from clickup_mlops.sandbox.clickup.state import access
from clickup_mlops.sandbox.clickup.state.hierarchy import places, trash
from clickup_mlops.sandbox.clickup.state.tasks import relations, tasks
from clickup_mlops.sandbox.clickup.wire import places as wire
from clickup_mlops.sandbox.clickup.wire.basics import is_true

ROUTES = Blueprint("lists", __name__)


@ROUTES.get("/api/v2/folder/<folder_id>/list")
def list_in_folder(folder_id: str) -> Response:
    """The Lists of a Folder."""
    places.get_folder(get_world(), folder_id)
    task_lists = places.list_lists(get_world(), folder_id, is_true(request.args.get("archived")))
    level = partial(access.get_permission_level, get_world(), get_actor())
    return answer(
        {
            "lists": [
                wire.format_list(get_world(), task_list, level=level)
                for task_list in task_lists
                if level(task_list)
            ]
        }
    )


@ROUTES.get("/api/v2/space/<space_id>/list")
def list_in_space(space_id: str) -> Response:
    """The Lists that are directly in a Space."""
    places.get_space(get_world(), space_id)
    archived = is_true(request.args.get("archived"))
    task_lists = places.list_folderless_lists(get_world(), space_id, archived)
    level = partial(access.get_permission_level, get_world(), get_actor())
    return answer(
        {
            "lists": [
                wire.format_list(get_world(), task_list, level=level)
                for task_list in task_lists
                if level(task_list)
            ]
        }
    )


@ROUTES.post("/api/v2/folder/<folder_id>/list")
def create_in_folder(folder_id: str) -> Response:
    """A new List in a Folder."""
    task_list = places.create_list(
        get_world(), get_actor(), places.get_folder(get_world(), folder_id), read_body()
    )
    return answer(wire.format_list(get_world(), task_list))


@ROUTES.post("/api/v2/space/<space_id>/list")
def create_in_space(space_id: str) -> Response:
    """A new List straight in a Space."""
    task_list = places.create_list(
        get_world(), get_actor(), places.get_space(get_world(), space_id), read_body()
    )
    return answer(wire.format_list(get_world(), task_list))


@ROUTES.get("/api/v2/list/<list_id>")
def get(list_id: str) -> Response:
    """One List; a deleted one is still answered, with `deleted: true`."""
    if list_id not in get_world().lists and (trashed := trash.get(get_world(), list_id)):
        return answer(trashed)
    task_list = places.get_list(get_world(), list_id)
    level = partial(access.get_permission_level, get_world(), get_actor())
    return answer(wire.format_list(get_world(), task_list, level=level))


@ROUTES.put("/api/v2/list/<list_id>")
def update(list_id: str) -> Response:
    """Change the named keys of a List; `folder_id` is ignored."""
    task_list = places.get_list(get_world(), list_id)
    return answer(
        wire.format_list(
            get_world(), places.update_list(get_world(), get_actor(), task_list, read_body())
        )
    )


@ROUTES.delete("/api/v2/list/<list_id>")
def delete(list_id: str) -> Response:
    """Delete a List with its tasks."""
    task_list = places.get_list(get_world(), list_id)
    trash.add(get_world(), wire.format_list(get_world(), task_list))
    places.delete_list(get_world(), get_actor(), task_list)
    return answer({})


@ROUTES.post("/api/v2/list/<list_id>/task/<task_id>")
def add_task(list_id: str, task_id: str) -> Response:
    """Show a task in one more List."""
    relations.add_to_list(
        get_world(), tasks.get(get_world(), task_id), places.get_list(get_world(), list_id)
    )
    return answer({})


@ROUTES.delete("/api/v2/list/<list_id>/task/<task_id>")
def remove_task(list_id: str, task_id: str) -> Response:
    """Take a task out of a List that is not its home."""
    task_list = places.get_list(get_world(), list_id)
    relations.remove_from_list(get_world(), tasks.get(get_world(), task_id), task_list)
    return answer({})
