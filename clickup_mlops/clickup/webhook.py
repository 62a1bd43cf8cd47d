"""Webhook deliveries: check the signature, read the event. No I/O."""

import hashlib
import hmac
import re
from collections.abc import Sequence
from typing import Final, Literal

import orjson

from clickup_mlops.clickup.model import Event, HistoryItem, Raw, parse_number
from clickup_mlops.errors import BadPayload, BadSignature
from clickup_mlops.json_types import Json

SLACK_MS: Final = 100
"""How far ClickUp's date of a change may differ from that of the task that it changed."""
WebhookEvent = Literal[
    "*",
    "taskCreated",
    "taskUpdated",
    "taskDeleted",
    "taskPriorityUpdated",
    "taskStatusUpdated",
    "taskAssigneeUpdated",
    "taskDueDateUpdated",
    "taskTagUpdated",
    "taskMoved",
    "taskCommentPosted",
    "taskCommentUpdated",
    "taskTimeEstimateUpdated",
    "taskTimeTrackedUpdated",
    "listCreated",
    "listUpdated",
    "listDeleted",
    "folderCreated",
    "folderUpdated",
    "folderDeleted",
    "spaceCreated",
    "spaceUpdated",
    "spaceDeleted",
    "goalCreated",
    "goalUpdated",
    "goalDeleted",
    "keyResultCreated",
    "keyResultUpdated",
    "keyResultDeleted",
]
"""What a webhook can be asked for; `*`: everything."""

REPEATED_MS: Final = 900_000
"""So long what may come again (see `may_repeat`) is taken as a repeated delivery. ClickUp tries
an event five times, waits 7 s each time for an answer, and does not say how far apart."""
EDITED: Final = "taskCommentUpdated"
_POSTED: Final = "taskCommentPosted"

_TASK_ITEM = 1  # a history item's `type`; its `parent_id` is then the list's id
_LONGEST_ID = 200
_TASK_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,100}")
DEEPEST: Final = 100
"""Levels of lists and objects in a body. What is stored wraps it in a few more; `orjson` writes
254 of them, but reads more."""
_BRACKETS: Final = re.compile(rb'[][{}]|"(?:[^"\\]|\\.)*"', re.DOTALL)
"""Those outside of texts; each text as a whole."""
_OBJECTS: Final = ("comment", "time_spent")
"""Fields of items about things that can be edited: each edit comes under the same id."""
_IGNORED_PARTS: Final = ("user", "type", "parent_id", "source")
"""Parts of an item that are not the change: a person with a new picture has made no other one."""


def sign(body: bytes, secret: str) -> str:
    """What ClickUp puts into `X-Signature`: hex HMAC-SHA256 of the raw body."""
    return hmac.digest(secret.encode(), body, "sha256").hex()


def verify(body: bytes, signature: str, secrets: Sequence[str]) -> None:
    """Pass only if exactly these bytes were signed with one of the secrets.

    Several secrets are live while a webhook is rotated.

    Raises:
        BadSignature: none of them fits, or there is none.
    """
    signature_bytes = signature.encode("utf-8", "surrogateescape")
    # Every secret is tried, so that the time taken does not tell which one is close.
    matches = [
        hmac.compare_digest(sign(body, secret).encode(), signature_bytes) for secret in secrets
    ]
    if not any(matches):
        raise BadSignature(
            "the webhook's signature fits none of the known secrets",
            hint="`clickup-mlops hooks list` shows the hooks; `hooks rotate` renews a secret.",
        )


def parse(body: bytes, *, known_key: str = "") -> Event:
    """The event in a delivery's body. `known_key`: the key that it is stored under.

    Raises:
        BadPayload: it is not a ClickUp event; the message names the place.
    """
    raw = read_object(body)
    webhook_id, kind = _read_text(raw, "webhook_id"), _read_text(raw, "event")
    if webhook_id is None or kind is None:
        raise BadPayload("the body has no `webhook_id` or no `event`")
    items = _parse_items(raw)
    return Event(
        key=known_key or build_key(webhook_id, kind, items, raw),
        webhook_id=webhook_id,
        kind=kind,
        task_id=None if raw.get("task_id") is None else check_task_id(raw["task_id"]),
        list_id=_read_text(raw, "list_id") or _read_list_id(items),
        folder_id=_read_text(raw, "folder_id"),
        space_id=_read_text(raw, "space_id"),
        items=items,
        date_ms=max([item.date_ms for item in items], default=0) or None,
        raw=raw,
    )


def _read_list_id(items: Sequence[HistoryItem]) -> str | None:
    for item in items:
        if item.list_id:
            return item.list_id
    return None


