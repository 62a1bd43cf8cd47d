"""Comments on tasks, Lists and views, and replies."""

from flask import Blueprint, Response, request

from clickup_mlops.sandbox.clickup.arguments import find_task, read_number
from clickup_mlops.sandbox.clickup.edge import answer, get_actor, get_world, read_body
from clickup_mlops.sandbox.clickup.state import views
from clickup_mlops.sandbox.clickup.state.hierarchy import places
from clickup_mlops.sandbox.clickup.state.talk import comments
from clickup_mlops.sandbox.clickup.wire import comments as wire

ROUTES = Blueprint("comments", __name__)


def _answer_page(on: str, on_id: str) -> Response:
    start = read_number("start", 0) or None
    page = comments.get_page(get_world(), on, on_id, start, request.args.get("start_id"))
    return answer({"comments": [wire.format_comment(get_world(), comment) for comment in page]})


def _create(on: str, on_id: str) -> Response:
    return answer(
        wire.format_created_comment(
            comments.create(get_world(), get_actor(), (on, on_id), read_body())
        )
    )


@ROUTES.get("/api/v2/task/<task_id>/comment")
def list_of_task(task_id: str) -> Response:
    """The next 25 comments of a task."""
    return _answer_page("task", find_task(task_id).id)


@ROUTES.post("/api/v2/task/<task_id>/comment")
def create_on_task(task_id: str) -> Response:
    """Comment on a task."""
    return _create("task", find_task(task_id).id)


@ROUTES.get("/api/v2/list/<list_id>/comment")
def list_of_list(list_id: str) -> Response:
    """The next 25 comments of a List."""
    return _answer_page("list", places.get_list(get_world(), list_id).id)


@ROUTES.post("/api/v2/list/<list_id>/comment")
def create_on_list(list_id: str) -> Response:
    """Comment on a List."""
    return _create("list", places.get_list(get_world(), list_id).id)


@ROUTES.get("/api/v2/view/<view_id>/comment")
def list_of_view(view_id: str) -> Response:
    """The next 25 messages of a chat view."""
    return _answer_page("view", views.get(get_world(), view_id).id)


@ROUTES.post("/api/v2/view/<view_id>/comment")
def create_on_view(view_id: str) -> Response:
    """A message in a chat view."""
    return _create("view", views.get(get_world(), view_id).id)


@ROUTES.put("/api/v2/comment/<comment_id>")
def update(comment_id: str) -> Response:
    """Change text, assignee or resolution of a comment."""
    comments.update(get_world(), get_actor(), comments.get(get_world(), comment_id), read_body())
    return answer({})


@ROUTES.delete("/api/v2/comment/<comment_id>")
def delete(comment_id: str) -> Response:
    """Delete a comment with its replies."""
    comments.delete(get_world(), comments.get(get_world(), comment_id))
    return answer({})


@ROUTES.get("/api/v2/comment/<comment_id>/reply")
def list_replies(comment_id: str) -> Response:
    """The replies to a comment."""
    newest_first = comments.list_replies(get_world(), comments.get(get_world(), comment_id))
    return answer(
        {"comments": [wire.format_comment(get_world(), comment) for comment in newest_first]}
    )


@ROUTES.post("/api/v2/comment/<comment_id>/reply")
def reply(comment_id: str) -> Response:
    """Reply to a comment."""
    to = comments.get(get_world(), comment_id)
    comment = comments.create(get_world(), get_actor(), ("reply", to.id), read_body(), reply_to=to)
    return answer(wire.format_created_comment(comment))
