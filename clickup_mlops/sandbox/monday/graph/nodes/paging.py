"""Pages by number."""

from collections.abc import Iterable, Sequence
from typing import TypeVar

from clickup_mlops.sandbox.monday.state import times
from clickup_mlops.sandbox.monday.state.refusal import Refusal

T = TypeVar("T")
FAR_MS = 2**62


def page(found: Sequence[T], limit: int | None, page: int | None, most: int = 10_000) -> list[T]:
    """Page number `page`, from 1. Raises Refusal: the limit is not from 1 to `most`."""
    size = 25 if limit is None else limit
    if not 1 <= size <= most:
        raise Refusal("InvalidArgumentException", f"limit must be from 1 to {most}")
    start = ((page or 1) - 1) * size
    return list(found[start : start + size])


def slice_at(found: Sequence[T], cursor: str | None, limit: int) -> tuple[list[T], str | None]:
    """The values at a cursor, which is only a number here, and the cursor of the next ones.

    Raises Refusal: the cursor or limit is wrong.
    """
    if cursor and not cursor.isdecimal():
        raise Refusal("InvalidCursorException", "The cursor is invalid")
    start = int(cursor or 0)
    end = start + len(page(found[start:], limit, 1))
    return list(found[start:end]), str(end) if end < len(found) else None


def span(start: str | None, end: str | None) -> tuple[int, int]:
    """Two ISO times in Unix milliseconds; far away if not given. Raises Refusal: not a time."""
    try:
        return (times.parse(start) if start else 0), (times.parse(end) if end else FAR_MS)
    except ValueError:
        raise Refusal("InvalidArgumentException", f"not a date: {start} or {end}") from None


def numbers(ids: Iterable[str | int | None] | str | int | None) -> list[int] | None:
    """Ids as numbers; those that are none are left out. None stays None."""
    if ids is None:
        return None
    many = [ids] if isinstance(ids, str | int) else ids
    return [int(str(one)) for one in many if str(one).lstrip("-").isdigit()]
