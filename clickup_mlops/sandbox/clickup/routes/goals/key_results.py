"""Targets of goals, which the API calls key results."""

from flask import Blueprint, Response

from clickup_mlops.sandbox.clickup.edge import actor, answer, body, world
from clickup_mlops.sandbox.clickup.state.goals import goals, key_results
from clickup_mlops.sandbox.clickup.wire import goals as wire

ROUTES = Blueprint("key_results", __name__)


@ROUTES.post("/api/v2/goal/<goal_id>/key_result")
def create(goal_id: str) -> Response:
    """A new target."""
    goal = goals.get(world(), actor(), goal_id)
    made = key_results.create(world(), actor(), goal, body())
    return answer({"key_result": wire.key_result(world(), goal, made)})


@ROUTES.put("/api/v2/key_result/<key_result_id>")
def update(key_result_id: str) -> Response:
    """Say where a target stands."""
    found, goal = key_results.get(world(), actor(), key_result_id)
    key_results.update(world(), actor(), goal, found, body())
    return answer({"key_result": wire.key_result(world(), goal, found)})


@ROUTES.delete("/api/v2/key_result/<key_result_id>")
def delete(key_result_id: str) -> Response:
    """Delete a target."""
    found, goal = key_results.get(world(), actor(), key_result_id)
    key_results.delete(world(), goal, found)
    return answer({})
