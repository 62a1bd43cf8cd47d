"""Goals."""

from flask import Blueprint, Response, request

from clickup_mlops.sandbox.clickup.edge import actor, answer, body, world
from clickup_mlops.sandbox.clickup.state.goals import goals, key_results
from clickup_mlops.sandbox.clickup.wire import goals as wire
from clickup_mlops.sandbox.clickup.wire.basics import wanted

ROUTES = Blueprint("goals", __name__)


@ROUTES.get("/api/v2/team/<team_id>/goal")
def listed(team_id: str) -> Response:
    """The goals of a Workspace; completed ones if asked for."""
    found = [wire.listed(world(), one) for one in goals.of_team(world(), actor(), team_id)]
    if not wanted(request.args.get("include_completed")):
        found = [one for one in found if one["percent_completed"] < 100]
    return answer({"goals": found, "folders": []})


@ROUTES.post("/api/v2/team/<team_id>/goal")
def create(team_id: str) -> Response:
    """A new goal."""
    made = goals.create(world(), actor(), team_id, body())
    return answer({"goal": wire.goal(world(), made)})


@ROUTES.get("/api/v2/goal/<goal_id>")
def get(goal_id: str) -> Response:
    """One goal with its targets."""
    return answer({"goal": wire.goal(world(), goals.get(world(), actor(), goal_id))})


@ROUTES.put("/api/v2/goal/<goal_id>")
def update(goal_id: str) -> Response:
    """Change a goal."""
    found = goals.get(world(), actor(), goal_id)
    goals.update(world(), found, body())
    return answer({"goal": wire.goal(world(), found)})


@ROUTES.delete("/api/v2/goal/<goal_id>")
def delete(goal_id: str) -> Response:
    """Delete a goal."""
    key_results.delete_goal(world(), goals.get(world(), actor(), goal_id))
    return answer({})
