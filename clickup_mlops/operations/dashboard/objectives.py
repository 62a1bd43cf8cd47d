"""How tasks stand against their service level objectives, from their fields as last read."""

from collections.abc import Iterable
from typing import Final

from clickup_mlops.clickup.model import Task
from clickup_mlops.routing.objectives import Comparison, comparisons
from clickup_mlops.routing.policy import Policy
from clickup_mlops.routing.router import Router
from clickup_mlops.store import Store
from clickup_mlops.store.tables.space_policies import SpacePolicy
from clickup_mlops.views.model import Badge, Cell

NEAR: Final = 0.1
"""Less room than this share of the limit is worth a warning."""


class Objectives:
    """The objectives of many tasks; the templates of all Spaces are read once."""

    def __init__(self, store: Store, policy: Policy) -> None:
        self._router = Router(policy, None, _Read(store.space_policies.all()))

    def of(self, task: Task) -> list[Comparison]:
        """What is measured of the task, with its limits."""
        return [*comparisons(self._router.policy_of(task).policy.slos, task.field)]


class _Read:
    """What templates say about Spaces, already read."""

    def __init__(self, policies: Iterable[SpacePolicy]) -> None:
        self._all = tuple(policies)

    def of(self, space_id: str) -> tuple[SpacePolicy, ...]:
        return tuple(one for one in self._all if one.space_id == space_id)


def state(found: Iterable[Comparison]) -> Cell:
    """The worst of them: breached, near its limit, or met. None: nothing is measured."""
    worst = min(found, key=lambda one: one.room, default=None)
    if worst is None:
        return None
    text = f"{worst.measured:g} of {worst.limit:g}"
    if worst.breached:
        return Badge(f"breached: {text}", "bad")
    near = worst.room < NEAR
    return Badge(f"near: {text}" if near else "met", "warning" if near else "good")
