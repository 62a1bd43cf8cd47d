"""Lanes that wait for a worker of this process, the most urgent ones first.

It holds nothing that matters: the inbox has the rows, and the sweeper finds the lanes again.
"""

import time
from collections import deque
from collections.abc import Callable
from typing import Final

from clickup_mlops.store.queries.ready_lanes import ReadyLane
from clickup_mlops.store.ranks import (
    FRESH_MS,
    RANKS,
    Turns,
    Urgency,
    grow_late,
    list_ranks,
    urgency_of,
)

MOST: Final = 5_000
"""Lanes of one rank that wait at most; others are left to the sweeper."""


class LaneQueue:
    """Each lane once, with the best of the ranks that it was put with. Not safe for threads.

    Classes take turns (`store.ranks.SHARES`). In a class the rank decides, then who came first.
    Fresh lanes that wait for `FRESH_MS` become late. `clock` gives seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._turns = clock, Turns()
        self._ranks: dict[str, int] = {}
        # An entry whose lane has another rank by now, or is gone, stands for nothing.
        self._entries: list[deque[tuple[str, float]]] = [deque() for _ in RANKS]
        self._counts = [0 for _ in RANKS]

    def __len__(self) -> int:
        return len(self._ranks)

    def __contains__(self, lane: str) -> bool:
        return lane in self._ranks

    def put(self, lane: str, rank: int) -> None:
        """Have the lane wait, unless it waits with a rank that is as good."""
        before = self._ranks.get(lane)
        if (before is None or rank < before) and self._counts[rank] < MOST:
            self._place(lane, rank, self._clock())

    def take(self) -> ReadyLane | None:
        """The lane whose turn it is, which waits no longer; None: none waits."""
        self._age()
        for urgency in self._turns.order():
            for rank in list_ranks(urgency):
                if (lane := self._pop(rank)) is not None:
                    self._turns.end()
                    return ReadyLane(lane, rank)
        return None

    def is_more_urgent_than(self, rank: int) -> bool:
        """Whether a lane of a more urgent class waits."""
        better = (other for other in Urgency if other < urgency_of(rank))
        return any(self._counts[other] for urgency in better for other in list_ranks(urgency))

    def clear(self) -> int:
        """Let none wait; how many did."""
        count = len(self._ranks)
        self._ranks.clear()
        for entries in self._entries:
            entries.clear()
        self._counts = [0 for _ in RANKS]
        return count

    def _place(self, lane: str, rank: int, since_s: float) -> None:
        self._forget(lane)
        self._ranks[lane] = rank
        self._counts[rank] += 1
        self._entries[rank].append((lane, since_s))

    def _forget(self, lane: str) -> None:
        if (rank := self._ranks.pop(lane, None)) is not None:
            self._counts[rank] -= 1

    def _pop(self, rank: int) -> str | None:
        while entries := self._entries[rank]:
            lane, _since_s = entries.popleft()
            if self._ranks.get(lane) == rank:
                self._forget(lane)
                return lane
        return None

    def _age(self) -> None:
        """The oldest entries are in front: a look at each of the three is enough."""
        before_s = self._clock() - FRESH_MS / 1000
        for rank in list_ranks(Urgency.FRESH):
            entries = self._entries[rank]
            while entries and entries[0][1] <= before_s:
                lane, since_s = entries.popleft()
                if self._ranks.get(lane) == rank:
                    self._place(lane, grow_late(rank), since_s)
