"""From when on what happened is known."""

from typing import Final

from clickup_mlops.store import Store

_SINCE: Final = ("since", "timeline")
"""Scope and name of the note that the bot makes when it begins to keep the timeline."""


def since_ms(store: Store) -> int | None:
    """Since when the timeline is kept (Unix ms); None: that was not noted."""
    note = store.notes.get(*_SINCE)
    return note.at_ms if note else None


def begins_by(store: Store, end_ms: int) -> bool:
    """Whether something is known of a period that ends then (Unix ms)."""
    return (since_ms(store) or 0) < end_ms
