"""What is learned of tasks, and what is concluded. Pure. Times and lengths in Unix ms and ms."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from clickup_mlops.flow.model import FINISHED, OPEN, Stay
from clickup_mlops.ports.sections.statistics import Estimate

Need = Literal["stages", "order", "people", "comments", "endings", "links"]
"""What a reading can give: how long tasks were in their stages; in which order, and when; who had
them; what was commented; when their run, deployment or release ended; addresses of other tools."""
NEEDS: Final[Mapping[Need, str]] = {
    "stages": "how long tasks were in their stages",
    "order": "in which order tasks went through their stages",
    "people": "who worked on tasks, one after the other",
    "comments": "comments with their times and authors",
    "endings": "when the run, deployment or release of a task ended",
    "links": "addresses of other tools in comments",
}
Unit = Literal["ms", "%", "count"]
FEW_TASKS: Final = 20
"""Of fewer tasks nothing is concluded."""
SMALLEST_GROUP: Final = 5
"""People of whom something is said without naming them; of fewer, everybody knows who they are."""


@dataclass(frozen=True, slots=True)
class Remark:
    """A comment, without its text. `hosts` are those of the addresses in it."""

    at_ms: int
    author: str
    is_question: bool = False
    is_decision: bool = False
    hosts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Spent:
    """How long a task was in a stage, in all stays together. `kind` is that of a status."""

    stage: str
    kind: str
    ms: int


@dataclass(frozen=True, slots=True)
class Trace:
    """What became of a task. People are ids of the tool; empty, and None: unknown.

    `kind` is the type of its stage: `open`, `custom`, `done` or `closed`. `stays` are in order;
    none: the order is unknown, and `spent` alone says how long. `owners` had it one after the
    other. `is_recorded`: a decision about it stands in a field, not in comments alone.
    """

    id: str
    place: str
    workload: str
    stage: str
    kind: str
    created_ms: int | None = None
    since_ms: int | None = None
    reporter: str = ""
    stays: tuple[Stay, ...] = ()
    spent: tuple[Spent, ...] = ()
    owners: tuple[str, ...] = ()
    remarks: tuple[Remark, ...] = ()
    hosts: tuple[str, ...] = ()
    ended_ms: int | None = None
    is_recorded: bool = False

    @property
    def is_finished(self) -> bool:
        """Its stage is one of the last."""
        return self.kind in FINISHED

    @property
    def started_ms(self) -> int | None:
        """When work on it first began; None: it did not, or nobody knows."""
        if self.stays:
            return next((stay.start_ms for stay in self.stays if stay.kind != OPEN), None)
        if self.created_ms is None or not self.spent or self.kind == OPEN:
            return None
        return self.created_ms + sum(spent.ms for spent in self.spent if spent.kind == OPEN)

    @property
    def waited_ms(self) -> int | None:
        """From its creation until work on it began."""
        started_ms = self.started_ms
        if started_ms is None or self.created_ms is None:
            return None
        return max(0, started_ms - self.created_ms)

    @property
    def worked(self) -> tuple[Spent, ...]:
        """The stages since work began."""
        return tuple(spent for spent in self.spent if spent.kind == "custom")

    @property
    def cycle_ms(self) -> int | None:
        """How long work on it took; None: it is not finished."""
        return sum(spent.ms for spent in self.worked) if self.is_finished else None

    @property
    def people(self) -> frozenset[str]:
        """Everybody who had to do with it."""
        authors = (remark.author for remark in self.remarks)
        return frozenset(filter(None, (self.reporter, *self.owners, *authors)))


@dataclass(frozen=True, slots=True)
class Reading:
    """The traces of a tool until `now_ms`. `lacking`: what it could not give, and the export that
    would. `names` of people by id. `problems` are what was skipped, a sentence each.
    """

    tool: str
    traces: Sequence[Trace]
    now_ms: int
    lacking: Mapping[Need, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    problems: Sequence[str] = ()
    calls: int = 0


@dataclass(frozen=True, slots=True)
class Group:
    """The traces of a board or List, and those of all others to compare with."""

    place: str
    traces: Sequence[Trace]
    others: Sequence[Trace]
    now_ms: int

    @property
    def finished(self) -> list[Trace]:
        """Those that are finished."""
        return [trace for trace in self.traces if trace.is_finished]

    @property
    def people(self) -> int:
        """How many people had to do with them."""
        return len(frozenset[str]().union(*(trace.people for trace in self.traces)))


@dataclass(frozen=True, slots=True)
class Finding:
    """A bottleneck: where, how large with its interval of 95%, and of how many tasks that is said.

    `kind` is the name of the file in `findings/` that found it.
    """

    place: str
    estimate: Estimate
    unit: Unit
    tasks: int
    says: str
    stage: str = ""
    kind: str = ""

    @property
    def key(self) -> str:
        """What the lines of a proposal name it by, such as `ping_pong in Serving`."""
        where = f"{self.place}, {self.stage}" if self.stage else self.place
        return f"{self.kind} in {where}"


@dataclass(frozen=True, slots=True)
class FindingType:
    """What a file in `findings/` defines. `look` finds at most one in a group for each stage.

    `is_about_people`: it would say something of single persons if the group is small. `automations`
    are those that answer it, `templates` those whose stages and fields do.
    """

    title: str
    definition: str
    needs: frozenset[Need]
    look: Callable[[Group], Iterator[Finding]]
    advice: str
    is_about_people: bool = False
    automations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unknown:
    """A question that the reading cannot answer, and the export that would."""

    title: str
    export: str
