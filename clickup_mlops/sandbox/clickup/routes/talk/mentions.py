"""Who is tagged in a chat message, and the kinds of posts (v3)."""

import re
import uuid

from flask import Blueprint, Response

from clickup_mlops.sandbox.clickup.edge import answer, get_world
from clickup_mlops.sandbox.clickup.paging import paginate
from clickup_mlops.sandbox.clickup.state.refusal import bad_input
from clickup_mlops.sandbox.clickup.state.talk import chat
from clickup_mlops.sandbox.clickup.wire import chat as wire

ROUTES = Blueprint("mentions", __name__)

_MENTION = re.compile(r"\(#user_mention#(\d+)\)")
"""`[@Name](#user_mention#123)`, as ClickUp writes a mention in Markdown."""
_SUBTYPES = {
    "post": ("Announcement", "Discussion", "Idea", "Update"),
    "ai": (),
    "syncup": (),
    "ai_via_brain": (),
}
_NAMESPACE = uuid.UUID("6f2d3c58-93e4-4e2b-9d51-2f0c5a9be002")


@ROUTES.get("/api/v3/workspaces/<workspace_id>/chat/messages/<message_id>/tagged_users")
def list_tagged_users(workspace_id: str, message_id: str) -> Response:
    """The users that a message mentions."""
    content = chat.get_message(get_world(), message_id).content
    ids = dict.fromkeys(_MENTION.findall(content))
    users = [user for user_id in ids if (user := get_world().users.get(user_id))]
    page, following = paginate(users)
    return answer({"data": [wire.format_member(user) for user in page], "next_cursor": following})


@ROUTES.get("/api/v3/workspaces/<workspace_id>/comments/types/<comment_type>/subtypes")
def list_subtypes(workspace_id: str, comment_type: str) -> Response:
    """The subtypes of posts with their ids, which differ between Workspaces."""
    if comment_type not in _SUBTYPES:
        raise bad_input(f"comment_type must be one of {', '.join(_SUBTYPES)}")
    names = _SUBTYPES[comment_type]
    ids = [str(uuid.uuid5(_NAMESPACE, f"{workspace_id}:{name}")) for name in names]
    return answer({"data": [{"id": i, "name": n} for i, n in zip(ids, names, strict=True)]})
