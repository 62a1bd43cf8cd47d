"""A team that works for weeks: work arrives, and whoever is free takes what stands first.

What stands first is what ClickUp shows: the highest priority, then the oldest task. Nobody here
knows of a bot: whatever it changes on the board is what it changes in the team's days. Seeded, so
that two plays of the same board have the same arrivals.
"""

import heapq
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Final, Protocol

HOUR_MS: Final = 3_600_000
WEEK_MS: Final = 168 * HOUR_MS
NO_PRIORITY: Final = 3
"""Where a task without a priority stands: as ClickUp's `normal`."""


class Board(Protocol):
    """What people do in ClickUp. Tasks by id, people by name; times in Unix ms."""

    def wait_until(self, at_ms: int) -> None:
        """Let the clock go on to this time."""

    def create(self, person: str, name: str) -> str:
        """Add a task; its id."""

    def begin(self, person: str, task: str) -> None:
        """Take it, and set the status of work."""

    def finish(self, person: str, task: str) -> None:
        """Set the last status."""

    def read_priorities(self) -> Mapping[str, int | None]:
        """Of the tasks that nobody has begun: 1 (urgent) to 4 (low), or None."""


@dataclass(frozen=True)
class Kind:
    """Work that arrives `per_week` times, and takes `work_h` hours in the mean."""

    per_week: float
    work_h: float
    titles: tuple[str, ...]
    """`{}` stands for a model's name."""


KINDS: Final = (
    Kind(
        12,
        10,
        (
            "Roll out {} 2.{} to the production endpoint",
            "P99 latency of the {} endpoint is over its objective",
            "Raise the batch size of the {} serving replicas",
            "Add two replicas to the {} inference service",
        ),
    ),
    Kind(
        26,
        20,
        (
            "Fine-tune {} on the clicks of week {}",
            "Train {} from scratch with the new tokenizer, run {}",
            "Hyper-parameter sweep for {}, round {}",
            "Resume the training of {} from checkpoint {}",
        ),
    ),
    Kind(8, 8, ("Write the release notes of {} 2.{}", "Plan the offsite of the {} team, day {}")),
)
"""They keep five people busy for 95% of the time: where nothing waits, no order matters."""
_MODELS: Final = ("ranker", "embedder", "summariser", "moderation", "speech", "translation")


@dataclass(frozen=True)
class Played:
    """What happened: tasks that were created, begun and finished."""

    created: int
    begun: int
    finished: int


@dataclass
class Team:
    """People at a board. `progress` is called with the time after each event."""

    board: Board
    people: Sequence[str]
    source: random.Random
    progress: Callable[[int], None] = lambda _at_ms: None
    kinds: Sequence[Kind] = KINDS
    _waiting: dict[str, int] = field(default_factory=dict)
    """Tasks in the order of their arrival, with the length of the work (ms)."""
    _free: list[str] = field(default_factory=list)
    _agenda: list[tuple[int, int, Callable[[int], None]]] = field(default_factory=list)
    _numbers: "count[int]" = field(default_factory=count)
    _counts: dict[str, int] = field(default_factory=dict)

    def work(self, start_ms: int, end_ms: int) -> Played:
        """Everything that happens in between. Tasks that are begun then stay begun."""
        self._free = list(self.people)
        for kind in self.kinds:
            self._plan_arrival(kind, start_ms)
        while self._agenda and self._agenda[0][0] < end_ms:
            at_ms, _, happen = heapq.heappop(self._agenda)
            self.board.wait_until(at_ms)
            happen(at_ms)
            self._take_next(at_ms)
            self.progress(at_ms)
        self.board.wait_until(end_ms)
        counts = self._counts
        return Played(*(counts.get(name, 0) for name in ("created", "begun", "finished")))

    def _plan(self, at_ms: int, happen: Callable[[int], None]) -> None:
        heapq.heappush(self._agenda, (at_ms, next(self._numbers), happen))

    def _plan_arrival(self, kind: Kind, now_ms: int) -> None:
        gap_ms = self.source.expovariate(kind.per_week) * WEEK_MS
        self._plan(now_ms + int(gap_ms), lambda at_ms: self._arrive(kind, at_ms))

    def _arrive(self, kind: Kind, at_ms: int) -> None:
        title = self.source.choice(kind.titles)
        name = title.format(self.source.choice(_MODELS), self.source.randint(1, 60))
        reporter = self.source.choice(self.people)
        # Chance is asked at arrivals alone: another order of work leaves the work the same.
        work_h = self.source.lognormvariate(0, 0.5) * kind.work_h
        self._waiting[self.board.create(reporter, name)] = int(work_h * HOUR_MS)
        self._count("created")
        self._plan_arrival(kind, at_ms)

    def _take_next(self, at_ms: int) -> None:
        """Each free person takes the first task; of the same priority the oldest one."""
        while self._free and self._waiting:
            priorities = self.board.read_priorities() if len(self._waiting) > 1 else {}
            order = [*self._waiting]
            task = min(order, key=lambda t: (priorities.get(t) or NO_PRIORITY, order.index(t)))
            work_ms, person = self._waiting.pop(task), self._free.pop(0)
            self.board.begin(person, task)
            self._count("begun")
            self._plan(at_ms + work_ms, self._finisher(person, task))

    def _finisher(self, person: str, task: str) -> Callable[[int], None]:
        def finish(_at_ms: int) -> None:
            self.board.finish(person, task)
            self._free.append(person)
            self._count("finished")

        return finish

    def _count(self, what: str) -> None:
        self._counts[what] = self._counts.get(what, 0) + 1
