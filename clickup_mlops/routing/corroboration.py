"""What supports the report of an incident besides its words. Pure.

A text alone may leave open whether users are affected now. Each of these multiplies the odds that
they are; the probability of the text comes first, so that nothing becomes an incident without a
report.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Protocol

from clickup_mlops.clickup.model import Task

FIRING_ALERT: Final = 30.0
BREACH: Final = 20.0
STATUS_PAGE: Final = 10.0
OTHER_INCIDENT: Final = 2.5
DEPLOYMENT: Final = 3.0
_CERTAIN: Final = 0.9999


@dataclass(frozen=True, slots=True)
class Corroboration:
    """One thing that supports a report: in words, and what it multiplies the odds by."""

    text: str
    odds: float


class Witnesses(Protocol):
    """Knows what supports a report."""

    def of(self, task: Task, now_ms: int) -> Iterable[Corroboration]:
        """What supports that the task reports an incident. Raises StoreUnavailable."""


def support(confidence: float, corroborations: Iterable[Corroboration]) -> float:
    """The probability of an incident with everything that supports it."""
    if not 0 < confidence < _CERTAIN:
        return confidence
    odds = confidence / (1 - confidence)
    for corroboration in corroborations:
        odds *= corroboration.odds
    return odds / (1 + odds)
