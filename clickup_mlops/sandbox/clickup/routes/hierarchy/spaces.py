"""Spaces of a Workspace; guests see none."""

from flask import Blueprint, Response, request

from clickup_mlops.sandbox.clickup.edge import answer, get_actor, get_world, read_body
from clickup_mlops.sandbox.clickup.state import access
from clickup_mlops.sandbox.clickup.state.hierarchy import places
from clickup_mlops.sandbox.clickup.wire import places as wire
from clickup_mlops.sandbox.clickup.wire.basics import is_true

ROUTES = Blueprint("spaces", __name__)


@ROUTES.get("/api/v2/team/<team_id>/space")
def list_spaces(team_id: str) -> Response:
    """The Spaces of a Workspace."""
    archived = is_true(request.args.get("archived"))
    spaces = [
        space
        for space in places.list_spaces(get_world(), team_id, archived)
        if access.sees(get_world(), get_actor(), space)
    ]
    return answer({"spaces": [wire.format_space(get_world(), space) for space in spaces]})


@ROUTES.post("/api/v2/team/<team_id>/space")
def create(team_id: str) -> Response:
    """Create a Space with the default statuses."""
    return answer(
        wire.format_space(
            get_world(), places.create_space(get_world(), get_actor(), team_id, read_body())
        )
    )


@ROUTES.get("/api/v2/space/<space_id>")
def get(space_id: str) -> Response:
    """One Space with its statuses and ClickApps."""
    return answer(wire.format_space(get_world(), places.get_space(get_world(), space_id)))


@ROUTES.put("/api/v2/space/<space_id>")
def update(space_id: str) -> Response:
    """Change the named keys of a Space; `statuses` is accepted and dropped."""
    space = places.get_space(get_world(), space_id)
    return answer(
        wire.format_space(
            get_world(), places.update_space(get_world(), get_actor(), space, read_body())
        )
    )


@ROUTES.delete("/api/v2/space/<space_id>")
def delete(space_id: str) -> Response:
    """Delete a Space and everything in it."""
    places.delete_space(get_world(), get_actor(), places.get_space(get_world(), space_id))
    return answer({})
