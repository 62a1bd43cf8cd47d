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
from clickup_mlops.sandbox.monday.edge.limits import LIGHT_CALL, Limits, wait_s
from clickup_mlops.sandbox.monday.edge.shapes import Facts, Failure
from clickup_mlops.sandbox.monday.graph import complexity
from clickup_mlops.sandbox.monday.graph.context import Budget, Context
from clickup_mlops.sandbox.monday.graph.context import Services as GraphServices
from clickup_mlops.sandbox.monday.graph.execution import execute
from clickup_mlops.sandbox.monday.state.model import User

CURRENT = "2026-10"


@dataclass
class Services:
    """What the routes work with."""

    graph: GraphServices
    faults: Faults
    limits: Limits
    stats: Stats


def answer(services: Services) -> Response:
    """The answer to the request at hand."""
    g.started_ms, g.request_id = real_ms(), secrets.token_hex(16)
    token = request.headers.get("Authorization", "")
    sent = calls.received(request)
    fields = "+".join(sent.fields) if isinstance(sent, Call) else ""
    fault = services.faults.call("POST", f"{request.path}/{fields}")
    if fault is not None:
        failed = _before(fault, services)
        if failed is not None:
            return _response(services, token, failed)
    with services.limits.slot(token) as free:
        outcome = _outcome(services, token, sent, free)
    return _after(fault, _response(services, token, outcome, fault))


def _before(fault: Fault, services: Services) -> Failure | None:
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
        return _faulty(fault, services)
    return None


def _faulty(fault: Fault, services: Services) -> Failure:
    limits = services.limits.allowance
    facts = Facts(
        wait_s=max(1, round(fault.wait_s)),
        limit=limits.complexity_per_minute,
        account_id=services.graph.world.account_id,
    )
    if fault.shape in shapes.SHAPES:
        return shapes.SHAPES[fault.shape](facts)
    return Failure(fault.status_code, {"error_message": "Internal server error"})


def _outcome(services: Services, token: str, sent: Call | Failure, free: bool) -> Any:
    world = services.graph.world
    user = world.user_of(token)
    if user is None:
        return shapes.not_authenticated(Facts())
    refused = _limited(services, token, sent, free)
    if refused is not None:
        return refused
    if isinstance(sent, Failure):
        return sent
    operation = sent.operation
    if sent.query.errors:
        return calls.invalid(sent.query.errors)
    if operation is None:
        return shapes.failure(f'Unknown operation named "{sent.name}".', None)
    return _executed(services, token, user, sent, operation)


def _limited(services: Services, token: str, sent: Call | Failure, free: bool) -> Failure | None:
    """Why the call is refused, if it is."""
    limits, now_ms = services.limits, services.graph.world.now_ms()
    decision = limits.calls.take(token, real_ms())
    if not free or not decision.allowed:
        limits.take_day(token, now_ms, LIGHT_CALL)
        facts = Facts(wait_s=wait_s(decision))
        return shapes.minute_rate(facts) if free else shapes.concurrency(facts)
    light = isinstance(sent, Call) and not sent.fields
    if not limits.take_day(token, now_ms, LIGHT_CALL if light else 1):
        return shapes.daily(Facts())
    return None


def _executed(
    services: Services, token: str, user: User, sent: Call, operation: OperationDefinitionNode
) -> Any:
    cost = complexity.cost(sent.query.document, operation, sent.variables)
    points = services.limits.points.take(token, real_ms(), cost)
    if cost > complexity.MOST or not points.allowed:
        limit = complexity.MOST if cost > complexity.MOST else points.limit
        return shapes.complexity(Facts(wait_s(points), cost, points.remaining, limit))
    budget = Budget(points.remaining + cost, points.remaining, cost, wait_s(points))
    version = request.headers.get("API-Version") or CURRENT
    context = Context(services.graph, user, request.host_url.rstrip("/"), version, budget)
    g.version = version
    return calls.answered(execute(sent.query, context, sent.variables, sent.name))


def _response(services: Services, token: str, outcome: Any, fault: Fault | None = None) -> Response:
    failed = isinstance(outcome, Failure)
    body = outcome.body if failed else outcome
    if fault is not None and fault.shape == "partial":
        body = calls.partial(body)
    whole = body | {"extensions": {"request_id": g.request_id}}
    raw = orjson.dumps(whole)
    status = outcome.status if failed else 200
    found = Response(raw, status, content_type="application/json; charset=utf-8")
    found.headers["x-request-id"] = g.request_id
    if failed:
        found.headers.update(outcome.headers)
    if "version" in g:
        found.headers["api-version"] = g.version
    found.headers.update(services.limits.headers(token))
    _count(services, token, found)
    return found


def _count(services: Services, token: str, response: Response) -> None:
    watched = bool(services.stats.listeners)
    services.stats.count(
        Exchange(
            request.method,
            request.path,
            request.path,
            "",
            request.mimetype,
            request.get_data() if watched and request.mimetype == "application/json" else b"",
            response.status_code,
            response.mimetype or "",
            response.get_data() if watched else b"",
            token,
            g.started_ms,
        )
    )


def _after(fault: Fault | None, response: Response) -> Response:
    if fault is None or fault.kind not in ("cut_after", "cut_half"):
        return response
    if fault.kind == "cut_after":
        request.environ["sandbox.cut"]()
        return response
    body = response.get_data()
    response.set_data(body[: len(body) // 2])
    response.headers["Content-Length"] = str(len(body))
    return response
