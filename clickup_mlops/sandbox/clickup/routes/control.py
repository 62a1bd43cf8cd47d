"""The control API under `/_sandbox/`: JSON, from this machine only. Not part of ClickUp."""

from dataclasses import asdict, is_dataclass
from ipaddress import ip_address
from typing import Any

from flask import Blueprint, Response, current_app, request

from clickup_mlops.errors import ClickUpMlopsError
from clickup_mlops.sandbox.clickup.control import Control
from clickup_mlops.sandbox.clickup.edge import answer, get_services, read_body
from clickup_mlops.sandbox.clickup.state.refusal import Refusal
from clickup_mlops.sandbox.clickup.ui_actions import UiActions

ROUTES = Blueprint("control", __name__, url_prefix="/_sandbox")

_PARAMETERS = {"who": "member"}
"""Keyword of a UI action over HTTP -> parameter of the method, where they differ."""


def _get_control() -> Control:
    control: Control = current_app.extensions["sandbox.control"]
    return control


def _is_here(address: str | None) -> bool:
    return address is not None and ip_address(address).is_loopback


@ROUTES.before_request
def _refuse_strangers() -> Response | None:
    if not _is_here(request.remote_addr):
        return answer({"error": "the control API answers this machine only"}, 403)
    # A browser cannot send JSON across sites without asking first, and is never allowed.
    if request.method != "GET" and request.mimetype != "application/json":
        return answer({"error": "send Content-Type: application/json"}, 415)
    return None


@ROUTES.errorhandler(ClickUpMlopsError)
def _answer_error(problem: ClickUpMlopsError) -> Response:
    return answer({"error": str(problem), "hint": problem.hint}, 400)


@ROUTES.errorhandler(Refusal)
def _answer_refusal(problem: Refusal) -> Response:
    return answer({"error": problem.text, "code": problem.code}, 400)


@ROUTES.errorhandler(TypeError)
@ROUTES.errorhandler(ValueError)
@ROUTES.errorhandler(KeyError)
def _answer_malformed(problem: Exception) -> Response:
    return answer({"error": f"{type(problem).__name__}: {problem}"}, 400)


@ROUTES.get("/members")
def list_members() -> Response:
    """All members, with their personal tokens; the bot is the first."""
    tokens = {token.user_id: token.id for token in get_services().world.tokens if not token.oauth}
    return answer(
        [{**asdict(user), "token": tokens.get(user.id)} for user in _get_control().members]
    )


@ROUTES.get("/places")
def list_places() -> Response:
    """Ids of Workspace, Spaces, Folders and Lists by name."""
    world = get_services().world
    tables: dict[str, Any] = {
        "teams": world.teams,
        "spaces": world.spaces,
        "folders": world.folders,
        "lists": world.lists,
    }
    return answer(
        {key: {record.name: record.id for record in table} for key, table in tables.items()}
    )


@ROUTES.get("/faults")
def list_faults() -> Response:
    """The faults that are still to happen."""
    return answer(_get_control().faults.list_pending())


@ROUTES.post("/faults")
def add_fault() -> Response:
    """Inject a fault: `{"kind": …}` and its details."""
    return answer(asdict(_get_control().faults.add(**read_body())))


@ROUTES.delete("/faults")
def clear_faults() -> Response:
    """Remove every pending fault."""
    _get_control().faults.clear()
    return answer({})


@ROUTES.get("/clock")
def get_clock() -> Response:
    """The sandbox's time in Unix milliseconds, and whether it stands still."""
    return answer({"now_ms": _get_control().clock.now_ms(), "frozen": _get_control().clock.frozen})


@ROUTES.post("/clock")
def set_clock() -> Response:
    """One of `set` (ms), `advance` (ms), `freeze` (ms or null), `run`."""
    settings, clock_control = read_body(), _get_control().clock
    if "set" in settings:
        clock_control.set(int(settings["set"]))
    if "advance" in settings:
        clock_control.advance(int(settings["advance"]))
    if "freeze" in settings:
        clock_control.freeze(settings["freeze"])
    if settings.get("run"):
        clock_control.run()
    return get_clock()


@ROUTES.get("/stats")
def get_stats() -> Response:
    """Counted calls by route, method and status, and by token."""
    return answer(_get_control().stats.to_dict())


