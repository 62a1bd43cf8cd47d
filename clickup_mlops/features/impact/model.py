"""What is measured, of what, and how both periods are compared. Pure. Times in Unix ms."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from clickup_mlops.features.discovery.model import Trace
from clickup_mlops.ports.sections.statistics import Estimate
from clickup_mlops.store.timeline_rows import Entry

Unit = Literal["ms", "%", "count", "hours", "GB/s"]
Stratum = tuple[str, ...]
"""What is alike: List and workload, or the class of jobs that ran."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A value, of what happened at a time."""

    at_ms: int
    value: float
    stratum: Stratum = ()


@dataclass(frozen=True, slots=True)
class Hours:
    """Means of a measure in whole hours, by the hour's beginning (Unix ms), of all that has it."""

    values: Mapping[int, float]
    """The mean of all series in the hour."""
    totals: Mapping[int, tuple[float, ...]] = field(default_factory=dict)
    """Each series' mean in the hour."""


Answers = Sequence[tuple[str, float]]
"""Role and friction of each person who answered the survey, without their names."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of a period. `entries` are reports of tools and incidents; `hours` gives what
    was measured; `answers` are those of a round of the survey. An export of another tool has traces
    alone.
    """

    traces: Sequence[Trace]
    start_ms: int
    end_ms: int
    entries: Sequence[Entry] = ()
    hours: Callable[[str], Hours] = lambda _measure: Hours({})
    answers: Answers = ()


@dataclass(frozen=True, slots=True)
class Measure:
    """What a file in `measures/` defines. `collect` gives samples of the period.

    `better`: whether less or more of it is meant to be good; `neither` says that it stands beside
    another measure. `source` names what it is computed from. `order` is its place.
    """

    title: str
    definition: str
    source: str
    unit: Unit
    better: Literal["less", "more", "neither"]
    collect: Callable[[Evidence], Iterator[Sample]]
    order: int = 50


@dataclass(frozen=True, slots=True)
class Coinciding:
    """Something else that changed at the same time, in words."""

    text: str


@dataclass(frozen=True, slots=True)
class Effect:
    """A measure in both periods. `change`: by what part the median grew, like compared with like
    (-0.5: half of it is left); None of an estimate: not enough data. `compared`: samples in strata
    that both periods have. `changed_ms`: the time at which the samples changed most, if they did.
    """

    name: str
    before: Estimate | None
    now: Estimate | None
    change: Estimate | None
    count_before: int
    count_now: int
    compared: int
    changed_ms: int | None = None
    coinciding: tuple[Coinciding, ...] = ()

    @property
    def is_clear(self) -> bool:
        """The interval of the change leaves no change out."""
        return self.change is not None and not self.change.low <= 0 <= self.change.high
