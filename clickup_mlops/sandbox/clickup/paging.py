"""Cursor paging of v3: `limit` and `cursor` in, `next_cursor` out."""

import base64
import binascii
from collections.abc import Sequence
from typing import TypeVar

from flask import request

from clickup_mlops.sandbox.clickup.state.refusal import bad_input

T = TypeVar("T")


def paginate(
    rows: Sequence[T], *, default: int = 50, low: int = 1, high: int = 100
) -> tuple[Sequence[T], str]:
    """The wanted page and the cursor of the next one, empty at the end."""
    limit = request.args.get("limit", default, type=int)
    if not low <= limit <= high:
        raise bad_input(f"limit must be between {low} and {high}")
    start = _decode_cursor(request.args.get("cursor") or request.args.get("next_cursor") or "")
    end = start + limit
    return rows[start:end], _encode_cursor(end) if end < len(rows) else ""


def _encode_cursor(position: int) -> str:
    return base64.urlsafe_b64encode(str(position).encode()).decode()


def _decode_cursor(cursor: str) -> int:
    try:
        return int(base64.urlsafe_b64decode(cursor)) if cursor else 0
    except (ValueError, binascii.Error):
        raise bad_input("cursor invalid") from None
