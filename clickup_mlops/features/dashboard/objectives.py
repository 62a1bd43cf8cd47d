"""How a task stands against its service level objectives, in one cell."""

from collections.abc import Iterable
from typing import Final

from clickup_mlops.ports.sections.cells import digits
from clickup_mlops.routing.objectives import Comparison
from clickup_mlops.views.model import Badge, Cell

NEAR: Final = 0.1
"""Less room than this share of the limit is worth a warning."""


def state(found: Iterable[Comparison]) -> Cell:
    """The worst of them: breached, near its limit, or met. None: nothing is measured."""
    worst = min(found, key=lambda one: one.room, default=None)
    if worst is None:
        return None
    measured = f"{worst.measured:.{digits(worst.measured, worst.unit)}f}"
    text = f"{measured} of {worst.limit:g}"
    if worst.breached:
        return Badge(f"breached: {text}", "bad")
    near = worst.room < NEAR
    return Badge(f"near: {text}" if near else "met", "warning" if near else "good")
