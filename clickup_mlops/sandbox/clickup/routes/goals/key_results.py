"""Targets of goals, which the API calls key results."""

from flask import Blueprint, Response

from clickup_mlops.sandbox.clickup.edge import answer, get_actor, get_world, read_body
from clickup_mlops.sandbox.clickup.state.goals import goals, key_results
from clickup_mlops.sandbox.clickup.wire import goals as wire

ROUTES = Blueprint("key_results", __name__)


@ROUTES.post("/api/v2/goal/<goal_id>/key_result")
def create(goal_id: str) -> Response:
    """Create a target; `name` and `type` are required."""
    goal = goals.get(get_world(), get_actor(), goal_id)
    key_result = key_results.create(get_world(), get_actor(), goal, read_body())
    return answer({"key_result": wire.format_key_result(get_world(), goal, key_result)})


@ROUTES.put("/api/v2/key_result/<key_result_id>")
def update(key_result_id: str) -> Response:
    """Say where a target stands."""
    key_result, goal = key_results.get(get_world(), get_actor(), key_result_id)
    key_results.update(get_world(), get_actor(), goal, key_result, read_body())
    return answer({"key_result": wire.format_key_result(get_world(), goal, key_result)})


@ROUTES.delete("/api/v2/key_result/<key_result_id>")
def delete(key_result_id: str) -> Response:
    """Delete a target; the progress of its goal changes with it."""
    key_result, goal = key_results.get(get_world(), get_actor(), key_result_id)
    key_results.delete(get_world(), goal, key_result)
    return answer({})
