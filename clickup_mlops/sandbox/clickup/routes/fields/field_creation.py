"""The undocumented creation of custom fields, behind a switch; see `state.field_creation`."""

from collections.abc import Callable

from flask import Blueprint, Response

from clickup_mlops.sandbox.clickup.edge import actor, answer, body, world
from clickup_mlops.sandbox.clickup.state.fields import field_creation
from clickup_mlops.sandbox.clickup.state.hierarchy import places
from clickup_mlops.sandbox.clickup.wire import fields as wire

ROUTES = Blueprint("field_creation", __name__)


def _created(level: str, place: Callable[[], str]) -> Response:
    # Where the call does not exist, it does not say whether the place does.
    field_creation.gate(world())
    if world().field_creation == "forbidden":
        return answer({"err": "You do not have permission", "ECODE": "ACCESS_083"}, 403)
    made = field_creation.create(world(), actor(), level, place(), body())
    return answer({"field": wire.definition(made)})


@ROUTES.post("/api/v2/list/<list_id>/field")
def in_list(list_id: str) -> Response:
    """A new field of a List."""
    return _created("list", lambda: places.task_list(world(), list_id).id)


@ROUTES.post("/api/v2/space/<space_id>/field")
def in_space(space_id: str) -> Response:
    """A new field of a Space."""
    return _created("space", lambda: places.space(world(), space_id).id)


@ROUTES.post("/api/v2/team/<team_id>/field")
def in_team(team_id: str) -> Response:
    """A new field of the Workspace."""
    return _created("team", lambda: places.team(world(), team_id).id)
