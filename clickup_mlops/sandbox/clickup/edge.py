"""The web edge of the API: authentication, rights, rate limit, faults, and the form of refusals."""

import time
from dataclasses import dataclass
from email.utils import formatdate

import orjson
from flask import Blueprint, Flask, Response, current_app, g, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound

from clickup_mlops.sandbox.clickup import rate_limit, strict
from clickup_mlops.sandbox.clickup.ecodes import ECODES, get_status
from clickup_mlops.sandbox.clickup.state import access
from clickup_mlops.sandbox.clickup.state.model import JsonTable, Token, User
from clickup_mlops.sandbox.clickup.state.refusal import NotModelled, Refusal
from clickup_mlops.sandbox.clickup.state.tasks import tasks
from clickup_mlops.sandbox.clickup.state.tasks.search import Search
from clickup_mlops.sandbox.clickup.state.world import World
from clickup_mlops.sandbox.clickup.wire.basics import is_true
from clickup_mlops.sandbox.clickup.wire.tasks import TaskBytes
from clickup_mlops.sandbox.core.clock import real_ms
from clickup_mlops.sandbox.core.faults import Fault, Faults
from clickup_mlops.sandbox.core.limits import Decision, RateLimiter
from clickup_mlops.sandbox.core.stats import Exchange, Stats

_PAGE = "<html><body>Access to this site is managed by a gateway.</body></html>"
"""What a proxy or a firewall answers in place of the API."""

FREE_OF_LIMIT = ("/api/v2/oauth/token",)


@dataclass
class Services:
    """What the routes and the edge work with."""

    world: World
    faults: Faults
    limiter: RateLimiter
    stats: Stats
    search: Search
    bytes: TaskBytes
    strict: bool = False


def get_services() -> Services:
    """The services of the app that answers this request."""
    services: Services = current_app.extensions["sandbox"]
    return services


def get_world() -> World:
    """The world behind this request."""
    return get_services().world


def get_actor() -> User:
    """Whose token this request carries."""
    user: User = g.actor
    return user


def read_body() -> JsonTable:
    """The JSON object of this request; a form is taken where ClickUp takes one."""
    if request.mimetype in ("application/x-www-form-urlencoded", "multipart/form-data"):
        return dict(request.form)
    raw = request.get_data()
    try:
        parsed = orjson.loads(raw) if raw else {}
    except orjson.JSONDecodeError:
        raise Refusal("INPUT_001", "Unexpected token in JSON") from None
    if not isinstance(parsed, dict):
        raise Refusal("INPUT_001", "The body must be an object")
    return parsed


def answer(value: object, status: int = 200) -> Response:
    """A JSON response; bytes are taken as JSON that is already serialised."""
    raw = value if isinstance(value, bytes) else orjson.dumps(value)
    return Response(raw, status, content_type="application/json; charset=utf-8")


def install(app: Flask) -> None:
    """Put the edge around every API route of the app."""
    app.before_request(_start_request)
    app.after_request(_finish_response)
    app.register_error_handler(Refusal, lambda no: _refuse(no.code, no.text))
    app.register_error_handler(NotModelled, lambda no: refuse_not_modelled(str(no)))
    app.register_error_handler(HTTPException, _handle_http_error)


def install_template_refusals(routes: Blueprint) -> None:
    """The template endpoints answer with `error` where the others answer with `err`."""
    routes.register_error_handler(
        Refusal,
        lambda no: answer({"error": no.text, "ECODE": no.code}, get_status(no.code)),
    )


def refuse_not_modelled(feature: str) -> Response:
    """501: ClickUp has this, the sandbox does not."""
    return _refuse("SANDBOX_501", f"Not modelled by the sandbox: {feature}")


def _is_api() -> bool:
    return request.path.startswith("/api/")


def _start_request() -> Response | None:
    if not _is_api():
        return None
    g.started_ms = real_ms()
    fault = get_services().faults.take_call_fault(request.method, request.path)
    if fault is not None:
        faulty = _apply_fault(fault)
        if faulty is not None:
            return faulty
    return _admit()


def _apply_fault(fault: Fault) -> Response | None:
    if fault.kind == "slow":
        time.sleep(fault.wait_s)
    elif fault.kind == "cut_before":
        return _cut(Response(status=500))
    elif fault.kind == "cut_late":
        # The caller is cut off now, and the call acts after the wait.
        _cut(Response())
        time.sleep(fault.wait_s)
    elif fault.kind in ("cut_after", "cut_half"):
        g.cut = fault.kind
    elif fault.kind == "stray_limit":
        g.is_stray = True
    elif fault.kind == "rate_limit":
        reset_s = (real_ms() + int(fault.wait_s * 1000)) // 1000 + 1
        g.limit = Decision(False, get_services().limiter.limit, 0, reset_s)
        return _refuse("APP_002", "Rate limit reached")
    elif fault.shape == "page":
        return Response(_PAGE, fault.status_code, mimetype="text/html")
    elif fault.shape:
        return _refuse(fault.shape, ECODES[fault.shape].text)
    else:
        return answer({"err": "Internal error", "ECODE": "SANDBOX_FAULT"}, fault.status_code)
    return None


