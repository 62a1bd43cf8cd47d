"""Comments on tasks, Lists and views, and replies; newest first, 25 at a time."""

from collections.abc import Iterable
from typing import Any

from clickup_mlops.sandbox.clickup.state.events import Change, format_user
from clickup_mlops.sandbox.clickup.state.model import Comment, JsonTable, Task, User
from clickup_mlops.sandbox.clickup.state.notifications import record_changes
from clickup_mlops.sandbox.clickup.state.refusal import bad_input, no_access
from clickup_mlops.sandbox.clickup.state.values import (
    get_member,
    read_flag,
    read_record,
    read_records,
)
from clickup_mlops.sandbox.clickup.state.world import World

PAGE = 25
"""Comments per read; fixed."""


def get(world: World, comment_id: str) -> Comment:
    """A comment by id."""
    comment = world.comments.get(comment_id)
    if comment is None:
        raise no_access("Comment")
    return comment


def get_page(
    world: World, on: str, on_id: str, start: int | None = None, start_id: str | None = None
) -> list[Comment]:
    """The next 25 comments of an object, newest first, older than (`start`, `start_id`)."""
    comments = _sort_newest_first(c for c in world.comments if (c.on, c.on_id) == (on, on_id))
    if start is not None and start_id is not None:
        comments = [c for c in comments if (c.date, int(c.id)) < (start, int(start_id))]
    return comments[:PAGE]


def list_replies(world: World, to: Comment) -> list[Comment]:
    """The replies to a comment, newest first."""
    return _sort_newest_first(c for c in world.comments if c.reply_to == to.id)


def create(
    world: World,
    actor: User,
    on: tuple[str, str],
    body: JsonTable,
    *,
    reply_to: Comment | None = None,
) -> Comment:
    """A new comment from `comment_text` or `comment` blocks; on a task it emits an event.

    `on`: what kind of thing (`task`, `list`, `view`, `reply`) and its id.
    """
    comment = Comment(
        world.ids.numeric("comment"),
        *on,
        actor.id,
        world.now_ms(),
        _read_blocks(body),
        reply_to=reply_to.id if reply_to else None,
        hist_id=world.ids.history(),
    )
    _assign(world, actor, comment, body)
    world.comments.put(comment)
    _emit_event(world, actor, comment, Change("comment", None, comment.id))
    return comment


def update(world: World, actor: User, comment: Comment, body: JsonTable) -> None:
    """Change text, assignee or resolution."""
    before = _capture_state(comment)
    blocks = _read_blocks(body) if "comment_text" in body or "comment" in body else comment.blocks
    _assign(world, actor, comment, body)
    comment.blocks, comment.resolved = blocks, read_flag(body, "resolved", comment.resolved)
    world.comments.put(comment)
    _emit_event(world, actor, comment, Change("comment_edited", before, _capture_state(comment)))


def _capture_state(comment: Comment) -> list[Any]:
    """What an edit may change."""
    return [comment.text, comment.resolved, comment.assignee_id]


def delete(world: World, comment: Comment) -> None:
    """Remove a comment with its replies."""
    for reply in list_replies(world, comment):
        world.comments.drop(reply.id)
    world.comments.drop(comment.id)


def _sort_newest_first(comments: Iterable[Comment]) -> list[Comment]:
    return sorted(comments, key=lambda c: (c.date, int(c.id)), reverse=True)


def _read_blocks(body: JsonTable) -> list[JsonTable]:
    """Blocks as they are, or the plain text as one. Markdown is not rendered."""
    if body.get("comment") is not None:
        return [_read_block(block) for block in read_records(body, "comment")]
    if not isinstance(body.get("comment_text"), str):
        raise bad_input("Comment text invalid")
    return [{"text": body["comment_text"], "attributes": {}}]


def _read_block(block: JsonTable) -> JsonTable:
    if block.get("type") == "tag":
        return {**block, "text": f"@{read_record(block, 'user').get('id', '')}"}
    return {"attributes": {}, **block}


def _assign(world: World, actor: User, comment: Comment, body: JsonTable) -> None:
    if body.get("assignee"):
        comment.assignee_id, comment.assigned_by_id = (
            get_member(world, body["assignee"]).id,
            actor.id,
        )


def _emit_event(world: World, actor: User, comment: Comment, change: Change) -> None:
    """Emit the events of a comment or reply, if it belongs to a task."""
    root, parent = comment, world.comments.get(comment.reply_to)
    while above := world.comments.get(root.reply_to):
        root = above
    task = world.tasks.get(root.on_id) if root.on == "task" else None
    if task is None:
        return
    # ClickUp reports an edit under the item of the posted comment: same id and date, and `after` is
    # the comment's id again. Only the kind of the event and the comment in it differ.
    identity = {"id": comment.hist_id or world.ids.history(), "date": str(comment.date)}
    change_of_field = {"field": "comment", "before": None, "after": comment.id}
    extra = {**identity, **change_of_field, "comment": _format_comment(world, task, comment)}
    if parent is not None:
        extra["parent_comment"] = _format_comment(world, task, parent)
    record_changes(
        world, actor, task, Change(change.field, change.before, change.after, extra=extra)
    )


def _format_comment(world: World, task: Task, comment: Comment) -> JsonTable:
    """The comment inside a history item, keys as in the official sample."""
    author = format_user(world.users[comment.user_id])
    nothing = dict.fromkeys(
        [
            "x",
            "y",
            "image_y",
            "image_x",
            "page",
            "comment_number",
            "page_id",
            "page_name",
            "view_id",
            "view_name",
            "team",
        ]
    )
    return {
        "id": comment.id,
        "date": str(comment.date),
        "parent": task.id,
        "type": 1,
        "comment": comment.blocks,
        "text_content": comment.text + "\n",
        **nothing,
        "user": author,
        "new_thread_count": 0,
        "new_mentioned_thread_count": 0,
        "email_attachments": [],
        "threaded_users": [],
        "threaded_replies": len(list_replies(world, comment)),
        "threaded_assignees": 0,
        "threaded_assignees_members": [],
        "threaded_unresolved_count": 0,
        "thread_followers": [author],
        "group_thread_followers": [],
        "reactions": [],
        "emails": [],
    }
