"""User groups, which ClickUp's own pages call Teams."""

from flask import Blueprint, Response, request

from clickup_mlops.sandbox.clickup.edge import answer, get_actor, get_world, read_body
from clickup_mlops.sandbox.clickup.state.people import groups
from clickup_mlops.sandbox.clickup.wire import groups as wire

ROUTES = Blueprint("groups", __name__)


@ROUTES.get("/api/v2/group")
def list_groups() -> Response:
    """The groups of a Workspace, which is named in the query."""
    ids = request.args.getlist("group_ids") + request.args.getlist("group_ids[]")
    matches = groups.list_groups(get_world(), get_actor(), request.args.get("team_id", ""), ids)
    return answer({"groups": [wire.format_group(get_world(), group) for group in matches]})


@ROUTES.post("/api/v2/team/<team_id>/group")
def create(team_id: str) -> Response:
    """Create a group; its handle is the name unless one is given."""
    return answer(
        wire.format_group(
            get_world(), groups.create(get_world(), get_actor(), team_id, read_body())
        )
    )


@ROUTES.put("/api/v2/group/<group_id>")
def update(group_id: str) -> Response:
    """Change a group; members come as `add` and `rem`."""
    group = groups.get(get_world(), get_actor(), group_id)
    groups.update(get_world(), get_actor(), group, read_body())
    return answer(wire.format_group(get_world(), group))


@ROUTES.delete("/api/v2/group/<group_id>")
def delete(group_id: str) -> Response:
    """Delete a group, also from the tasks that it is assigned to."""
    groups.delete(get_world(), get_actor(), groups.get(get_world(), get_actor(), group_id))
    return answer({})
