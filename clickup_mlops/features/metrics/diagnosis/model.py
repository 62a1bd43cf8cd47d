"""A symptom, and the advice that follows when it holds."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

Numbers = Mapping[str, float]
"""Values by measure, all of one port, host, model or service. What is unknown is absent."""
UNEVEN: Final = 0.85
"""Jain's index below which load is uneven."""
Grade = Literal["documentation", "paper", "vendor claim", "engineering report", "logic"]
"""What the expected effect rests on."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where the recommendation and its effect come from."""

    source: str
    grade: Grade


@dataclass(frozen=True, slots=True)
class Symptom:
    """One row: if `holds` for numbers that include all of `needs`, the rest is recommended."""

    name: str
    title: str
    needs: tuple[str, ...]
    """Measures without which nothing can be said."""
    holds: Callable[[Numbers], bool]
    recommend: str
    expect: str
    """The expected effect."""
    evidence: Evidence
    steps: tuple[str, ...]
    """What to do next, most certain first."""
    disproof: str
    """What would show that it is something else."""
    unless: tuple[str, ...] = ()
    """Facts that rule it out if they are known to be so, such as `adaptive_routing`."""
    requires: tuple[str, ...] = ()
    """Facts without which it does not apply."""
    shows: tuple[str, ...] = ()
    """Further measures that are shown with it, if known."""


@dataclass(frozen=True, slots=True)
class Advice:
    """A symptom that holds, with the numbers that it was seen in."""

    symptom: Symptom
    numbers: Numbers = field(default_factory=dict)
