"""Folders of a Space, and those in the trash."""

from functools import partial

from flask import Blueprint, Response, request

from clickup_mlops.sandbox.clickup.edge import answer, get_actor, get_world, read_body
from clickup_mlops.sandbox.clickup.state import access
from clickup_mlops.sandbox.clickup.state.hierarchy import places, trash
from clickup_mlops.sandbox.clickup.wire import places as wire
from clickup_mlops.sandbox.clickup.wire.basics import is_true

ROUTES = Blueprint("folders", __name__)


@ROUTES.get("/api/v2/space/<space_id>/folder")
def list_folders(space_id: str) -> Response:
    """The Folders of a Space."""
    places.get_space(get_world(), space_id)
    folders = places.list_folders(get_world(), space_id, is_true(request.args.get("archived")))
    level = partial(access.get_permission_level, get_world(), get_actor())
    return answer(
        {
            "folders": [
                wire.format_folder(get_world(), folder, level=level)
                for folder in folders
                if level(folder)
            ]
        }
    )


@ROUTES.post("/api/v2/space/<space_id>/folder")
def create(space_id: str) -> Response:
    """Create a Folder, or a subfolder if `parent_folder_id` is given."""
    folder = places.create_folder(
        get_world(), get_actor(), places.get_space(get_world(), space_id), read_body()
    )
    return answer(wire.format_folder(get_world(), folder, lists=False))


@ROUTES.get("/api/v2/folder/<folder_id>")
def get(folder_id: str) -> Response:
    """One Folder with its Lists."""
    if folder_id not in get_world().folders and (trashed := trash.get(get_world(), folder_id)):
        return answer(trashed)
    subfolders = is_true(request.args.get("include_subfolders"))
    folder = places.get_folder(get_world(), folder_id)
    level = partial(access.get_permission_level, get_world(), get_actor())
    return answer(wire.format_folder(get_world(), folder, subfolders=subfolders, level=level))


@ROUTES.put("/api/v2/folder/<folder_id>")
def update(folder_id: str) -> Response:
    """Rename a Folder; every other key is ignored."""
    folder = places.get_folder(get_world(), folder_id)
    changed = places.update_folder(get_world(), get_actor(), folder, read_body())
    return answer(wire.format_folder(get_world(), changed, lists=False))


@ROUTES.delete("/api/v2/folder/<folder_id>")
def delete(folder_id: str) -> Response:
    """Delete a Folder with its Lists."""
    folder = places.get_folder(get_world(), folder_id)
    trash.add(get_world(), wire.format_folder(get_world(), folder))
    places.delete_folder(get_world(), get_actor(), folder)
    return answer({})
