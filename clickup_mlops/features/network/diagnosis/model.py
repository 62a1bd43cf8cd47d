"""Faults, what makes one suspected, and findings. Pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

from clickup_mlops.features.metrics.diagnosis.model import Evidence

if TYPE_CHECKING:
    from clickup_mlops.features.network.diagnosis.view import View

EffectKind = Literal[
    "pauses", "marks", "loss", "uneven", "slow", "errors", "idle", "gpu", "class", "reading"
]
"""How a place suffers: paused, marked, losing packets, uneven links, slower than it could be, and
so on.
"""
ANYWHERE: Final = "*"
"""As the place of an effect: wherever it is seen."""


@dataclass(frozen=True, slots=True)
class Effect:
    """A symptom at a place."""

    kind: EffectKind
    place: str


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean with its 95% interval, all in Gbit/s."""

    mean: float = 0.0
    low: float = 0.0
    high: float = 0.0


@dataclass(frozen=True, slots=True)
class Suspicion:
    """What one fault makes of a window: where, in which numbers, and how sure.

    It rests on `signs`: if a cause explains all of them, it is an effect of that. It `explains`
    what else is seen. `undecided` says which data would decide where these do not. `places` are
    where those of its numbers were measured that are not of its own place.
    """

    place: str
    numbers: Mapping[str, float]
    signs: frozenset[Effect]
    explains: frozenset[Effect] = frozenset()
    lost: Estimate = Estimate()
    detail: str = ""
    undecided: str = ""
    places: Mapping[str, str] = field(default_factory=dict)

    def measured_at(self, measure: str) -> str:
        """Where this number was measured."""
        return self.places.get(measure, self.place)


@dataclass(frozen=True, slots=True)
class Step:
    """What to do next, and the command for it. `{place}`, `{host}` and `{port}` are filled in."""

    text: str
    command: str = ""


@dataclass(frozen=True, slots=True)
class Remedy:
    """What to do about a fault, how to undo that, and what would show that it is another one."""

    steps: tuple[Step, ...]
    undo: str
    disproof: str
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Fault:
    """A kind of fault: the `FAULT` of a file, whose name is its name.

    `order`: causes before what they may cause. `needs` are measures without which nothing can be
    said, of `any_of` one is enough; `hold_s` is how long it must have held.
    """

    title: str
    order: int
    needs: tuple[str, ...]
    find: "Callable[[View], Iterable[Suspicion]]"
    remedy: Remedy
    hold_s: int = 180
    any_of: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """One cause at its place, with what it leads to. `courses` are the points of its numbers, as
    far as they were measured at its place or at `places`: times (Unix ms) and values, oldest first.
    `days` are their means at this hour on the days before.
    """

    fault: str
    title: str
    place: str
    numbers: Mapping[str, float]
    remedy: Remedy
    lost: Estimate = Estimate()
    effects: Mapping[EffectKind, tuple[str, ...]] = field(default_factory=dict)
    detail: str = ""
    undecided: str = ""
    courses: Mapping[str, Sequence[tuple[int, float]]] = field(default_factory=dict)
    days: Mapping[str, Sequence[float]] = field(default_factory=dict)
    places: Mapping[str, str] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """What stays the same while it lasts."""
        return f"{self.fault} {self.place}"


@dataclass(frozen=True, slots=True)
class Unknown:
    """A fault that cannot be told from these data, and the measures that would decide."""

    fault: str
    title: str
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """Findings, the one that costs most first, and what could not be told."""

    findings: tuple[Finding, ...] = ()
    unknown: tuple[Unknown, ...] = ()
