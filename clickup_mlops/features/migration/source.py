"""The port behind which every source stands: an API, an export file, another tool."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Protocol, runtime_checkable

from clickup_mlops.features.migration.records import Asset, Board, Item, Person, Update

if TYPE_CHECKING:
    from clickup_mlops.monday.settings import MondaySettings


@dataclass(frozen=True, slots=True)
class Selection:
    """What to read: boards by id, a whole workspace by id or name, or files.

    Nothing named: everything that the token can see, or that the file holds. `mapping` is a file
    that explains columns, for CSV. `archived`: archived boards and items too.
    """

    boards: tuple[str, ...] = ()
    workspace: str = ""
    files: tuple[Path, ...] = ()
    archived: bool = False
    mapping: Path | None = None


class Source(Protocol):
    """Reads one tool. Everything is an iterator: a board may have 100,000 items.

    Raises errors of `clickup_mlops.errors` only: ApiError and its kinds, ContentError for a file.
    """

    problems: list[str]
    """What could not be read and was skipped so far: one sentence each, naming item or row."""

    @property
    def calls(self) -> int:
        """Calls to the tool's API so far."""

    def people(self) -> Iterator[Person]:
        """The people whom the source knows, then its teams."""

    def boards(self) -> Iterator[Board]:
        """The selected boards, with columns and groups."""

    def items(self, board: Board) -> Iterator[Item]:
        """In the board's order; a parent before its subitems."""

    def updates(self, board: Board, since_ms: int | None = None) -> Iterator[Update]:
        """Oldest first where the source allows it; an update before its replies."""

    def assets(self, board: Board) -> Iterator[Asset]:
        """The files of the board's items and updates. Call it after `items` and `updates`."""

    def open(self, asset: Asset) -> BinaryIO:
        """The file's content, read now: links live for a short time. Raises NotFound."""

    def close(self) -> None:
        """Close connections and files."""


@runtime_checkable
class Expects(Protocol):
    """A source that reads files with fewer calls if it knows which ones come next."""

    def expect(self, assets: Iterable[Asset]) -> None:
        """These will be opened, in this order. What `assets` gave is expected already."""


class Pages(Protocol):
    """Answers of a reading that has not ended. See `stored_pages`."""

    def get(self, key: str) -> bytes | None:
        """The answer; None: it has not been read."""

    def put(self, place: str, key: str, answer: bytes) -> None:
        """Store an answer of a place, such as a board."""

    def forget(self, place: str) -> bool:
        """Delete the answers of a place; whether there were any."""


@runtime_checkable
class Resumes(Protocol):
    """A source whose reading goes on where an earlier one was interrupted."""

    def resume(self, pages: Pages | None) -> None:
        """Answer from these pages what they have, and store there what is read."""


@dataclass(frozen=True, slots=True)
class SourceKind:
    """What a module in `sources/` defines. `missing`: what this source cannot give, ever.
    `ignored`: keys of its files that are not read, with the reason.

    `open` checks the selection: it raises InputError if something is missing from it, ContentError
    if a file cannot be used, ConfigError if the settings are incomplete.
    """

    summary: str
    open: Callable[[Selection, "MondaySettings"], Source]
    suffixes: tuple[str, ...] = ()
    """File suffixes that it reads, such as `.xlsx`; none: it reads an API."""
    missing: tuple[str, ...] = ()
    item_noun: str = "item"
    ignored: Mapping[str, str] = field(default_factory=dict)
