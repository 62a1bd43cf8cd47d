"""Who has access, and the Workspace's task types."""

from flask import Blueprint, Response

from clickup_mlops.sandbox.clickup.arguments import find_task
from clickup_mlops.sandbox.clickup.edge import answer, get_world
from clickup_mlops.sandbox.clickup.state.hierarchy import places
from clickup_mlops.sandbox.clickup.wire.places import format_members

ROUTES = Blueprint("members", __name__)


@ROUTES.get("/api/v2/list/<list_id>/member")
def list_members_of_list(list_id: str) -> Response:
    """Who has access to a List."""
    team_id = get_world().team_of(places.get_list(get_world(), list_id))
    return answer({"members": format_members(get_world(), team_id)})


@ROUTES.get("/api/v2/task/<task_id>/member")
def list_members_of_task(task_id: str) -> Response:
    """Who has access to a task."""
    return answer(
        {"members": format_members(get_world(), get_world().place(find_task(task_id)).team_id)}
    )


@ROUTES.get("/api/v2/team/<team_id>/custom_item")
def list_task_types(team_id: str) -> Response:
    """The custom task types; the API can only read them."""
    return answer({"custom_items": places.get_team(get_world(), team_id).custom_items})
