"""Compares tracked time: a task has one list of entries, whatever columns they came from. Pure."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from clickup_mlops.clickup.content import TimeEntry
from clickup_mlops.features.migration.verify import reading
from clickup_mlops.features.migration.verify.fields import Finding
from clickup_mlops.features.migration.verify.reading import SourceCell
from clickup_mlops.json_types import Json

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

    def is_same(self, entry: "Entry") -> bool:
        """Whether the entry in ClickUp is this one. Seconds may be rounded."""
        apart = abs(self.start_ms - entry.start_ms), abs(self.duration_ms - entry.duration_ms)
        return max(apart) < SECOND_MS and self.email in ("", entry.email)


def finished_entries(source_cell: SourceCell) -> list[Entry]:
    """The finished entries of a cell; of a shape that nobody expects there are none."""
    try:
        return [
            Entry(
                raw_entry["from_ms"],
                raw_entry["to_ms"] - raw_entry["from_ms"],
                _email(source_cell, raw_entry.get("person")),
            )
            for raw_entry in source_cell.value.get("entries") or ()
            if raw_entry.get("from_ms") is not None
            and (raw_entry.get("to_ms") or 0) > raw_entry["from_ms"]
        ]
    except (ValueError, TypeError, KeyError, AttributeError):
        return []


def _email(source_cell: SourceCell, person: Json) -> str:
    return next(iter(source_cell.people.emails([{"id": person}])), "")


def totals(source_cells: Sequence[SourceCell], tracked_ms: int) -> Finding | None:
    """How much time there is in all."""
    total = sum(
        entry.duration_ms for source_cell in source_cells for entry in finished_entries(source_cell)
    )
    if abs(total - tracked_ms) < SECOND_MS:
        return None
    return f"{total // SECOND_MS} s", f"{tracked_ms // SECOND_MS} s"


def compare(
    source_cells: Sequence[SourceCell], time_entries: Sequence[TimeEntry]
) -> Finding | None:
    """When it was, and whose; entries that are in ClickUp alone are people's own."""
    unmatched, missing = list(map(_entry_of, time_entries)), []
    entries = [entry for candidate in source_cells for entry in finished_entries(candidate)]
    # Those of known people first: an entry without one may be anybody's.
    for entry in sorted(entries, key=lambda candidate: not candidate.email):
        match = next((candidate for candidate in unmatched if entry.is_same(candidate)), None)
        if match is None:
            missing.append(entry)
        else:
            unmatched.remove(match)
    return (_format_entries(missing), _format_entries(unmatched)) if missing else None


def _entry_of(entry: TimeEntry) -> Entry:
    email = entry.user.email.casefold() if entry.user else ""
    return Entry(entry.start_ms, entry.duration_ms, email)


def _format_entries(entries: Sequence[Entry]) -> str:
    return "; ".join(entry.shown for entry in sorted(entries))
