"""The blast radius: how much of what exists a plan may change without an explicit number. Pure."""

from dataclasses import dataclass
from typing import Final

from clickup_mlops.errors import UnsafePlan
from clickup_mlops.features.provisioning.plan.model import Plan, Step

SHARE: Final = 0.30
"""A larger part of the existing objects than this needs an explicit number..."""
FEW: Final = 10
"""... if there are at least this many of them."""


@dataclass(frozen=True, slots=True)
class Radius:
    """How many of the existing objects are changed or deleted."""

    changed: int
    of: int

    @property
    def is_wide(self) -> bool:
        """Whether it needs an explicit number."""
        return self.of >= FEW and self.changed > SHARE * self.of


def of(plan: Plan) -> Radius:
    """The plan's radius. Creating, adopting and keeping change nothing that exists."""
    existing = [step for step in plan.steps if step.have is not None]
    return Radius(sum(map(_changes, existing)), len(existing))


def check(radius: Radius, limit: int | None = None) -> None:
    """Stop a wide one unless `allowed` is its number or more.

    Raises:
        UnsafePlan: names the numbers and how to allow them.
    """
    if radius.is_wide and radius.changed > (limit or 0):
        share = round(100 * radius.changed / radius.of)
        raise UnsafePlan(
            f"this changes {radius.changed} of {radius.of} existing objects ({share}%)",
            hint=f"To confirm, repeat it with --allow {radius.changed}.",
        )


def _changes(step: Step) -> bool:
    return step.operation == "update"
