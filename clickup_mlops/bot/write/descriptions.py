"""What was written, in words. Pure."""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from clickup_mlops.json_types import Json
from clickup_mlops.routing.decision import format_moment, format_priority

_KEYED: Final = ("attachment", "block", "chat", "comment", "doc", "task", "webhook")
"""Kinds whose rest is a key that says nothing to people."""
_THINGS: Final = (*_KEYED, "checklist")
"""Kinds of what is there or not; others are values, which a task has or lacks."""
_ASSIGNEE: Final = re.compile(r"(?<=\bassignee )\d+\b")
_DISTINCTIVE: Final = ("value", "name", "page", "text", "to", "title")
"""What a value of several parts is known by: a field's value, the name of a task or file, a page, a
message's text, its receiver, an incident's title."""
_WIDTH: Final = 60


def describe(kind: str, before: Json, after: Json) -> str:
    """A change in one line, for people."""
    if kind.startswith("reply:"):  # what follows are ids
        return "the answer to a command"
    if isinstance(after, bool):  # a tag: on or off the task
        return f"{'+' if after else '-'} {kind.replace(':', ' ', 1)}"
    noun, _, name = kind.partition(":")
    about = noun if noun in _KEYED else f"{noun} {name}".strip()
    if noun in _THINGS and None in (before, after):
        sign, value = ("+", after) if before is None else ("-", before)
        return f"{sign} {about}: {_format_value(kind, value)}"
    return f"{about}: {_format_value(kind, before)} -> {_format_value(kind, after)}"


def name_assignees(text: str, find_name: Callable[[str], str | None]) -> str:
    """The description with people's names for the ids of assignees; ids without a name stay."""
    return _ASSIGNEE.sub(lambda user_id: find_name(user_id[0]) or user_id[0], text)


def _format_value(kind: str, value: Any) -> str:
    if kind == "priority":
        return format_priority(value)
    if kind == "incident" and value is None:
        return "part of no incident"
    if kind == "hold" and isinstance(value, Mapping):
        return f"{format_priority(value['priority'])} until {format_moment(value['until_ms'])}"
    if kind.startswith("mute:") and isinstance(value, Mapping):
        return f"until {format_moment(value['until_ms'])}"
    is_time = kind == "due" or (isinstance(value, Mapping) and value.get("type") == "date")
    if isinstance(value, Mapping):
        value = next((value[name] for name in _DISTINCTIVE if name in value), value)
    if is_time and value is not None:
        return format_moment(int(value))
    if isinstance(value, list):
        value = ", ".join(map(str, value))
    text = " ".join(str(value).split())
    return text if len(text) <= _WIDTH else f"{text[: _WIDTH - 1]}…"
