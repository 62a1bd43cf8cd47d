"""What the last verification found: a small value that is kept in the store for the report. Pure.

It is saved as a note: `store.notes.put(SCOPE, migration, to_json(summary), at_ms)`.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from pydantic import TypeAdapter

from clickup_mlops.json_types import Json

SCOPE: Final = "migration_verification"
"""Scope of the notes; a note's name is the migration's."""
MOST_LISTED: Final = 500
"""So many differences, and so many missing and extra items, are kept one by one; the rest are only
counted."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A value that is not the same on both sides. `item` is the item's id in the source; `source`
    and `target` are the values as text, as people read them.
    """

    item: str
    field: str
    source: str
    target: str
    name: str = ""
    """The item's name."""
    board: str = ""
    """The board's id."""
    url: str = ""
    """The task's page."""


@dataclass(frozen=True, slots=True)
class VerificationSummary:
    """The result of a verification at `at_ms` (Unix ms).

    `boards` are the ids of the boards, `compared` and `equal` count items. `missing` are ids of
    items that have no task, `extra` ids of tasks that no item stands behind. The lists hold at most
    `MOST_LISTED`; `different`, `missing_count` and `extra_count` count all, -1: as many as listed.
    `names` has the names of what is missing and extra, by id.
    """

    at_ms: int
    boards: tuple[str, ...] = ()
    compared: int = 0
    equal: int = 0
    differences: tuple[Difference, ...] = ()
    missing: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()
    different: int = -1
    missing_count: int = -1
    extra_count: int = -1
    names: Mapping[str, str] = field(default_factory=dict)

    def named(self, listed_id: str) -> str:
        """What is missing or extra, as people know it: its name and id."""
        name = self.names.get(listed_id, "").strip()
        return f'"{name}" ({listed_id})' if name else listed_id

    @property
    def counts(self) -> tuple[int, int, int]:
        """How many differences, missing items and extra tasks there are."""
        listed = (len(self.differences), len(self.missing), len(self.extra))
        counted = (self.different, self.missing_count, self.extra_count)
        different, missing, extra = map(max, listed, counted)
        return different, missing, extra

    @property
    def is_clean(self) -> bool:
        """Whether both sides are the same."""
        return not any(self.counts)


_ADAPTER: Final = TypeAdapter(VerificationSummary)


def to_json(summary: VerificationSummary) -> dict[str, Any]:
    """As a JSON object, its lists cut to what is kept."""
    report = asdict(summary)
    counts = dict(zip(("different", "missing_count", "extra_count"), summary.counts, strict=True))
    listed = {
        name: list(report[name][:MOST_LISTED]) for name in ("differences", "missing", "extra")
    }
    return report | counts | listed


def from_json(value: Json) -> VerificationSummary:
    """The summary that `to_json` wrote. Raises pydantic's ValidationError."""
    return _ADAPTER.validate_python(value)
