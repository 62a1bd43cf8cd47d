"""Pages by number."""

from collections.abc import Iterable, Sequence
from typing import TypeVar

from clickup_mlops.sandbox.monday.state import times
from clickup_mlops.sandbox.monday.state.refusal import Refusal

T = TypeVar("T")
FAR_MS = 2**62


def take_page(
    records: Sequence[T], limit: int | None, number: int | None, most: int = 10_000
) -> list[T]:
    """Page number `page`, from 1. Raises Refusal: the limit is not from 1 to `most`."""
    size = 25 if limit is None else limit
    if not 1 <= size <= most:
        raise Refusal("InvalidArgumentException", f"limit must be from 1 to {most}")
    start = ((number or 1) - 1) * size
    return list(records[start : start + size])


def slice_at_cursor(
    records: Sequence[T], cursor: str | None, limit: int
) -> tuple[list[T], str | None]:
    """The values at a cursor, which is only a number here, and the cursor of the next ones.

    Raises Refusal: the cursor or limit is wrong.
    """
    if cursor and not cursor.isdecimal():
        raise Refusal("InvalidCursorException", "The cursor is invalid")
    start = int(cursor or 0)
    end = start + len(take_page(records[start:], limit, 1))
    return list(records[start:end]), str(end) if end < len(records) else None


def parse_span(start: str | None, end: str | None) -> tuple[int, int]:
    """Two ISO times in Unix milliseconds; far away if not given. Raises Refusal: not a time."""
    try:
        return (times.parse_ms(start) if start else 0), (times.parse_ms(end) if end else FAR_MS)
    except ValueError:
        raise Refusal("InvalidArgumentException", f"not a date: {start} or {end}") from None


def parse_ids(ids: Iterable[str | int | None] | str | int | None) -> list[int] | None:
    """Ids as numbers; those that are none are left out. None stays None."""
    if ids is None:
        return None
    values = [ids] if isinstance(ids, str | int) else ids
    return [int(str(value)) for value in values if str(value).lstrip("-").isdigit()]
