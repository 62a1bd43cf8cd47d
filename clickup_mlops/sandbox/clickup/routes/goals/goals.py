"""Goals of a Workspace; their targets are in `key_results`."""

from flask import Blueprint, Response, request

from clickup_mlops.sandbox.clickup.edge import answer, get_actor, get_world, read_body
from clickup_mlops.sandbox.clickup.state.goals import goals, key_results
from clickup_mlops.sandbox.clickup.wire import goals as wire
from clickup_mlops.sandbox.clickup.wire.basics import is_true

ROUTES = Blueprint("goals", __name__)


@ROUTES.get("/api/v2/team/<team_id>/goal")
def list_goals(team_id: str) -> Response:
    """The goals of a Workspace; completed ones if asked for."""
    visible = [
        wire.format_listed_goal(get_world(), goal)
        for goal in goals.list_goals(get_world(), get_actor(), team_id)
    ]
    if not is_true(request.args.get("include_completed")):
        visible = [goal for goal in visible if goal["percent_completed"] < 100]
    return answer({"goals": visible, "folders": []})


@ROUTES.post("/api/v2/team/<team_id>/goal")
def create(team_id: str) -> Response:
    """Create a goal without targets."""
    goal = goals.create(get_world(), get_actor(), team_id, read_body())
    return answer({"goal": wire.format_goal(get_world(), goal)})


@ROUTES.get("/api/v2/goal/<goal_id>")
def get(goal_id: str) -> Response:
    """One goal with its targets."""
    return answer(
        {"goal": wire.format_goal(get_world(), goals.get(get_world(), get_actor(), goal_id))}
    )


@ROUTES.put("/api/v2/goal/<goal_id>")
def update(goal_id: str) -> Response:
    """Change the named keys of a goal; owners come as `add_owners` and `rem_owners`."""
    goal = goals.get(get_world(), get_actor(), goal_id)
    goals.update(get_world(), goal, read_body())
    return answer({"goal": wire.format_goal(get_world(), goal)})


@ROUTES.delete("/api/v2/goal/<goal_id>")
def delete(goal_id: str) -> Response:
    """Delete a goal with its targets, for which no event is sent."""
    key_results.delete_goal(get_world(), goals.get(get_world(), get_actor(), goal_id))
    return answer({})
