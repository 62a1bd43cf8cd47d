"""What a source remembers of its items' past: an optional part of the port `Source`. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, Protocol, runtime_checkable

from clickup_mlops.features.migration.records import Board

Changed = Literal["status", "assignee", "release"]
"""`status`: names; `assignee`: ids of people, empty: nobody; `release`: `after` is the name of the
version or milestone of the item that was released, or ended, then."""


@dataclass(frozen=True, slots=True)
class Change:
    """A change of an item at a time (Unix ms). `actor` is the id of a `Person`; empty: unknown."""

    item_id: str
    at_ms: int
    field: Changed
    before: str
    after: str
    actor: str = ""


@runtime_checkable
class Remembers(Protocol):
    """A source that can give changes of the past. What it gives may be nothing: an export may have
    been made without them.
    """

    def history(self, board: Board) -> Iterator[Change]:
        """The changes of the board's items, in no certain order."""
