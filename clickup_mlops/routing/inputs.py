"""All inputs of one routing decision, as one value."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from clickup_mlops.routing.facts import Context, Facts
from clickup_mlops.routing.policy import Policy

if TYPE_CHECKING:
    from clickup_mlops.routing.classifier.classify import Classification


@dataclass(frozen=True, slots=True)
class Inputs:
    """One task with its context. `classified` None: the text was not classified."""

    facts: Facts
    classified: "Classification | None"
    policy: Policy
    context: Context
    now_ms: int

    def value(self, field: str) -> object:
        """Value of the custom field of this name (in any case); None if it is not set."""
        return self.facts.fields.get(field.casefold())
