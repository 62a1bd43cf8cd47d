"""Dependencies and links between tasks."""

from flask import Blueprint, Response, request

from clickup_mlops.sandbox.clickup.arguments import find_task
from clickup_mlops.sandbox.clickup.edge import answer, get_actor, get_world, read_body
from clickup_mlops.sandbox.clickup.state.model import JsonTable, Task
from clickup_mlops.sandbox.clickup.state.refusal import bad_input
from clickup_mlops.sandbox.clickup.state.tasks import relations, tasks
from clickup_mlops.sandbox.clickup.wire import tasks as wire

ROUTES = Blueprint("relations", __name__)


def _find_ends(task: Task, arguments: JsonTable) -> tuple[Task, Task]:
    """The task that waits and the one it waits on."""
    # Both are documented as required parameters of DELETE: an empty one is none.
    on, of = arguments.get("depends_on") or None, arguments.get("dependency_of") or None
    if (on is None) == (of is None):
        raise bad_input("Give exactly one of depends_on and dependency_of")
    if on is not None:
        return task, tasks.get(get_world(), str(on))
    return tasks.get(get_world(), str(of)), task


@ROUTES.post("/api/v2/task/<task_id>/dependency")
def depend(task_id: str) -> Response:
    """Let one task wait on another."""
    waiting, on = _find_ends(find_task(task_id), read_body())
    relations.depend(get_world(), get_actor(), waiting, on)
    return answer({})


@ROUTES.delete("/api/v2/task/<task_id>/dependency")
def undepend(task_id: str) -> Response:
    """End a dependency; the other end is a query parameter."""
    waiting, on = _find_ends(find_task(task_id), request.args.to_dict())
    relations.undepend(get_world(), get_actor(), waiting, on)
    return answer({})


@ROUTES.post("/api/v2/task/<task_id>/link/<links_to>")
def link(task_id: str, links_to: str) -> Response:
    """Link two tasks; both show the link."""
    task = find_task(task_id)
    relations.link(get_world(), get_actor(), task, tasks.get(get_world(), links_to))
    return answer({"task": wire.format_task(get_world(), task)})


@ROUTES.delete("/api/v2/task/<task_id>/link/<links_to>")
def unlink(task_id: str, links_to: str) -> Response:
    """Remove a link from both tasks."""
    task = find_task(task_id)
    relations.unlink(get_world(), get_actor(), task, tasks.get(get_world(), links_to))
    return answer({"task": wire.format_task(get_world(), task)})