def _admit() -> Response | None:
    """Check the token, count the call against its limit."""
    if request.path in FREE_OF_LIMIT or (request.url_rule is None and not _is_versioned_path()):
        return None
    token = _authenticate()
    if isinstance(token, Response):
        return token
    g.token, g.actor = token.id, get_world().users[token.user_id]
    g.limit = get_services().limiter.take(token.id, real_ms())
    if not g.limit.is_allowed:
        return _refuse("APP_002", "Rate limit reached")
    return _check_team(token) or _check_access() or _check_keys()


def _is_versioned_path() -> bool:
    return request.path.startswith(("/api/v2/", "/api/v3/"))


def _authenticate() -> Token | Response:
    header = request.headers.get("Authorization", "")
    if not header:
        return _refuse("OAUTH_017", "Authorization header required")
    bearer = header.startswith("Bearer ")
    token = get_world().tokens.get(header.removeprefix("Bearer "))
    # A personal token goes bare, an OAuth token with Bearer; the other way round fails.
    if token is None or token.oauth != bearer:
        return _refuse("OAUTH_025", "Token invalid")
    return token


def _check_team(token: Token) -> Response | None:
    arguments = request.view_args or {}
    team_id = arguments.get("team_id") or arguments.get("workspace_id")
    if team_id is None or (team_id in get_world().teams and _is_in_team(token, team_id)):
        return None
    return _refuse("OAUTH_027", "Team not authorized")


def _check_access() -> Response | None:
    if request.url_rule is not None:
        args = dict(request.view_args or {})
        if "task_id" in args and is_true(request.args.get("custom_task_ids")):
            # An unknown one is left to the route.
            task = tasks.find_by_custom_id(
                get_world(), request.args.get("team_id"), args["task_id"]
            )
            args["task_id"] = task.id if task else args["task_id"]
        access.check(get_world(), g.actor, request.method, request.url_rule.rule, args)
    return None


def _check_keys() -> Response | None:
    if not get_services().strict or request.url_rule is None:
        return None
    body = request.form if request.form else read_body() if request.is_json else {}
    unknown = strict.find_unknown(request.method, request.url_rule.rule, request.args, body)
    if not unknown:
        return None
    return _refuse("SANDBOX_STRICT", f"Not documented for this call: {', '.join(unknown)}")


def _is_in_team(token: Token, team_id: str) -> bool:
    if token.oauth and team_id not in token.team_ids:
        return False
    return token.user_id in get_world().teams[team_id].member_ids


def _refuse(code: str, text: str) -> Response:
    status = get_status(code)
    if request.path.startswith("/api/v3/"):
        envelope: JsonTable = {"status": status, "message": text}
        return answer(envelope | {"trace_id": 1, "timestamp": get_world().now_ms()}, status)
    return answer({"err": text, "ECODE": code}, status)


def _handle_http_error(problem: HTTPException) -> Response:
    if not _is_api():
        return Response(problem.get_body(), problem.code or 500, content_type="text/html")
    if (problem.code or 500) >= 500:
        return answer({"err": "The sandbox itself failed", "ECODE": "SANDBOX_500"}, 500)
    if isinstance(problem, MethodNotAllowed) and request.path.startswith("/api/v3/"):
        return _refuse("SANDBOX_405", "Method Not Allowed")  # as Docs answer (measured live)
    if isinstance(problem, NotFound | MethodNotAllowed):
        return _refuse("APP_001", "Route not found")
    return _refuse("INPUT_001", problem.description or "Bad Request")


def _finish_response(response: Response) -> Response:
    if not _is_api():
        return response
    now_ms = get_world().now_ms()
    response.headers["Date"] = formatdate(now_ms // 1000, usegmt=True)
    if "limit" in g:
        limit = rate_limit.make_stray(g.limit) if g.get("is_stray") else g.limit
        response.headers.update(rate_limit.build_headers(limit, now_ms - real_ms()))
    get_services().stats.count(_build_exchange(response))
    cut = {"cut_after": _cut, "cut_half": _cut_half}.get(g.get("cut", ""))
    return cut(response) if cut else response


def _build_exchange(response: Response) -> Exchange:
    rule = request.url_rule.rule if request.url_rule else request.path
    watched = bool(get_services().stats.listeners)
    is_json = request.mimetype == "application/json"
    return Exchange(
        request.method,
        rule.replace("<", "{").replace(">", "}").replace("path:", ""),
        request.path,
        request.query_string.decode(),
        request.mimetype,
        request.get_data() if watched and is_json else b"",
        response.status_code,
        response.mimetype or "",
        response.get_data() if watched else b"",
        g.get("token", ""),
        g.started_ms,
    )


def _cut(unsent: Response) -> Response:
    """Drop the connection, so that the answer reaches nobody."""
    request.environ["sandbox.cut"]()
    return unsent


def _cut_half(response: Response) -> Response:
    """Announce the whole answer and send half of it: the server then drops the connection."""
    body = response.get_data()
    response.set_data(body[: len(body) // 2])
    response.headers["Content-Length"] = str(len(body))
    return response
