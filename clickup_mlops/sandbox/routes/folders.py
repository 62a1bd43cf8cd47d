"""Folders."""

from flask import Blueprint, Response, request

from clickup_mlops.sandbox.edge import actor, answer, body, world
from clickup_mlops.sandbox.state import access, places
from clickup_mlops.sandbox.wire import places as wire
from clickup_mlops.sandbox.wire.basics import wanted

ROUTES = Blueprint("folders", __name__)


@ROUTES.get("/api/v2/space/<space_id>/folder")
def listed(space_id: str) -> Response:
    """The Folders of a Space."""
    places.space(world(), space_id)
    found = places.folders_of(world(), space_id, wanted(request.args.get("archived")))
    return answer({"folders": [wire.folder(world(), one) for one in found]})


@ROUTES.post("/api/v2/space/<space_id>/folder")
def create(space_id: str) -> Response:
    """A new Folder."""
    made = places.create_folder(world(), actor(), places.space(world(), space_id), body())
    return answer(wire.folder(world(), made, lists=False))


@ROUTES.get("/api/v2/folder/<folder_id>")
def get(folder_id: str) -> Response:
    """One Folder with its Lists."""
    subfolders = wanted(request.args.get("include_subfolders"))
    found = places.folder(world(), folder_id)
    level = access.level(world(), actor(), found)
    return answer(wire.folder(world(), found, subfolders=subfolders) | {"permission_level": level})


@ROUTES.put("/api/v2/folder/<folder_id>")
def update(folder_id: str) -> Response:
    """Rename a Folder."""
    found = places.folder(world(), folder_id)
    changed = places.update_folder(world(), actor(), found, body())
    return answer(wire.folder(world(), changed, lists=False))


@ROUTES.delete("/api/v2/folder/<folder_id>")
def delete(folder_id: str) -> Response:
    """Delete a Folder with its Lists."""
    places.delete_folder(world(), actor(), places.folder(world(), folder_id))
    return answer({})
