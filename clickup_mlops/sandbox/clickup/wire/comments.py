"""Comments on the wire."""

from clickup_mlops.sandbox.clickup.state.model import Comment, JsonTable
from clickup_mlops.sandbox.clickup.state.talk import comments
from clickup_mlops.sandbox.clickup.state.world import World
from clickup_mlops.sandbox.clickup.wire.basics import format_user, format_user_or_null


def format_comment(world: World, comment: Comment) -> JsonTable:
    """A comment as it is listed."""
    return {
        "id": comment.id,
        "comment": comment.blocks,
        "comment_text": comment.text,
        "user": format_user(world.users[comment.user_id]),
        "resolved": comment.resolved,
        "assignee": format_user_or_null(world, comment.assignee_id),
        "assigned_by": format_user_or_null(world, comment.assigned_by_id),
        "reactions": [],
        "date": str(comment.date),
        "reply_count": str(len(comments.list_replies(world, comment))),
    }


def format_created_comment(comment: Comment) -> JsonTable:
    """The answer to a new comment: id and date are numbers here (measured live)."""
    return {"id": int(comment.id), "hist_id": comment.hist_id, "date": comment.date}
