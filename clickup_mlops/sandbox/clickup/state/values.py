"""Reading single values out of a request body, with ClickUp's tolerance and intolerance."""

import re
from typing import Any

from clickup_mlops.sandbox.clickup.state.model import JsonTable, User
from clickup_mlops.sandbox.clickup.state.refusal import bad_input
from clickup_mlops.sandbox.clickup.state.world import World

LAST_MS = 8_640_000_000_000_000
"""The last moment that a JavaScript date can hold, and the first one with a minus."""

_DIGITS = re.compile(r"-?[0-9]{1,18}")


def read_text(body: JsonTable, key: str, otherwise: str) -> str:
    """A string; absent or null leaves the value as it is."""
    value = body.get(key)
    if value is None:
        return otherwise
    if not isinstance(value, str):
        raise bad_input(f"{key} invalid")
    return value


def read_list(body: JsonTable, key: str) -> list[Any]:
    """An array; absent or null is an empty one."""
    value = body.get(key)
    if value is None:
        return []
    if not isinstance(value, list):
        raise bad_input(f"{key} must be an array")
    return value


def read_records(body: JsonTable, key: str) -> list[JsonTable]:
    """An array of objects; absent or null is an empty one."""
    elements = read_list(body, key)
    if not all(isinstance(element, dict) for element in elements):
        raise bad_input(f"{key} must be an array of objects")
    return elements


def read_record(body: JsonTable, key: str) -> JsonTable:
    """An object; absent or null is an empty one."""
    value = body.get(key)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise bad_input(f"{key} must be an object")
    return value


def read_flag(body: JsonTable, key: str, otherwise: bool) -> bool:
    """A boolean; absent or null leaves the value as it is."""
    value = body.get(key)
    return otherwise if value is None else value in (True, "true", 1)


def read_int(body: JsonTable, key: str, otherwise: int | None) -> int | None:
    """An integer or null. A string is not an error and sets nothing, as with priorities."""
    value = body.get(key, otherwise)
    return value if value is None or _is_int(value) else otherwise


def read_priority(body: JsonTable, otherwise: int | None) -> int | None:
    """A priority, 1 (urgent) to 4 (low), or null."""
    value = read_int(body, "priority", otherwise)
    if value is not None and not 1 <= value <= 4:
        raise bad_input("Priority invalid")
    return value


def read_time(body: JsonTable, key: str, otherwise: int | None) -> int | None:
    """Unix milliseconds or null; anything else is a bare 400 that names no key."""
    value = body.get(key, otherwise)
    if value is None:
        return None
    milliseconds = parse_int(value)
    if milliseconds is None or abs(milliseconds) > LAST_MS:
        raise bad_input()
    return milliseconds


def parse_int(value: object) -> int | None:
    """A whole number, also as a float or a string of ASCII digits; None if it is none of them."""
    if isinstance(value, str) and _DIGITS.fullmatch(value):
        return int(value)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def get_member(world: World, user_id: object) -> User:
    """A member by id."""
    user = world.users.get(user_id) if isinstance(user_id, int | str) else None
    if user is None:
        raise bad_input("User not found")
    return user


def filter_member_ids(world: World, ids: object) -> list[int]:
    """Member ids; ids of strangers and anything that is no id are dropped silently."""
    if ids is None:
        return []
    if not isinstance(ids, list):
        raise bad_input()
    return [user.id for user_id in ids if _is_id(user_id) and (user := world.users.get(user_id))]


def is_number(value: object) -> bool:
    """A JSON number; a boolean is none."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_int(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_id(value: object) -> bool:
    return not isinstance(value, float) and parse_int(value) is not None
