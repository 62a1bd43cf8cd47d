"""Dependencies and links between tasks."""

from flask import Blueprint, Response, request

from clickup_mlops.sandbox.clickup.arguments import task_named
from clickup_mlops.sandbox.clickup.edge import actor, answer, body, world
from clickup_mlops.sandbox.clickup.state.model import Json, Task
from clickup_mlops.sandbox.clickup.state.refusal import bad_input
from clickup_mlops.sandbox.clickup.state.tasks import relations, tasks
from clickup_mlops.sandbox.clickup.wire import tasks as wire

ROUTES = Blueprint("relations", __name__)


def _ends(task: Task, asked: Json) -> tuple[Task, Task]:
    """The task that waits and the one it waits on."""
    # Both are documented as required parameters of DELETE: an empty one is none.
    on, of = asked.get("depends_on") or None, asked.get("dependency_of") or None
    if (on is None) == (of is None):
        raise bad_input("Give exactly one of depends_on and dependency_of")
    if on is not None:
        return task, tasks.get(world(), str(on))
    return tasks.get(world(), str(of)), task


@ROUTES.post("/api/v2/task/<task_id>/dependency")
def depend(task_id: str) -> Response:
    """Let one task wait on another."""
    waiting, on = _ends(task_named(task_id), body())
    relations.depend(world(), actor(), waiting, on)
    return answer({})


@ROUTES.delete("/api/v2/task/<task_id>/dependency")
def undepend(task_id: str) -> Response:
    """End a dependency; the other end is a query parameter."""
    waiting, on = _ends(task_named(task_id), request.args.to_dict())
    relations.undepend(world(), actor(), waiting, on)
    return answer({})


@ROUTES.post("/api/v2/task/<task_id>/link/<links_to>")
def link(task_id: str, links_to: str) -> Response:
    """Link two tasks."""
    found = task_named(task_id)
    relations.link(world(), actor(), found, tasks.get(world(), links_to))
    return answer({"task": wire.shown(world(), found)})


@ROUTES.delete("/api/v2/task/<task_id>/link/<links_to>")
def unlink(task_id: str, links_to: str) -> Response:
    """Remove a link."""
    found = task_named(task_id)
    relations.unlink(world(), actor(), found, tasks.get(world(), links_to))
    return answer({"task": wire.shown(world(), found)})
