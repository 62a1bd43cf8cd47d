"""Comments on tasks, Lists and views, and replies."""

from flask import Blueprint, Response, request

from clickup_mlops.sandbox.clickup.arguments import number, task_named
from clickup_mlops.sandbox.clickup.edge import actor, answer, body, world
from clickup_mlops.sandbox.clickup.state import views
from clickup_mlops.sandbox.clickup.state.hierarchy import places
from clickup_mlops.sandbox.clickup.state.talk import comments
from clickup_mlops.sandbox.clickup.wire import comments as wire

ROUTES = Blueprint("comments", __name__)


def _page(on: str, on_id: str) -> Response:
    start = number("start", 0) or None
    found = comments.page(world(), on, on_id, start, request.args.get("start_id"))
    return answer({"comments": [wire.comment(world(), one) for one in found]})


def _create(on: str, on_id: str) -> Response:
    return answer(wire.created(comments.create(world(), actor(), (on, on_id), body())))


@ROUTES.get("/api/v2/task/<task_id>/comment")
def of_task(task_id: str) -> Response:
    """The next 25 comments of a task."""
    return _page("task", task_named(task_id).id)


@ROUTES.post("/api/v2/task/<task_id>/comment")
def on_task(task_id: str) -> Response:
    """Comment on a task."""
    return _create("task", task_named(task_id).id)


@ROUTES.get("/api/v2/list/<list_id>/comment")
def of_list(list_id: str) -> Response:
    """The next 25 comments of a List."""
    return _page("list", places.task_list(world(), list_id).id)


@ROUTES.post("/api/v2/list/<list_id>/comment")
def on_list(list_id: str) -> Response:
    """Comment on a List."""
    return _create("list", places.task_list(world(), list_id).id)


@ROUTES.get("/api/v2/view/<view_id>/comment")
def of_view(view_id: str) -> Response:
    """The next 25 messages of a chat view."""
    return _page("view", views.get(world(), view_id).id)


@ROUTES.post("/api/v2/view/<view_id>/comment")
def on_view(view_id: str) -> Response:
    """A message in a chat view."""
    return _create("view", views.get(world(), view_id).id)


@ROUTES.put("/api/v2/comment/<comment_id>")
def update(comment_id: str) -> Response:
    """Change a comment."""
    comments.update(world(), actor(), comments.get(world(), comment_id), body())
    return answer({})


@ROUTES.delete("/api/v2/comment/<comment_id>")
def delete(comment_id: str) -> Response:
    """Delete a comment with its replies."""
    comments.delete(world(), comments.get(world(), comment_id))
    return answer({})


@ROUTES.get("/api/v2/comment/<comment_id>/reply")
def replies(comment_id: str) -> Response:
    """The replies to a comment."""
    found = comments.replies(world(), comments.get(world(), comment_id))
    return answer({"comments": [wire.comment(world(), one) for one in found]})


@ROUTES.post("/api/v2/comment/<comment_id>/reply")
def reply(comment_id: str) -> Response:
    """Reply to a comment."""
    to = comments.get(world(), comment_id)
    made = comments.create(world(), actor(), ("reply", to.id), body(), reply_to=to)
    return answer(wire.created(made))
