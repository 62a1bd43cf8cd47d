"""Everything that a decision is made from, in one value."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from clickup_mlops.routing.facts import Context, Facts
from clickup_mlops.routing.policy import Policy


class Classified(Protocol):
    """What the text classifier says; `routing.classify.Classification` is one."""

    @property
    def workload(self) -> str:
        """The best label, one of the five workloads."""

    @property
    def confidence(self) -> float:
        """Calibrated probability of it, 0 to 1."""

    @property
    def abstain(self) -> bool:
        """Whether the text is too unclear to decide."""

    @property
    def incident(self) -> bool:
        """Whether the text tells of a live inference incident."""

    @property
    def incident_confidence(self) -> float:
        """Calibrated probability of that, 0 to 1."""

    @property
    def evidence(self) -> tuple[str, ...]:
        """The words that decided."""

    @property
    def runner_up(self) -> str:
        """The second best label."""

    @property
    def scores(self) -> Mapping[str, float]:
        """Probability by label."""


@dataclass(frozen=True, slots=True)
class Case:
    """One task to decide about. `classified` None: nothing has read the text."""

    facts: Facts
    classified: Classified | None
    policy: Policy
    context: Context
    now_ms: int

    def value(self, field: str) -> object:
        """What stands in the custom field of this name (any case); None if nothing."""
        return self.facts.fields.get(field.casefold())
