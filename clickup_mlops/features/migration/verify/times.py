"""Compares tracked time: a task has one list of entries, whatever columns they came from. Pure."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from clickup_mlops.clickup.content import TimeEntry
from clickup_mlops.features.migration.verify import reading
from clickup_mlops.features.migration.verify.fields import Finding
from clickup_mlops.features.migration.verify.reading import Asked

SECOND_MS: Final = 1000


class Entry(NamedTuple):
    """Tracked time. `email` in lower case; empty: of somebody without account."""

    start_ms: int
    duration_ms: int
    email: str

    @property
    def shown(self) -> str:
        """As people read it."""
        at = reading.instant(self.start_ms).shown
        return ", ".join(filter(None, (at, f"{self.duration_ms // SECOND_MS} s", self.email)))

    def is_same(self, found: "Entry") -> bool:
        """Whether the entry in ClickUp is this one. Seconds may be rounded."""
        apart = abs(self.start_ms - found.start_ms), abs(self.duration_ms - found.duration_ms)
        return max(apart) < SECOND_MS and self.email in ("", found.email)


def wanted(asked: Asked) -> list[Entry]:
    """The finished entries of a cell; of a shape that nobody expects there are none."""
    try:
        return [
            Entry(one["from_ms"], one["to_ms"] - one["from_ms"], _email(asked, one.get("person")))
            for one in asked.value.get("entries") or ()
            if one.get("from_ms") is not None and (one.get("to_ms") or 0) > one["from_ms"]
        ]
    except (ValueError, TypeError, KeyError, AttributeError):
        return []


def _email(asked: Asked, person: object) -> str:
    return next(iter(asked.people.emails([{"id": person}])), "")


def totals(asked: Sequence[Asked], tracked_ms: int) -> Finding | None:
    """How much time there is in all."""
    total = sum(entry.duration_ms for one in asked for entry in wanted(one))
    if abs(total - tracked_ms) < SECOND_MS:
        return None
    return f"{total // SECOND_MS} s", f"{tracked_ms // SECOND_MS} s"


def compare(asked: Sequence[Asked], found: Sequence[TimeEntry]) -> Finding | None:
    """When it was, and whose; entries that are in ClickUp alone are people's own."""
    left, lost = list(map(_found, found)), []
    entries = [entry for one in asked for entry in wanted(one)]
    # Those of known people first: an entry without one may be anybody's.
    for entry in sorted(entries, key=lambda one: not one.email):
        same = next((one for one in left if entry.is_same(one)), None)
        if same is None:
            lost.append(entry)
        else:
            left.remove(same)
    return (_shown(lost), _shown(left)) if lost else None


def _found(entry: TimeEntry) -> Entry:
    email = entry.user.email.casefold() if entry.user else ""
    return Entry(entry.start_ms, entry.duration_ms, email)


def _shown(entries: Sequence[Entry]) -> str:
    return "; ".join(one.shown for one in sorted(entries))
