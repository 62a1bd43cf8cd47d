"""Spaces."""

from flask import Blueprint, Response, request

from clickup_mlops.sandbox.clickup.edge import actor, answer, body, world
from clickup_mlops.sandbox.clickup.state import access
from clickup_mlops.sandbox.clickup.state.hierarchy import places
from clickup_mlops.sandbox.clickup.wire import places as wire
from clickup_mlops.sandbox.clickup.wire.basics import wanted

ROUTES = Blueprint("spaces", __name__)


@ROUTES.get("/api/v2/team/<team_id>/space")
def listed(team_id: str) -> Response:
    """The Spaces of a Workspace."""
    archived = wanted(request.args.get("archived"))
    found = places.spaces_of(world(), team_id, archived) if access.sees_spaces(actor()) else []
    return answer({"spaces": [wire.space(world(), one) for one in found]})


@ROUTES.post("/api/v2/team/<team_id>/space")
def create(team_id: str) -> Response:
    """A new Space."""
    return answer(wire.space(world(), places.create_space(world(), actor(), team_id, body())))


@ROUTES.get("/api/v2/space/<space_id>")
def get(space_id: str) -> Response:
    """One Space."""
    return answer(wire.space(world(), places.space(world(), space_id)))


@ROUTES.put("/api/v2/space/<space_id>")
def update(space_id: str) -> Response:
    """Change a Space."""
    found = places.space(world(), space_id)
    return answer(wire.space(world(), places.update_space(world(), actor(), found, body())))


@ROUTES.delete("/api/v2/space/<space_id>")
def delete(space_id: str) -> Response:
    """Delete a Space."""
    places.delete_space(world(), actor(), places.space(world(), space_id))
    return answer({})
