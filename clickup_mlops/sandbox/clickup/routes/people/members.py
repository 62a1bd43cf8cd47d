"""Who has access, and the Workspace's task types."""

from flask import Blueprint, Response

from clickup_mlops.sandbox.clickup.arguments import task_named
from clickup_mlops.sandbox.clickup.edge import answer, world
from clickup_mlops.sandbox.clickup.state.hierarchy import places
from clickup_mlops.sandbox.clickup.wire.places import members_of

ROUTES = Blueprint("members", __name__)


@ROUTES.get("/api/v2/list/<list_id>/member")
def of_list(list_id: str) -> Response:
    """Who has access to a List."""
    team_id = world().team_of(places.task_list(world(), list_id))
    return answer({"members": members_of(world(), team_id)})


@ROUTES.get("/api/v2/task/<task_id>/member")
def of_task(task_id: str) -> Response:
    """Who has access to a task."""
    return answer({"members": members_of(world(), world().place(task_named(task_id)).team_id)})


@ROUTES.get("/api/v2/team/<team_id>/custom_item")
def task_types(team_id: str) -> Response:
    """The custom task types; the API can only read them."""
    return answer({"custom_items": places.team(world(), team_id).custom_items})
