"""Runs, pools and plans as values. Times in Unix ms, lengths in ms."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

HOUR_MS: Final = 3_600_000
DAY_MS: Final = 24 * HOUR_MS

State = Literal["waiting", "running", "pinned"]
"""`running` and `pinned` runs stay where they are; a `pinned` one was placed by a person."""


@dataclass(frozen=True, slots=True)
class Window:
    """When a run starts and ends."""

    start_ms: int
    end_ms: int

    @property
    def length_ms(self) -> int:
        """From start to end."""
        return self.end_ms - self.start_ms


@dataclass(frozen=True, slots=True)
class Run:
    """A training run that needs `gpus` of a pool for `length_ms`.

    `window`: where it stands now; None: nowhere. `deadline_ms`: when it must have ended. `after`:
    ids of the runs that must end before it. `queued_ms`: since when it waits.
    """

    id: str
    name: str
    gpus: int
    length_ms: int
    pool: str
    project: str = ""
    queued_ms: int = 0
    deadline_ms: int | None = None
    priority: int | None = None
    after: tuple[str, ...] = ()
    window: Window | None = None
    state: State = "waiting"


@dataclass(frozen=True, slots=True)
class Pool:
    """GPUs that are alike. `peak_gpus` of them serve inference in peak hours."""

    name: str
    gpus: int
    peak_gpus: int = 0


@dataclass(frozen=True, slots=True)
class Rules:
    """What holds for every plan. `peaks` are the peak hours of inference, in order, without
    overlaps.
    """

    pools: Mapping[str, Pool]
    quotas: Mapping[str, int] = field(default_factory=dict)
    """Most GPUs that a project's runs use at the same time, by project."""
    peaks: tuple[Window, ...] = ()
    step_ms: int = HOUR_MS // 4
    """Starts are multiples of it."""
    grace_ms: int = HOUR_MS
    """A run that is so late with its start keeps its window."""
    longest_wait_ms: int = 3 * DAY_MS
    """A run that has waited for so long is placed before all others."""
    worth_moving_ms: int = 4 * HOUR_MS
    """A run is moved to an earlier start only if it gains this much."""
    moves: int = 10
    """Most runs that change their start in one plan."""
    horizon_ms: int = 90 * DAY_MS
    """No run is placed further ahead than this."""
    placements: int = 40_000
    """Runs that are placed while better orders are looked for: some 10 µs each."""


@dataclass(frozen=True, slots=True)
class Placement:
    """A run and its window, with the reason for it in a sentence."""

    run: Run
    window: Window
    why: str

    @property
    def late_ms(self) -> int:
        """How long after its deadline it ends."""
        deadline = self.run.deadline_ms
        return 0 if deadline is None else max(0, self.window.end_ms - deadline)

    @property
    def is_move(self) -> bool:
        """Whether it had another start."""
        window = self.run.window
        return window is not None and window.start_ms != self.window.start_ms


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a run is not placed, or not as it should be. `run_id` empty: of no single run."""

    run_id: str
    text: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Schedule:
    """A window for each run that has one, by start; and one problem for each that has not."""

    placements: tuple[Placement, ...]
    problems: tuple[Problem, ...] = ()

    @property
    def moves(self) -> tuple[Placement, ...]:
        """Runs that get another start."""
        return tuple(placement for placement in self.placements if placement.is_move)

    @property
    def late_ms(self) -> int:
        """How long after their deadlines the runs end, in total."""
        return sum(placement.late_ms for placement in self.placements)
