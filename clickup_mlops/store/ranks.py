"""Which lanes go first: classes of urgency, and in each an estimate of the workload. Pure.

A rank is one number, so that an index of the inbox holds the order; the smallest goes first.
"""

from collections.abc import Iterator
from enum import IntEnum
from typing import Final


class Urgency(IntEnum):
    """Classes of lanes. Each has a share of the workers, so that none starves another."""

    LIVE = 0
    """Commands of people, reports of tools, tasks with an incident."""
    FRESH = 1
    """Changes of this minute."""
    LATE = 2
    """Older changes, repeated deliveries, deletions, what a back-fill or time brings."""


class Estimate(IntEnum):
    """The workload that a task probably has, as far as that is known without a call."""

    INFERENCE = 0
    UNCLEAR = 1
    OTHER = 2


FRESH_MS: Final = 60_000
"""What waits for longer than this is late."""
SHARES: Final = (
    Urgency.LIVE,
    Urgency.FRESH,
    Urgency.LIVE,
    Urgency.LATE,
    Urgency.LIVE,
    Urgency.FRESH,
    Urgency.LIVE,
    Urgency.LIVE,
)
"""Whose turn it is, over and over: the class that a worker asks first. If it has nothing to do, the
most urgent one that has takes the turn."""


def compute_rank(urgency: Urgency, estimate: Estimate = Estimate.UNCLEAR) -> int:
    """The rank of what is in this class."""
    return urgency * len(Estimate) + estimate


def urgency_of(rank: int) -> Urgency:
    """The class of a rank."""
    return Urgency(rank // len(Estimate))


def list_ranks(urgency: Urgency) -> tuple[int, ...]:
    """The ranks of a class, the first first."""
    return tuple(compute_rank(urgency, estimate) for estimate in Estimate)


def grow_late(rank: int) -> int:
    """The rank of what was fresh and has waited for `FRESH_MS`."""
    return rank + len(Estimate) if urgency_of(rank) is Urgency.FRESH else rank


DEFAULT: Final = compute_rank(Urgency.FRESH)
"""The rank of a change of which nothing is known."""
RANKS: Final = range(len(Urgency) * len(Estimate))


class Turns:
    """Whose turn it is. Not safe for several threads."""

    def __init__(self) -> None:
        self._turn = 0

    def order(self) -> Iterator[Urgency]:
        """The classes in the order in which they are asked now."""
        first = SHARES[self._turn]
        yield first
        yield from (urgency for urgency in Urgency if urgency is not first)

    def end(self) -> None:
        """The turn was used."""
        self._turn = (self._turn + 1) % len(SHARES)
