"""What a run is asked, what it reports while it works, and what it has done. Values."""

from collections import Counter
from collections.abc import Callable, Sequence
from collections.abc import Mapping as ReadOnly
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from clickup_mlops.errors import ClickUpMlopsError, InputError
from clickup_mlops.features.migration.columns._model import Lookup
from clickup_mlops.features.migration.mapping.model import BoardTable, Mapping
from clickup_mlops.features.migration.records import Board, Item, Update
from clickup_mlops.features.migration.steps import AddComment, CreateTask, Deferred

WORKERS: Final = 4
"""Calls at the same time, for everything but tasks: their order is the board's."""


class Lossy(Protocol):
    """What a value loses."""

    @property
    def what(self) -> str:
        """The same sentence for all that lose the same."""


class Conversion(Protocol):
    """What becomes of an item."""

    @property
    def task(self) -> CreateTask:
        """Its task."""

    @property
    def deferred(self) -> Sequence[Deferred]:
        """What can only be done when the other tasks exist."""

    @property
    def losses(self) -> Sequence[Lossy]:
        """What of it ClickUp cannot keep."""


MALFORMED: Final = (InputError, ValueError, TypeError, KeyError)
"""What a conversion raises for a record that no converter understands."""
Convert = Callable[[Item, Board, BoardTable, Mapping, Lookup], Conversion]
"""Item to task. Raises one of `MALFORMED`."""
Comment = Callable[
    [Update, Mapping, Lookup, ReadOnly[str, str]], tuple[AddComment, Sequence[Lossy]]
]
"""Update to comment; the last argument has the names of its files by id. Raises as `Convert`."""


@dataclass(frozen=True, slots=True)
class Options:
    """`limit`: create at most so many tasks, to try it out. `retry`: also what ClickUp refused in
    an earlier run. `find`: the journal was lost, so look for everything in ClickUp before it is
    created. `create_places`: make Folders and Lists that are missing. `files`: move files.
    """

    limit: int | None = None
    retry: bool = False
    find: bool = False
    create_places: bool = False
    files: bool = True
    workers: int = WORKERS


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is. `total` grows while relations are discovered.

    `per_minute`: steps, measured; `eta_s` None: not known yet. `limit` and `used`: calls in the
    current minute of the token's rate budget; 0 until ClickUp has named it.
    """

    kind: str
    done: int
    total: int
    failed: int = 0
    calls: int = 0
    per_minute: float = 0.0
    eta_s: float | None = None
    limit: int = 0
    used: int = 0


Report = Callable[[Progress], None]
"""Called a few times a second while steps are done, and at the end; one call at a time."""


def quiet(_progress: Progress) -> None:
    """Reports to nobody."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A step that was not done. `is_refused`: it is only tried again with `retry`. `name`: what it
    is about, for people: its item or file.
    """

    key: str
    reason: str
    is_refused: bool = True
    name: str = ""

    def __str__(self) -> str:
        """One line; ids only where no name is known."""
        kind = self.key.partition(":")[0]
        return f"{kind} {self.name}: {self.reason}" if self.name else f"{self.key}: {self.reason}"


@dataclass
class Ran:
    """What a run did.

    `done`, `found` (had its effect before, without our knowledge), `skipped` (done earlier): steps
    by kind. `failed`: steps that failed now; `refused_before`: those of earlier runs, by kind.
    `waiting`: steps by what they wait for, such as the task of an item that failed. `notes`: what
    was done, but not completely. `losses`: values by what they lose. `left`: items that the limit
    left out. `stopped`: why it ended early.
    """

    done: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    skipped: Counter[str] = field(default_factory=Counter)
    refused_before: Counter[str] = field(default_factory=Counter)
    failed: list[Failure] = field(default_factory=list)
    waiting: Counter[str] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)
    losses: Counter[str] = field(default_factory=Counter)
    left: int = 0
    calls: int = 0
    stopped: ClickUpMlopsError | None = None

    @property
    def is_complete(self) -> bool:
        """Whether everything has been moved."""
        counts = (len(self.failed), self.refused_before.total(), self.waiting.total(), self.left)
        return self.stopped is None and not any(counts)


@dataclass(frozen=True, slots=True)
class Made:
    """The effect of a step: id and what was written; `notes` say what of it is missing."""

    target: str
    written: ReadOnly[str, Any]
    notes: tuple[str, ...] = ()


class NotReady(Exception):
    """A step cannot be done yet; the message says what it waits for."""
