"""When open work will be finished: Monte Carlo over the team's own throughput. Pure.

Each trial goes on with whole weeks of the past, drawn with replacement, until so much is done as is
left. Whole weeks keep the rhythm of a week; nothing is assumed of how throughput is distributed.
The same input gives the same forecast.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from math import ceil
from random import Random
from typing import Final

from clickup_mlops.flow.spread import compute_percentile

TRIALS: Final = 1_000
WEEK: Final = 7
LEAST_WEEKS: Final = 4
"""Whole weeks of the past without which there is no forecast."""
LEAST_FINISHED: Final = 10
"""Finished tasks in these weeks without which there is none."""
LONGEST_WEEKS: Final = 52
LONGEST: Final = WEEK * LONGEST_WEEKS
"""Days after which a trial ends: what takes longer counts as one more."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """In how many days the work is finished, by trial, ascending. 1: within the first day."""

    days: tuple[int, ...]

    def within(self, share: float) -> int | None:
        """Days in which this share (0 to 1) of the trials is finished; None: over `LONGEST`."""
        days = compute_percentile(self.days, share)
        return None if days > LONGEST else days

    def chance(self, days: int) -> float:
        """The share (0 to 1) of the trials that is finished in so many days."""
        return bisect_right(self.days, days) / len(self.days)


def compute_forecast(
    task_count: int, open_count: int, daily: Sequence[int], seed: str, trials: int = TRIALS
) -> Forecast | None:
    """For `wanted` tasks that are among so many open ones, which are taken in any order; new work
    comes after them. `daily` is how many were finished on each day of the past, the last one
    yesterday. None: that is not enough data.
    """
    return _compute_forecast(task_count, open_count, tuple(daily), seed, trials)


@lru_cache(maxsize=64)
def _compute_forecast(
    task_count: int, open_count: int, daily: Sequence[int], seed: str, trials: int
) -> Forecast | None:
    """A page asks for the same again whenever it looks for news."""
    past = _split_weeks(daily)
    if len(past) < LEAST_WEEKS or sum(map(sum, past)) < LEAST_FINISHED:
        return None
    sums = [sum(week) for week in past]
    trial_draws = _draw_trials(seed, trials, len(past))
    days = (
        _count_days(_find_position(task_count, open_count, position), past, sums, weeks)
        for position, weeks in trial_draws
    )
    return Forecast(tuple(sorted(days)))


@lru_cache(maxsize=4)
def _draw_trials(seed: str, trials: int, weeks: int) -> Sequence[tuple[float, Sequence[int]]]:
    """For each trial a number from 0 to 1, and which week of the past each week is like.

    The same for any amount of work: a trial never gets shorter when there is more to do.
    """
    source = Random(seed)
    past = range(weeks)
    return [(source.random(), source.choices(past, k=LONGEST_WEEKS)) for _ in range(trials)]


def _split_weeks(daily: Sequence[int]) -> list[Sequence[int]]:
    """The whole ones, the last one ending yesterday."""
    first = len(daily) % WEEK
    return [daily[start : start + WEEK] for start in range(first, len(daily), WEEK)]


def _count_days(
    remaining: int, past: Sequence[Sequence[int]], sums: Sequence[int], weeks: Sequence[int]
) -> int:
    """Until so many are done, if the weeks to come are like these."""
    if remaining <= 0:
        return 0
    days = 0
    for week in weeks:
        if sums[week] >= remaining:
            return days + 1 + bisect_left([*accumulate(past[week])], remaining)
        remaining, days = remaining - sums[week], days + WEEK
    return LONGEST + 1


def _find_position(task_count: int, open_count: int, drawn: float) -> int:
    """How many are done when the last one that is wanted is, if the order is random: the highest of
    `wanted` places among all. `drawn` is from 0 to 1.
    """
    if task_count <= 0:
        return 0
    highest: float = max(task_count, open_count) * drawn ** (1 / task_count)
    return max(task_count, ceil(highest))
