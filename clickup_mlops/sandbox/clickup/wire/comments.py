"""Comments on the wire."""

from clickup_mlops.sandbox.clickup.state.model import Comment, Json
from clickup_mlops.sandbox.clickup.state.talk import comments
from clickup_mlops.sandbox.clickup.state.world import World
from clickup_mlops.sandbox.clickup.wire.basics import known_person, person


def comment(world: World, found: Comment) -> Json:
    """A comment as it is listed."""
    return {
        "id": found.id,
        "comment": found.blocks,
        "comment_text": found.text,
        "user": person(world.users[found.user_id]),
        "resolved": found.resolved,
        "assignee": known_person(world, found.assignee_id),
        "assigned_by": known_person(world, found.assigned_by_id),
        "reactions": [],
        "date": str(found.date),
        "reply_count": str(len(comments.replies(world, found))),
    }


def created(made: Comment) -> Json:
    """The answer to a new comment: id and date are numbers here (measured live)."""
    return {"id": int(made.id), "hist_id": made.hist_id, "date": made.date}
