"""Folders."""

from functools import partial

from flask import Blueprint, Response, request

from clickup_mlops.sandbox.clickup.edge import actor, answer, body, world
from clickup_mlops.sandbox.clickup.state import access
from clickup_mlops.sandbox.clickup.state.hierarchy import places, trash
from clickup_mlops.sandbox.clickup.wire import places as wire
from clickup_mlops.sandbox.clickup.wire.basics import wanted

ROUTES = Blueprint("folders", __name__)


@ROUTES.get("/api/v2/space/<space_id>/folder")
def listed(space_id: str) -> Response:
    """The Folders of a Space."""
    places.space(world(), space_id)
    found = places.folders_of(world(), space_id, wanted(request.args.get("archived")))
    level = partial(access.level, world(), actor())
    return answer({"folders": [wire.folder(world(), one, level=level) for one in found]})


@ROUTES.post("/api/v2/space/<space_id>/folder")
def create(space_id: str) -> Response:
    """A new Folder."""
    made = places.create_folder(world(), actor(), places.space(world(), space_id), body())
    return answer(wire.folder(world(), made, lists=False))


@ROUTES.get("/api/v2/folder/<folder_id>")
def get(folder_id: str) -> Response:
    """One Folder with its Lists."""
    if folder_id not in world().folders and (trashed := trash.get(world(), folder_id)):
        return answer(trashed)
    subfolders = wanted(request.args.get("include_subfolders"))
    found = places.folder(world(), folder_id)
    level = partial(access.level, world(), actor())
    return answer(wire.folder(world(), found, subfolders=subfolders, level=level))


@ROUTES.put("/api/v2/folder/<folder_id>")
def update(folder_id: str) -> Response:
    """Rename a Folder."""
    found = places.folder(world(), folder_id)
    changed = places.update_folder(world(), actor(), found, body())
    return answer(wire.folder(world(), changed, lists=False))


@ROUTES.delete("/api/v2/folder/<folder_id>")
def delete(folder_id: str) -> Response:
    """Delete a Folder with its Lists."""
    found = places.folder(world(), folder_id)
    trash.put(world(), wire.folder(world(), found))
    places.delete_folder(world(), actor(), found)
    return answer({})