def check_task_id(value: Json) -> str:
    """A task's id, which names its lane: no other kind of lane may be reached by it.

    Raises:
        BadPayload: it is none.
    """
    text = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
    if not _TASK_ID.fullmatch(text):
        raise BadPayload(f"`task_id` is not a task's id: {text!r:.80}")
    return text


def read_object(body: bytes) -> dict[str, Json]:
    """The JSON object of a body from outside.

    Raises:
        BadPayload: it is no JSON object, or could not be stored as a part of another one.
    """
    try:
        raw = orjson.loads(body)
    except orjson.JSONDecodeError as problem:
        raise BadPayload(f"the body is not JSON: {problem}") from problem
    if not isinstance(raw, dict):
        raise BadPayload("the body is not a JSON object")
    if body.count(b"{") + body.count(b"[") > DEEPEST and _measure_depth(body) > DEEPEST:
        raise BadPayload(f"the body is nested more than {DEEPEST} levels deep")
    return raw


def _measure_depth(body: bytes) -> int:
    """How deep lists and objects of valid JSON are nested."""
    depth = deepest = 0
    for bracket in _BRACKETS.findall(body):
        depth += {b"{": 1, b"[": 1, b"}": -1, b"]": -1}.get(bracket, 0)
        deepest = max(deepest, depth)
    return deepest


def build_key(webhook_id: str, kind: str, items: Sequence[HistoryItem], raw: Raw) -> str:
    """What makes a delivery the same as an earlier one.

    ClickUp's advice is `webhook_id:history_item_id`. One change is announced twice under the same
    item (`taskUpdated` and, say, `taskPriorityUpdated`), so the kind is part of the key. An edited
    comment comes under the item of the posted one, so what the items report is, too. Deletions and
    most folder and space events have no item: there the body itself is compared.

    Raises:
        BadPayload: it is nested too deeply.
    """
    if items and items[0].id:
        compared = {**raw, "history_items": [_select_content(item) for item in items]}
        return f"{webhook_id}:{items[0].id}:{kind}:{_digest(compared)[:16]}"
    return f"{webhook_id}:{_digest(raw)}"


def may_repeat(event: Event) -> bool:
    """Whether another change may have the same key: no item tells it apart, or one that is reused.

    A List that is deleted, restored and deleted again, a comment that gets its old text back.
    """
    if not any(item.id for item in event.items):
        return True
    return event.kind != _POSTED and any(item.field in _OBJECTS for item in event.items)


def choose_time_ms(event: Event, received_ms: int) -> int | None:
    """When it happened. An edit of a comment has the date of the comment: there, when it came."""
    return received_ms if event.kind == EDITED else event.date_ms


def _select_content(item: HistoryItem) -> Raw:
    return {name: value for name, value in item.raw.items() if name not in _IGNORED_PARTS}


def _digest(value: Json) -> str:
    """The same for the same JSON value, in whatever order its keys are."""
    try:
        text = orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except orjson.JSONEncodeError as problem:
        raise BadPayload(f"the body cannot be compared: {problem}") from problem
    return hashlib.sha256(text).hexdigest()


def _parse_items(raw: Raw) -> tuple[HistoryItem, ...]:
    items = raw.get("history_items") or []
    if not isinstance(items, list):
        raise BadPayload("`history_items` is not a list")
    return tuple([_parse_item(item, place) for place, item in enumerate(items)])


def _parse_item(raw: Json, place: int) -> HistoryItem:
    if not isinstance(raw, dict):
        raise BadPayload(f"`history_items[{place}]` is not an object")
    user = raw.get("user")
    try:
        return HistoryItem(
            id=_read_text(raw, "id") or "",
            field=_read_text(raw, "field") or "",
            date_ms=parse_number(raw.get("date")) or 0,
            user_id=parse_number(user.get("id")) if isinstance(user, dict) else None,
            list_id=_read_text(raw, "parent_id") if raw.get("type") == _TASK_ITEM else None,
            before=raw.get("before"),
            after=raw.get("after"),
            raw=raw,
        )
    except ValueError as problem:
        raise BadPayload(f"`history_items[{place}]`: {problem}") from problem


def _read_text(raw: Raw, name: str) -> str | None:
    """An id or a name; ClickUp mixes numbers and strings."""
    value = raw.get(name)
    if value is None or (type(value) is str and len(value) <= _LONGEST_ID):
        return value
    if isinstance(value, bool) or not isinstance(value, str | int) or len(str(value)) > _LONGEST_ID:
        raise BadPayload(f"`{name}` is neither a short text nor a number")
    return str(value)
