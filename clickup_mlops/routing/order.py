"""The order of tasks, most urgent first: one comparison for pages, digests and agents. Pure.

The tier decides: a live incident stands above a breach, and a breach above what is due, whatever
their priorities are. Within a tier the priority decides, since people may have set it; then the
age.
"""

from typing import Final

from clickup_mlops.routing.decision import QUIET, Decision

NO_PRIORITY: Final = 5
"""Stands for no priority, after Low (4)."""
Position = tuple[int, int, int, str]
"""Rank, priority, creation (Unix ms) and id; the smallest is first."""


def compute_position(
    decision: Decision, priority: int | None, created_ms: int, task_id: str
) -> Position:
    """Where a task stands among others, by its newest decision. `store.lanes` sorts the same."""
    return decision.rank, priority or NO_PRIORITY, created_ms, task_id


def is_quiet(decision: Decision) -> bool:
    """Whether there is nothing to do: the task of a service that meets its objectives."""
    return decision.rank == QUIET
