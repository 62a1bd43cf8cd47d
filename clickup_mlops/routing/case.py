"""Everything that a decision is made from, in one value."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from clickup_mlops.routing.facts import Context, Facts
from clickup_mlops.routing.policy import Policy

if TYPE_CHECKING:
    from clickup_mlops.routing.classifier.classify import Classification


@dataclass(frozen=True, slots=True)
class Case:
    """One task to decide about. `classified` None: nothing has read the text."""

    facts: Facts
    classified: "Classification | None"
    policy: Policy
    context: Context
    now_ms: int

    def value(self, field: str) -> object:
        """What stands in the custom field of this name (any case); None if nothing."""
        return self.facts.fields.get(field.casefold())
