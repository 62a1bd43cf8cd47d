"""All inputs of one routing decision, as one value."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from clickup_mlops.routing.facts import Context, Facts
from clickup_mlops.routing.policy import Policy


class Classified(Protocol):
    """Result of the text classifier; `routing.classifier.classify.Classification` is one."""

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
        """Whether the text reports a live inference incident."""

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
class Inputs:
    """One task with its context. `classified` None: the text was not classified."""

    facts: Facts
    classified: Classified | None
    policy: Policy
    context: Context
    now_ms: int

    def value(self, field: str) -> object:
        """Value of the custom field of this name (in any case); None if it is not set."""
        return self.facts.fields.get(field.casefold())
