"""Runs as trackers and schedulers report them, and what the bot remembers of each. Pure."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal, Self

RunState = Literal["queued", "running", "finished", "failed", "killed", "preempted"]
ACTIVE: Final = frozenset({"queued", "running", "preempted"})
"""States of runs that are not over."""
STATUS: Final[Mapping[RunState, str]] = {
    "finished": "FINISHED",
    "failed": "FAILED",
    "killed": "KILLED",
}
"""How automations see the end of a run, whatever reports it: in MLflow's words."""
MOST_POINTS: Final = 60
"""Of a run, the newest."""


@dataclass(frozen=True, slots=True)
class RunReport:
    """What one tool says of one run now. Times in Unix ms; None: it does not say.

    `task`: id of the task that the run names, if it does. `by`: what preempted it. `restarts`: how
    often it was started again. `labels`: series of its GPUs have one of these.
    """

    id: str
    name: str
    state: RunState
    task: str = ""
    begun_ms: int | None = None
    ended_ms: int | None = None
    step: float | None = None
    steps: float | None = None
    loss: float | None = None
    gpus: int = 0
    restarts: int = 0
    by: str = ""
    url: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)

    @property
    def share(self) -> float | None:
        """Steps done of steps planned, from 0 to 1."""
        if self.step is None or not self.steps:
            return None
        return min(1.0, max(0.0, self.step / self.steps))


@dataclass(frozen=True, slots=True)
class Point:
    """Where a run was at a time (Unix ms)."""

    at_ms: int
    step: float | None
    loss: float | None


@dataclass(frozen=True, slots=True)
class Progress:
    """A run over time. `moved_ms`: when its step changed last. `idle_ms`: since when its GPUs have
    no process; 0: they have. `reported`: what was reported of it, and is not over.
    """

    source: str
    report: RunReport
    task_id: str
    points: tuple[Point, ...]
    moved_ms: int
    idle_ms: int = 0
    reported: tuple[str, ...] = ()
    at_ms: int = 0

    @property
    def key(self) -> str:
        """What identifies the run among all."""
        return f"{self.source}/{self.report.id}"

    def to_dict(self) -> dict[str, Any]:
        """As JSON. A loss that is no number is a text: JSON has none."""
        report = {name: getattr(self.report, name) for name in RunReport.__dataclass_fields__}
        return {
            "source": self.source,
            "report": report | {"loss": _text(self.report.loss), "labels": {**self.report.labels}},
            "task_id": self.task_id,
            "points": [[point.at_ms, point.step, _text(point.loss)] for point in self.points],
            "moved_ms": self.moved_ms,
            "idle_ms": self.idle_ms,
            "reported": [*self.reported],
            "at_ms": self.at_ms,
        }

    @classmethod
    def parse(cls, raw: Mapping[str, Any]) -> Self:
        """The run from what `to_dict` returned."""
        report = {**raw["report"], "loss": _loss(raw["report"]["loss"])}
        return cls(
            raw["source"],
            RunReport(**report),
            raw["task_id"],
            tuple(Point(at_ms, step, _loss(loss)) for at_ms, step, loss in raw["points"]),
            raw["moved_ms"],
            raw["idle_ms"],
            tuple(raw["reported"]),
            raw["at_ms"],
        )


def _text(loss: float | None) -> float | str | None:
    return loss if loss is None or math.isfinite(loss) else str(loss)


def _loss(value: float | str | None) -> float | None:
    return None if value is None else float(value)