@ROUTES.get("/calls")
def list_calls() -> Response:
    """The last calls: time, method, path, status."""
    keys = ("at_ms", "method", "path", "status")
    return answer([dict(zip(keys, call, strict=True)) for call in _get_control().stats.recent])


@ROUTES.delete("/stats")
def reset_stats() -> Response:
    """Forget counted calls, logged writes and deliveries, and the used part of the limits."""
    _get_control().reset_counts()
    return answer({})


@ROUTES.post("/reset")
def reset() -> Response:
    """Everything as it was at the start: seed, clock, tokens and ids."""
    current_app.extensions["sandbox.reset"]()
    return answer({})


@ROUTES.get("/writes")
def list_writes() -> Response:
    """The log of written task fields; `task_id`, `field` and `actor` narrow it."""
    filters = request.args
    matches = _get_control().writes(
        filters.get("task_id", ""), filters.get("field", ""), filters.get("actor", "")
    )
    return answer([asdict(write) for write in matches])


@ROUTES.get("/deliveries")
def list_deliveries() -> Response:
    """Every webhook delivery; `kind` and `task_id` narrow it."""
    matches = _get_control().delivery_log(
        request.args.get("kind", ""), request.args.get("task_id", "")
    )
    return answer([delivery.to_dict() for delivery in matches])


@ROUTES.post("/deliveries/<action>")
def control_deliveries(action: str) -> Response:
    """`pause`, `resume`, `flush`, `forget`, `again` (with `id`), `wait_idle` (with `timeout_s`)."""
    queue, arguments = _get_control().deliveries, read_body()
    if action == "again":
        queue.resend(int(arguments["id"]))
        return answer({"done": None})
    if action == "wait_idle":
        return answer({"done": queue.wait_idle(float(arguments.get("timeout_s", 30)))})
    perform = {
        "pause": queue.pause,
        "resume": queue.resume,
        "flush": queue.flush,
        "forget": queue.discard_queued,
    }.get(action)
    if perform is None:
        return answer({"error": f"unknown action {action}"}, 404)
    return answer({"done": perform()})


@ROUTES.post("/act")
def act() -> Response:
    """Act as a member: `{"user": …, "do": "set_priority", "task": …, "priority": 1}`."""
    arguments = read_body()
    actor = _get_control().as_user(arguments.pop("user"))
    action = str(arguments.pop("do"))
    if action.startswith("_") or not callable(getattr(actor, action, None)):
        raise KeyError(action)
    return answer({"done": getattr(actor, action)(**arguments)})


@ROUTES.post("/fields")
def create_field() -> Response:
    """Define a custom field: `name`, `kind`, and the options of `create_field`."""
    return answer(asdict(_get_control().create_field(**read_body())))


@ROUTES.post("/statuses")
def set_statuses() -> Response:
    """Give a List statuses of its own: `list_name`, `statuses`."""
    _get_control().set_statuses(**read_body())
    return answer({})


@ROUTES.post("/templates")
def save_template() -> Response:
    """Save a template: `kind`, `source`, `name`."""
    return answer({"id": _get_control().save_template(**read_body()).id})


@ROUTES.post("/tasks")
def add_tasks() -> Response:
    """Create many tasks at once: `list_name`, `bodies`, `silent`."""
    return answer({"ids": _get_control().add_tasks(**read_body())})


@ROUTES.get("/task/<task>")
def get_task(task: str) -> Response:
    """A task by id or name, without costing a call."""
    return answer(_get_control().task(task))


@ROUTES.post("/by_hand/<method>")
def perform_ui_action(method: str) -> Response:
    """What a person does in ClickUp's own pages: a method of `UiActions`, with its keywords."""
    call = getattr(_get_control().ui_actions, method, None)
    if method.startswith("_") or not callable(call):
        names = ", ".join(name for name in dir(UiActions) if not name.startswith("_"))
        raise ValueError(f"there is no {method}; known: {names}")
    arguments = {_PARAMETERS.get(key, key): value for key, value in read_body().items()}
    outcome: Any = call(**arguments)
    is_record = is_dataclass(outcome) and not isinstance(outcome, type)
    return answer({"done": asdict(outcome) if is_record else outcome})
