"""What a reader of a file gives: boards of entries, with values as the file has them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from clickup_mlops.features.migration.history import Changed
from clickup_mlops.features.migration.records import Board, SourceLoss
from clickup_mlops.features.migration.sources import _problems

Raw: TypeAlias = Any
"""A value as the file has it: text, number, boolean, date, an `Option`, a list of `Person`, or what
`records` documents for the column's type. None and empty text: no value."""


@dataclass(frozen=True, slots=True)
class Field:
    """A column. `type` empty: inferred from the values.

    `separator` stands between several values in one text; `date_format` is strptime's; `done` are
    the names of options that end the work, besides the usual words.
    """

    id: str
    title: str
    type: str = ""
    separator: str = ","
    date_format: str = ""
    done: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment; `author` is a Person or, as in many files, a name."""

    id: str
    html: str
    author: Raw = ""
    created_ms: int | None = None
    edited_ms: int | None = None
    reply_to: str | None = None
    likes: int = 0
    pinned: bool = False
    assets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PastChange:
    """A change of an item, as `history.Change`; people as the file has them."""

    at_ms: int
    field: Changed
    before: Raw = ""
    after: Raw = ""
    actor: Raw = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """An item as the file has it. `where` names it in messages: a row, or its key.

    `raw` has empty values too, so that columns keep their order. `own_columns`: it is a subitem
    whose columns are not the board's.
    """

    where: str
    id: str
    name: str
    raw: Sequence[tuple[Field, Raw]] = ()
    group: tuple[str, str] = ("", "")
    parent: str | None = None
    own_columns: bool = False
    description: str = ""
    creator: Raw = ""
    subscribers: tuple[Raw, ...] = ()
    created_ms: int | None = None
    updated_ms: int | None = None
    url: str = ""
    archived: bool = False
    comments: tuple[Comment, ...] = ()
    changes: tuple[PastChange, ...] = ()
    losses: tuple[SourceLoss, ...] = ()


class Problems:
    """Sentences about what was skipped. A file is read more than once: each is kept once."""

    def __init__(self) -> None:
        self._known: set[str] = set()
        self._short = _problems.Problems()
        self.lines = self._short.sentences

    def add(self, sentence: str, kind: str = "") -> None:
        """Keep it, unless it is known. Of one `kind` only so many are kept, and the others counted:
        every row of a file may have the same problem.
        """
        if sentence not in self._known:
            self._known.add(sentence)
            self._short.add(kind or sentence, sentence)


@dataclass(frozen=True, slots=True)
class Table:
    """A board of a file. `board` has neither columns nor groups: they are found while reading.

    `entries` reads the file anew at each call; it reports rows that it cannot use.
    """

    board: Board
    entries: Callable[[Problems], Iterator[Entry]]
    groups: Sequence[tuple[str, str]] = ()
    """Ids and titles of groups in their order, where the file says it."""
    comments: Callable[[Problems], Iterator[tuple[str, Comment]]] | None = None
    """Comments with their items' ids, where they are apart from the entries."""
