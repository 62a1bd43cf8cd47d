"""How to read what a tool sends: nothing of it is trusted to be short, a text, an id or a link."""

import hashlib
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urlsplit

import orjson

from clickup_mlops.clickup import webhook
from clickup_mlops.json_types import Json, JsonObject

TASK: Final = "clickup_task"
"""A label, tag or key of this name holds the id of the task that a report is about."""
_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,100}")
_NOT_IN_ID: Final = re.compile(r"[^A-Za-z0-9_-]+")
_NOT_SHOWN: Final = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069]+")
_LINK: Final = re.compile(r"https?://[^\s<>\"'`\\()\[\]{}|^]{1,1000}")


def body(delivery_body: bytes) -> JsonObject:
    """The JSON object. Raises BadPayload."""
    return webhook.read_object(delivery_body)


def at(data: Any, place: str) -> Any:
    """What is at a place such as `run.info.id` or `alerts.0.status`; None if nothing is."""
    for part in place.split("."):
        if isinstance(data, list) and part.isdigit() and int(part) < len(data):
            data = data[int(part)]
        elif isinstance(data, Mapping):
            data = data.get(part)
        else:
            return None
    return data


def table(data: Any, place: str) -> JsonObject:
    """The object at a place; empty if there is none."""
    value = at(data, place)
    return value if isinstance(value, dict) else {}


def text(value: Any, most: int = 200) -> str:
    """A text or number as one line, without control characters; empty for anything else."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return _NOT_SHOWN.sub(" ", str(value)).strip()[:most]


def first(data: Any, *places: str) -> str:
    """The first text that is there."""
    return next((value for place in places if (value := text(at(data, place)))), "")


def word(value: Any) -> str:
    """A text in lower case, with `_` for what the type of an event may not have."""
    return re.sub(r"[^\w.:/-]+", "_", text(value, 100).lower())


def ident(*parts: Any) -> str:
    """An id of these parts: 1 to 100 letters, digits, `_` or `-`. Parts that have other characters
    stay apart by a digest. Empty, if all parts are.
    """
    plain = [str(part) for part in parts if part not in (None, "")]
    joined = "-".join(plain)
    if not joined or _ID.fullmatch(joined):
        return joined
    return f"{_NOT_IN_ID.sub('-', joined)[:60].strip('-')}-{digest(*plain)[:16]}".lstrip("-")


def digest(*parts: Json) -> str:
    """The same for the same JSON values."""
    return hashlib.sha256(orjson.dumps(parts, option=orjson.OPT_SORT_KEYS)).hexdigest()


def links(**values: Any) -> dict[str, str]:
    """Those that are web addresses; nothing in them ends a link or begins another one."""
    return {
        name: value
        for name, value in values.items()
        if isinstance(value, str) and _LINK.fullmatch(value) and _has_host(value)
    }


def _has_host(address: str) -> bool:
    try:
        return bool(urlsplit(address).hostname)
    except ValueError:
        return False


def facts(**values: Any) -> dict[str, str]:
    """Those that are there, as short texts."""
    return {name: short_text for name, value in values.items() if (short_text := text(value, 500))}


def labels(values: Mapping[str, Any], most: int = 50) -> dict[str, str]:
    """A tool's own names and values, as short texts."""
    return {text(name, 100): text(value, 500) for name, value in [*values.items()][:most]}


def seconds(value: str) -> float | None:
    """Unix seconds in a header; None if it is no number."""
    return float(value) if re.fullmatch(r"\d{1,12}", value) else None


def moment(value: Any) -> str:
    """A time of ISO 8601 as `2026-01-31T09:00:00Z`; empty if it is none, or the year 1."""
    try:
        parsed = datetime.fromisoformat(text(value, 40))
        at = parsed.astimezone(UTC) if parsed.tzinfo else parsed.replace(tzinfo=UTC)
    except (ValueError, OverflowError):  # UTC has no year 10000
        return ""
    return "" if at.year < 1970 else at.strftime("%Y-%m-%dT%H:%M:%SZ")
