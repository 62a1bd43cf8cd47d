"""The way of a call: faults, token, limits, execution, headers, statistics."""

import secrets
import time
from dataclasses import dataclass
from typing import Any

import orjson
from flask import Response, g, request
from graphql import OperationDefinitionNode

from clickup_mlops.sandbox.core.clock import real_ms
from clickup_mlops.sandbox.core.faults import Fault, Faults
from clickup_mlops.sandbox.core.stats import Exchange, Stats
from clickup_mlops.sandbox.monday.edge import calls, shapes
from clickup_mlops.sandbox.monday.edge.calls import Call
from clickup_mlops.sandbox.monday.edge.limits import LIGHT_CALL, Limits, compute_wait_s
from clickup_mlops.sandbox.monday.edge.shapes import Facts, Failure
from clickup_mlops.sandbox.monday.graph import complexity
from clickup_mlops.sandbox.monday.graph.context import Budget, Context
from clickup_mlops.sandbox.monday.graph.context import Services as GraphServices
from clickup_mlops.sandbox.monday.graph.execution import execute
from clickup_mlops.sandbox.monday.graph.schema import choose_version
from clickup_mlops.sandbox.monday.state.model import User


@dataclass
class Services:
    """What the routes work with: records, faults, limits and statistics."""

    graph: GraphServices
    faults: Faults
    limits: Limits
    stats: Stats


def answer_request(services: Services) -> Response:
    """The response to Flask's current request; counts it and applies faults."""
    g.started_ms, g.request_id = real_ms(), secrets.token_hex(16)
    token = request.headers.get("Authorization", "")
    call = calls.parse_request(request)
    fields = "+".join(call.fields) if isinstance(call, Call) else ""
    fault = services.faults.take_call_fault("POST", f"{request.path}/{fields}")
    if fault is not None:
        failure = _apply_fault_before(fault, services)
        if failure is not None:
            return _build_response(services, token, failure)
    with services.limits.slot(token) as is_free:
        outcome = _answer_call(services, token, call, is_free)
    return _apply_fault_after(fault, _build_response(services, token, outcome, fault))


def _apply_fault_before(fault: Fault, services: Services) -> Failure | None:
    if fault.kind == "slow":
        time.sleep(fault.wait_s)
    elif fault.kind == "cut_before":
        request.environ["sandbox.cut"]()
        return Failure(500, {})
    elif fault.kind == "cut_late":
        request.environ["sandbox.cut"]()
        time.sleep(fault.wait_s)
    elif fault.kind == "rate_limit":
        return shapes.minute_rate(Facts(wait_s=max(1, round(fault.wait_s))))
    elif fault.kind == "status" and fault.shape != "partial":
        return _build_fault_failure(fault, services)
    return None


def _build_fault_failure(fault: Fault, services: Services) -> Failure:
    limits = services.limits.allowance
    facts = Facts(
        wait_s=max(1, round(fault.wait_s)),
        limit=limits.complexity_per_minute,
        account_id=services.graph.world.account_id,
    )
    if fault.shape in shapes.SHAPES:
        return shapes.SHAPES[fault.shape](facts)
    return Failure(fault.status_code, {"error_message": "Internal server error"})


def _answer_call(services: Services, token: str, call: Call | Failure, is_free: bool) -> Any:
    world = services.graph.world
    user = world.user_of(token)
    if user is None:
        return shapes.not_authenticated(Facts())
    refusal = _check_limits(services, token, call, is_free)
    if refusal is not None:
        return refusal
    if isinstance(call, Failure):
        return call
    operation = call.operation
    if call.query.errors:
        return calls.build_validation_failure(call.query.errors)
    if operation is None:
        return shapes.build_failure(f'Unknown operation named "{call.name}".', None)
    return _execute(services, token, user, call, operation)


def _check_limits(
    services: Services, token: str, call: Call | Failure, is_free: bool
) -> Failure | None:
    """Why the call is refused, if it is."""
    limits, now_ms = services.limits, services.graph.world.now_ms()
    decision = limits.calls.take(token, real_ms())
    if not is_free or not decision.is_allowed:
        limits.take_day(token, now_ms, LIGHT_CALL)
        facts = Facts(wait_s=compute_wait_s(decision))
        return shapes.minute_rate(facts) if is_free else shapes.concurrency(facts)
    is_light = isinstance(call, Call) and not call.fields
    if not limits.take_day(token, now_ms, LIGHT_CALL if is_light else 1):
        return shapes.daily(Facts())
    return None


def _execute(
    services: Services, token: str, user: User, call: Call, operation: OperationDefinitionNode
) -> Any:
    cost = complexity.compute_cost(call.query.document, operation, call.variables)
    points = services.limits.points.take(token, real_ms(), cost)
    if cost > complexity.MOST or not points.is_allowed:
        limit = complexity.MOST if cost > complexity.MOST else points.limit
        return shapes.complexity(Facts(compute_wait_s(points), cost, points.remaining, limit))
    budget = Budget(points.remaining + cost, points.remaining, cost, compute_wait_s(points))
    g.version = choose_version(request.headers.get("API-Version"))
    context = Context(services.graph, user, request.host_url.rstrip("/"), g.version, budget)
    return calls.build_body(execute(call.query, context, call.variables, call.name))


def _build_response(
    services: Services, token: str, outcome: Any, fault: Fault | None = None
) -> Response:
    is_failure = isinstance(outcome, Failure)
    body = outcome.body if is_failure else outcome
    if fault is not None and fault.shape == "partial":
        body = calls.drop_first_part(body)
    full_body = body | {"extensions": {"request_id": g.request_id}}
    raw = orjson.dumps(full_body)
    status = outcome.status if is_failure else 200
    response = Response(raw, status, content_type="application/json; charset=utf-8")
    response.headers["x-request-id"] = g.request_id
    if is_failure:
        response.headers.update(outcome.headers)
    if "version" in g:
        response.headers["api-version"] = g.version
    response.headers.update(services.limits.headers(token))
    _count_exchange(services, token, response)
    return response


def _count_exchange(services: Services, token: str, response: Response) -> None:
    is_watched = bool(services.stats.listeners)
    services.stats.count(
        Exchange(
            request.method,
            request.path,
            request.path,
            "",
            request.mimetype,
            request.get_data() if is_watched and request.mimetype == "application/json" else b"",
            response.status_code,
            response.mimetype or "",
            response.get_data() if is_watched else b"",
            token,
            g.started_ms,
        )
    )


def _apply_fault_after(fault: Fault | None, response: Response) -> Response:
    if fault is None or fault.kind not in ("cut_after", "cut_half"):
        return response
    if fault.kind == "cut_after":
        request.environ["sandbox.cut"]()
        return response
    body = response.get_data()
    response.set_data(body[: len(body) // 2])
    response.headers["Content-Length"] = str(len(body))
    return response
