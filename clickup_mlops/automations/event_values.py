"""What conditions read of an event. Pure."""

from collections.abc import Mapping
from typing import Any, Final

from clickup_mlops.automations.conditions.history import alike
from clickup_mlops.automations.model import Situation, Unanswered
from clickup_mlops.clickup.model import read_objects

_KNOWN_BY: Final = ("status", "priority", "username", "name", "id")


def user(situation: Situation) -> int:
    """Id of who changed it, 0 unknown."""
    users = [item.user_id for item in situation.event.items if item.user_id is not None]
    return users[0] if users else 0


def format_reported(value: Any) -> str:
    """What a history item reports, in one word: of an object the part that people know it by."""
    if isinstance(value, Mapping):
        value = next((value[key] for key in _KNOWN_BY if value.get(key) is not None), "")
    if isinstance(value, list):
        return ", ".join(map(format_reported, value))
    return "" if value is None else str(value)


def comment_text(situation: Situation) -> str:
    """The comment, if it is one."""
    comments = (item.raw.get("comment") for item in situation.event.items)
    comment = next((candidate for candidate in comments if isinstance(candidate, Mapping)), {})
    return str(comment.get("text_content") or "").strip()


def mentioned(situation: Situation) -> list[str]:
    """User names of the members that the comment mentions."""
    comments = (item.raw.get("comment") for item in situation.event.items)
    comment = next((candidate for candidate in comments if isinstance(candidate, Mapping)), {})
    users = [block["user"] for block in read_objects(comment, "comment", "type", "user")]
    users = [user for user in users if isinstance(user, Mapping) and user.get("id") is not None]
    return [*dict.fromkeys(_user_name(user, situation) for user in users)]


def _user_name(user: Mapping[str, Any], situation: Situation) -> str:
    if name := user.get("username"):
        return str(name)
    try:
        return situation.names.people(str(user.get("id")))[0].username
    except Unanswered:
        return str(user.get("id"))


def changes_like_it(situation: Situation) -> list[dict[str, Any]]:
    """This change and earlier ones of the same property, the newest first."""
    occurrences = alike(situation.event, situation.lookups.history(), situation.now_ms)
    return [
        {
            "seconds_ago": (occurrences[0].at_ms - occurrence.at_ms) // 1000,
            "before": format_reported(occurrence.item.before) if occurrence.item else "",
            "after": format_reported(occurrence.item.after) if occurrence.item else "",
            "user": (occurrence.item.user_id or 0) if occurrence.item else 0,
        }
        for occurrence in occurrences
    ]


def before(situation: Situation) -> str:
    """The value before the first change."""
    return format_reported(situation.event.items[0].before) if situation.event.items else ""


def after(situation: Situation) -> str:
    """The value after it."""
    return format_reported(situation.event.items[0].after) if situation.event.items else ""
