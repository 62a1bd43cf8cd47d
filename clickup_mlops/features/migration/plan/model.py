"""A plan as values: what a run would create, what cannot be kept, and what it costs."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Final, Literal

from clickup_mlops.features.migration.cost import Cost
from clickup_mlops.features.migration.replacements import Replacement
from clickup_mlops.json_types import JsonObject

Kind = Literal[
    "task",
    "subtask",
    "comment",
    "file",
    "dependency",
    "link",
    "relation",
    "time",
    "watchers",
    "archive",
]
"""What a run creates or does. Kinds of steps, but subtasks are told apart from tasks."""
NOUNS: Final[Mapping[Kind, tuple[str, str]]] = {
    "task": ("task", "tasks"),
    "subtask": ("subtask", "subtasks"),
    "comment": ("comment", "comments"),
    "file": ("file", "files"),
    "dependency": ("dependency", "dependencies"),
    "link": ("link", "links"),
    "relation": ("relation", "relations"),
    "time": ("time entry", "time entries"),
    "watchers": ("task with watchers", "tasks with watchers"),
    "archive": ("archived task", "archived tasks"),
}
"""One and many."""
KINDS: Final = tuple(NOUNS)
EXAMPLES: Final = 3
"""So many examples of a loss are kept."""


@dataclass(frozen=True, slots=True)
class Count:
    """How many there are in the source, and of these: done by earlier runs, and failed there."""

    total: int = 0
    done: int = 0
    failed: int = 0

    @property
    def open(self) -> int:
        """How many a run has still to do, the failed ones included."""
        return self.total - self.done

    def __add__(self, addend: "Count") -> "Count":
        return Count(
            self.total + addend.total, self.done + addend.done, self.failed + addend.failed
        )


@dataclass(frozen=True, slots=True)
class LossCount:
    """How many values lose the same. An example is `item: value`."""

    what: str
    count: int
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ColumnPlan:
    """Where a column's values go. `values`: how many items have one; `target` is for people."""

    id: str
    title: str
    type: str
    target: str
    kept: bool = True
    subitems: bool = False
    values: int = 0
    losses: tuple[LossCount, ...] = ()


@dataclass(frozen=True, slots=True)
class OtherLosses:
    """Losses of what is in no column, such as the group, updates, or dependencies."""

    title: str
    losses: tuple[LossCount, ...]


@dataclass(frozen=True, slots=True)
class BoardPlan:
    """A board. `bytes` are those of its files, `unsized` how many files have no known size."""

    id: str
    name: str
    place: str
    groups: str = ""
    counts: Mapping[Kind, Count] = field(default_factory=dict)
    bytes: int = 0
    unsized: int = 0
    columns: tuple[ColumnPlan, ...] = ()
    others: tuple[OtherLosses, ...] = ()

    @property
    def losses(self) -> int:
        """How many values lose something."""
        return sum(loss_count.count for loss_count in self._losses())

    def _losses(self) -> Iterator[LossCount]:
        for column in self.columns:
            yield from column.losses
        for other_losses in self.others:
            yield from other_losses.losses


@dataclass(frozen=True, slots=True)
class Unmatched:
    """Somebody of the source who is nobody in ClickUp, and how many items name them."""

    id: str
    name: str
    items: int


@dataclass(frozen=True, slots=True)
class Prerequisite:
    """A Space, Folder, List, status or field that must exist before the first task.

    `by_hand`: ClickUp has no call that creates it. `why` says what is wrong, if anything.
    """

    kind: str
    path: str
    by_hand: bool = False
    why: str = ""


@dataclass(frozen=True, slots=True)
class Survey:
    """What one pass over the records found. `people`: those who could not be matched.

    `missing`: what the source can never give; `problems`: what could not be read; `gaps`: what the
    mapping does not have.
    """

    name: str
    source: str
    boards: tuple[BoardPlan, ...] = ()
    people: tuple[Unmatched, ...] = ()
    manual: tuple[Replacement, ...] = ()
    missing: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    gaps: tuple[str, ...] = ()

    @property
    def counts(self) -> dict[Kind, Count]:
        """Over all boards, by kind; only kinds that there are."""
        totals: dict[Kind, Count] = {}
        for kind in KINDS:
            total = sum((board.counts.get(kind, Count()) for board in self.boards), Count())
            if total.total:
                totals[kind] = total
        return totals

    @property
    def bytes(self) -> int:
        """Of all files whose size is known."""
        return sum(board.bytes for board in self.boards)


@dataclass(frozen=True, slots=True)
class MigrationPlan:
    """The whole dry run. `prerequisites`: what provisioning has to create, or people have to;
    `read_ms`: when the source was read (Unix ms), 0: that is unknown.
    """

    survey: Survey
    cost: Cost
    prerequisites: tuple[Prerequisite, ...] = ()
    problems: tuple[str, ...] = ()
    read_ms: int = 0

    @property
    def work(self) -> int:
        """How many steps, prerequisites and gaps of the mapping are left to do."""
        steps = sum(count.open for count in self.survey.counts.values())
        return steps + len(self.prerequisites) + len(self.survey.gaps)

    def to_dict(self) -> JsonObject:
        """For JSON."""
        return asdict(self)
