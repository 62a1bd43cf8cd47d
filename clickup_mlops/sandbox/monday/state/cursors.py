"""Cursors of item pages: opaque, and dead 60 minutes after the first request."""

import base64
import binascii
import json
import secrets
from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field

from clickup_mlops.sandbox.monday.state.model import Item
from clickup_mlops.sandbox.monday.state.refusal import Refusal
from clickup_mlops.sandbox.monday.state.world import World

LIFE_MS = 60 * 60 * 1000
MOST_ITEMS = 500
EXPIRED = (
    "CursorExpiredError: The cursor provided for pagination has expired. Please refresh your query"
    " and obtain a new cursor to continue fetching items"
)


@dataclass(slots=True)
class _Paging:
    """One walk over a board: the items as they were ordered when it began."""

    ids: "array[int]"
    began_ms: int


@dataclass(slots=True)
class Cursors:
    """The walks that have not ended."""

    _walks: dict[str, _Paging] = field(default_factory=dict)

    def first(
        self, world: World, board_id: int, items: Sequence[Item], limit: int
    ) -> tuple[str | None, list[Item]]:
        """Begin a walk: the cursor of the next page, None at the end, and the first page."""
        self._forget(world.now_ms())
        if len(items) <= _check_limit(limit):
            return None, list(items)
        key = secrets.token_urlsafe(12)
        ids = array("q", (item.id for item in items))
        self._walks[key] = _Paging(ids, world.now_ms())
        return self._page(world, board_id, key, 0, limit)

    def next(self, world: World, cursor: str, limit: int) -> tuple[str | None, list[Item]]:
        """Go on. Raises Refusal: CursorException, the cursor has expired or is none of ours."""
        board_id, key, offset = _decode_cursor(cursor)
        walk = self._walks.get(key)
        if walk is None or world.now_ms() >= walk.began_ms + LIFE_MS:
            raise Refusal("CursorException", EXPIRED)
        return self._page(world, board_id, key, offset, limit)

    def _page(
        self, world: World, board_id: int, key: str, offset: int, limit: int
    ) -> tuple[str | None, list[Item]]:
        ids = self._walks[key].ids
        end = offset + _check_limit(limit)
        items = [world.items[item_id] for item_id in ids[offset:end] if item_id in world.items]
        cursor = _encode_cursor(board_id, key, end) if end < len(ids) else None
        return cursor, [item for item in items if item.state == "active"]

    def _forget(self, now_ms: int) -> None:
        for key in [k for k, walk in self._walks.items() if now_ms >= walk.began_ms + LIFE_MS]:
            del self._walks[key]


def _check_limit(limit: int) -> int:
    if not 1 <= limit <= MOST_ITEMS:
        raise Refusal("InvalidArgumentException", f"limit must be from 1 to {MOST_ITEMS}")
    return limit


def _encode_cursor(board_id: int, key: str, offset: int) -> str:
    body = json.dumps([board_id, key, offset]).encode()
    return "MSw" + base64.urlsafe_b64encode(body).decode()


def _decode_cursor(cursor: str) -> tuple[int, str, int]:
    try:
        board_id, key, offset = json.loads(base64.urlsafe_b64decode(cursor.removeprefix("MSw")))
    except (binascii.Error, ValueError, TypeError):
        raise Refusal("CursorException", "The cursor is invalid") from None
    return int(board_id), str(key), int(offset)
