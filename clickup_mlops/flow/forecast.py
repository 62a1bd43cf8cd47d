"""When open work will be finished: Monte Carlo over the team's own throughput. Pure.

Each trial goes on with whole weeks of the past, drawn with replacement, until so much is done as is
left. Whole weeks keep the rhythm of a week; nothing is assumed of how throughput is distributed.
The same input gives the same forecast.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from random import Random
from typing import Final

from clickup_mlops.flow.spread import percentile

TRIALS: Final = 1_000
WEEK: Final = 7
LEAST_WEEKS: Final = 4
"""Whole weeks of the past without which there is no forecast."""
LEAST_DONE: Final = 10
"""Finished tasks in these weeks without which there is none."""
LONGEST: Final = 730
"""Days after which a trial ends: what takes longer counts as so long."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """In how many days the work is finished, by trial, ascending. 1: within the first day."""

    days: tuple[int, ...]

    def within(self, share: float) -> int | None:
        """Days in which this share (0 to 1) of the trials is finished; None: over `LONGEST`."""
        found = percentile(self.days, share)
        return None if found > LONGEST else found

    def chance(self, days: int) -> float:
        """The share (0 to 1) of the trials that is finished in so many days."""
        return bisect_right(self.days, days) / len(self.days)


def forecast(
    wanted: int, among: int, daily: Sequence[int], seed: str, trials: int = TRIALS
) -> Forecast | None:
    """For `wanted` tasks that are among so many open ones, which are taken in any order; new work
    comes after them. `daily` is how many were finished on each day of the past, the last one
    yesterday. None: that is not enough data.
    """
    past = _weeks(daily)
    if len(past) < LEAST_WEEKS or sum(map(sum, past)) < LEAST_DONE:
        return None
    source = Random(seed)
    # Each trial has numbers of its own: it never gets shorter when there is more to do.
    seeds = [source.getrandbits(64) for _ in range(trials)]
    return Forecast(tuple(sorted(_trial(wanted, among, past, Random(one)) for one in seeds)))


def _weeks(daily: Sequence[int]) -> list[Sequence[int]]:
    """The whole ones, the last one ending yesterday."""
    first = len(daily) % WEEK
    return [daily[start : start + WEEK] for start in range(first, len(daily), WEEK)]


def _trial(wanted: int, among: int, past: Sequence[Sequence[int]], chance: Random) -> int:
    """Days until all that is wanted is done."""
    left, days = _position(wanted, among, chance.random()), 0
    while left > 0:
        if days > LONGEST:
            return LONGEST + 1
        week = past[chance.randrange(len(past))]
        if (done := sum(week)) < left:
            left, days = left - done, days + WEEK
            continue
        for count in week:
            days, left = days + 1, left - count
            if left <= 0:
                break
    return min(days, LONGEST + 1)


def _position(wanted: int, among: int, drawn: float) -> int:
    """How many are done when the last one that is wanted is, if the order is random: the highest of
    `wanted` places among all. `drawn` is from 0 to 1.
    """
    if wanted <= 0:
        return 0
    highest: float = max(wanted, among) * drawn ** (1 / wanted)
    return max(wanted, ceil(highest))
