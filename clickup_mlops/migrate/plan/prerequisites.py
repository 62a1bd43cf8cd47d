"""What must exist in ClickUp before a run. Pure."""

from collections.abc import Iterable
from typing import Final

from clickup_mlops.migrate.plan.model import Prerequisite

_CREATED: Final = "List"
"""What a run can create, if it may; ClickUp's API creates no statuses and no fields."""


def of(missing: Iterable[str]) -> tuple[Prerequisite, ...]:
    """What is missing, as `places.missing` says it: the kind, then the rest."""
    found = (one.partition(" ") for one in missing)
    return tuple(Prerequisite(kind, rest, kind != _CREATED) for kind, _, rest in found)
