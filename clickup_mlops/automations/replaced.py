"""What a task had before an automation gave it another value. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from clickup_mlops.store.journal_rows import JournalRow


@dataclass(frozen=True, slots=True)
class Replaced:
    """A value that an automation replaced, and what it wrote last; both as the effect has them."""

    before: Any
    after: Any
    at_ms: int = 0
    """When it wrote last (Unix ms)."""


def find_replaced(newest_first: Sequence[JournalRow]) -> Replaced | None:
    """What was there before the automation wrote, by its writes of one kind on a task. If it has
    written several times since, the value before the first; what somebody chose in between counts.
    """
    if not newest_first:
        return None
    newest, *older = newest_first
    before = newest.before
    for row in older:
        if row.after != before:
            break
        before = row.before
    return Replaced(before, newest.after, newest.finished_ms or newest.begun_ms)


def find_hold_before(
    newest_first: Sequence[JournalRow], automation: str, now_ms: int
) -> Mapping[str, Any] | None:
    """What held the priority before the automation did, by the automation's holds, and would hold
    it still.
    """
    for row in newest_first:
        if not _is_of(row.after, automation):
            return None  # it ended its own hold: what came before that is over
        if not _is_of(row.before, automation):
            hold: Mapping[str, Any] | None = row.before
            return hold if hold and hold["until_ms"] > now_ms else None
    return None


def _is_of(hold: Any, automation: str) -> bool:
    return isinstance(hold, Mapping) and hold["automation"] == automation
