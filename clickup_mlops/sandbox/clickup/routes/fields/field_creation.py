"""The undocumented creation of custom fields, behind a switch; see `state.field_creation`."""

from collections.abc import Callable

from flask import Blueprint, Response

from clickup_mlops.sandbox.clickup.edge import answer, get_actor, get_world, read_body
from clickup_mlops.sandbox.clickup.state.fields import field_creation
from clickup_mlops.sandbox.clickup.state.hierarchy import places
from clickup_mlops.sandbox.clickup.wire import fields as wire

ROUTES = Blueprint("field_creation", __name__)


def _create_field(level: str, place: Callable[[], str]) -> Response:
    # Where the call does not exist, it does not say whether the place does.
    field_creation.check_switch(get_world())
    if get_world().field_creation == "forbidden":
        return answer({"err": "You do not have permission", "ECODE": "ACCESS_083"}, 403)
    field = field_creation.create(get_world(), get_actor(), level, place(), read_body())
    return answer({"field": wire.format_field(field)})


@ROUTES.post("/api/v2/list/<list_id>/field")
def create_in_list(list_id: str) -> Response:
    """A new field of a List."""
    return _create_field("list", lambda: places.get_list(get_world(), list_id).id)


@ROUTES.post("/api/v2/space/<space_id>/field")
def create_in_space(space_id: str) -> Response:
    """A new field of a Space."""
    return _create_field("space", lambda: places.get_space(get_world(), space_id).id)


@ROUTES.post("/api/v2/team/<team_id>/field")
def create_in_team(team_id: str) -> Response:
    """A new field of the Workspace."""
    return _create_field("team", lambda: places.get_team(get_world(), team_id).id)
