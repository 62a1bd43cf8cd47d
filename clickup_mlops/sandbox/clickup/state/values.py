"""Reading single values out of a request body, with ClickUp's tolerance and intolerance."""

import re
from typing import Any

from clickup_mlops.sandbox.clickup.state.model import Json, User
from clickup_mlops.sandbox.clickup.state.refusal import bad_input
from clickup_mlops.sandbox.clickup.state.world import World

LAST_MS = 8_640_000_000_000_000
"""The last moment that a JavaScript date can hold, and the first one with a minus."""

_DIGITS = re.compile(r"-?[0-9]{1,18}")


def text(body: Json, key: str, otherwise: str) -> str:
    """A string; absent or null leaves the value as it is."""
    value = body.get(key)
    if value is None:
        return otherwise
    if not isinstance(value, str):
        raise bad_input(f"{key} invalid")
    return value


def listed(body: Json, key: str) -> list[Any]:
    """An array; absent or null is an empty one."""
    value = body.get(key)
    if value is None:
        return []
    if not isinstance(value, list):
        raise bad_input(f"{key} must be an array")
    return value


def records(body: Json, key: str) -> list[Json]:
    """An array of objects; absent or null is an empty one."""
    found = listed(body, key)
    if not all(isinstance(one, dict) for one in found):
        raise bad_input(f"{key} must be an array of objects")
    return found


def record(body: Json, key: str) -> Json:
    """An object; absent or null is an empty one."""
    value = body.get(key)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise bad_input(f"{key} must be an object")
    return value


def flag(body: Json, key: str, otherwise: bool) -> bool:
    """A boolean; absent or null leaves the value as it is."""
    value = body.get(key)
    return otherwise if value is None else value in (True, "true", 1)


def whole(body: Json, key: str, otherwise: int | None) -> int | None:
    """An integer or null. A string is not an error and sets nothing, as with priorities."""
    value = body.get(key, otherwise)
    return value if value is None or _is_int(value) else otherwise


def level(body: Json, otherwise: int | None) -> int | None:
    """A priority, 1 (urgent) to 4 (low), or null."""
    value = whole(body, "priority", otherwise)
    if value is not None and not 1 <= value <= 4:
        raise bad_input("Priority invalid")
    return value


def moment(body: Json, key: str, otherwise: int | None) -> int | None:
    """Unix milliseconds or null; anything else is a bare 400 that names no key."""
    value = body.get(key, otherwise)
    if value is None:
        return None
    found = integer(value)
    if found is None or abs(found) > LAST_MS:
        raise bad_input()
    return found


def integer(value: object) -> int | None:
    """A whole number, also as a float or a string of ASCII digits; None if it is none of them."""
    if isinstance(value, str) and _DIGITS.fullmatch(value):
        return int(value)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def person(world: World, user_id: object) -> User:
    """A member by id."""
    found = world.users.get(user_id) if isinstance(user_id, int | str) else None
    if found is None:
        raise bad_input("User not found")
    return found


def people(world: World, wanted: object) -> list[int]:
    """Member ids; ids of strangers and anything that is no id are dropped silently."""
    if wanted is None:
        return []
    if not isinstance(wanted, list):
        raise bad_input()
    return [user.id for one in wanted if _is_id(one) and (user := world.users.get(one))]


def is_number(value: object) -> bool:
    """A JSON number; a boolean is none."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_int(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_id(value: object) -> bool:
    return not isinstance(value, float) and integer(value) is not None
