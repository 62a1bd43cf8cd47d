"""Numbers with their intervals: 95% each, seeded, and nothing where a number would be a guess.

A median is the middle value, or the lower one of the two in the middle. Its interval is the
bootstrap's: the median of a resample of n values is the value at a rank that a beta distribution
gives, so that one resample costs one random number instead of n. Pure.
"""

import math
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Final

MINIMUM: Final = 5
"""Fewer values than this say nothing of the others."""
_RESAMPLES: Final = 2_000
_RESAMPLES_OF_MEANS: Final = 1_000
_Z: Final = 1.959963984540054
"""Of 95%: the normal distribution's 97.5th percentile."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value, and the interval in which it is with a probability of 95%."""

    value: float
    low: float
    high: float


def share(part: int, total: int) -> Estimate | None:
    """A share of 0 to 1 with Wilson's interval; None: not enough data."""
    return wilson(part, total) if total >= MINIMUM else None


def wilson(part: int, total: int) -> Estimate:
    """Wilson's interval of a share; `whole` is at least 1.

    E. B. Wilson, "Probable inference, the law of succession, and statistical inference", 1927.
    """
    share = part / total
    scale = 1 + _Z**2 / total
    middle = (share + _Z**2 / (2 * total)) / scale
    reach = _Z / scale * math.sqrt(share * (1 - share) / total + _Z**2 / (4 * total**2))
    return Estimate(
        share, min(share, max(0.0, middle - reach)), max(share, min(1.0, middle + reach))
    )


def median(values: Sequence[float], seed: str) -> Estimate | None:
    """The median; None: not enough data."""
    if len(values) < MINIMUM:
        return None
    ordered = sorted(values)
    return Estimate(_median(ordered), *_interval([*_medians(ordered, seed)]))


def change_of_median(before: Sequence[float], now: Sequence[float], seed: str) -> Estimate | None:
    """How much the median has grown; None: not enough data."""
    if min(len(before), len(now)) < MINIMUM:
        return None
    old, new = sorted(before), sorted(now)
    pairs = zip(_medians(old, f"{seed} before"), _medians(new, seed), strict=True)
    return Estimate(_median(new) - _median(old), *_interval([b - a for a, b in pairs]))


def ratio_of_medians(
    pairs: Sequence[tuple[Sequence[float], Sequence[float]]], seed: str
) -> Estimate | None:
    """By what share the median has grown, like compared with like: -0.5 is half of it.

    Each pair has the values of one kind before and now; kinds weigh as precisely as they are
    known. Values are positive, or are taken as the smallest that is. None: not enough data.
    """
    enough = [pair for pair in pairs if min(map(len, pair)) >= MINIMUM]
    smallest = min(
        (value for pair in enough for part in pair for value in part if value > 0), default=1
    )
    logs = [
        tuple(sorted(math.log(max(value, smallest)) for value in part) for part in pair)
        for pair in enough
    ]
    weights = [len(old) * len(new) / (len(old) + len(new)) for old, new in logs]
    if not logs:
        return None
    value = _weighted((_median(new) - _median(old) for old, new in logs), weights)
    draws = [
        zip(
            _medians(old, f"{seed} {number} before"), _medians(new, f"{seed} {number}"), strict=True
        )
        for number, (old, new) in enumerate(logs)
    ]
    changes = [
        _weighted((new - old for old, new in drawn), weights) for drawn in zip(*draws, strict=True)
    ]
    return Estimate(*(math.expm1(each) for each in (value, *_interval(changes))))


def _weighted(values: Iterable[float], weights: Sequence[float]) -> float:
    pairs = zip(values, weights, strict=True)
    return sum(value * weight for value, weight in pairs) / sum(weights)


def change_of_mean(before: Sequence[float], now: Sequence[float], seed: str) -> Estimate | None:
    """How much the mean has grown, of values such as one a day; None: not enough data."""
    if min(len(before), len(now)) < MINIMUM:
        return None
    pairs = zip(_means(before, f"{seed} before"), _means(now, seed), strict=True)
    return Estimate(fmean(now) - fmean(before), *_interval([b - a for a, b in pairs]))


def change_of_share(before: tuple[int, int], now: tuple[int, int]) -> Estimate | None:
    """How much a share (part, whole) has grown; None: not enough data.

    R. G. Newcombe, "Interval estimation for the difference between independent proportions", 1998,
    method 10.
    """
    old, new = share(*before), share(*now)
    if old is None or new is None:
        return None
    change = new.value - old.value
    down = math.hypot(new.value - new.low, old.high - old.value)
    up = math.hypot(new.high - new.value, old.value - old.low)
    return Estimate(change, change - down, change + up)


def change_of_count(
    before: int, now: int, *, before_ms: float = 1, now_ms: float = 1
) -> Estimate | None:
    """By what share a count has grown for equal times; -1 to infinity. None: not enough data.

    Given how many there were in both periods, those of one are a share of them all: so the interval
    of a ratio of counts is that of a share.
    """
    if not before or before + now < 2 * MINIMUM:
        return None
    scale = before_ms / now_ms
    estimate = wilson(now, before + now)
    low, high = (_odds(bound) * scale - 1 for bound in (estimate.low, estimate.high))
    return Estimate(now / before * scale - 1, low, high)


def _odds(share: float) -> float:
    return math.inf if share >= 1 else share / (1 - share)


def _median(ordered: Sequence[float]) -> float:
    return ordered[(len(ordered) - 1) // 2]


def _medians(ordered: Sequence[float], seed: str) -> Iterator[float]:
    """Medians of resamples: the k-th smallest of n even random numbers is Beta(k, n - k + 1)."""
    chance, count = random.Random(seed), len(ordered)
    rank = (count - 1) // 2 + 1
    for _ in range(_RESAMPLES):
        place = int(chance.betavariate(rank, count - rank + 1) * count)
        yield ordered[min(place, count - 1)]


def _means(values: Sequence[float], seed: str) -> Iterator[float]:
    """Means of resamples."""
    chance, count = random.Random(seed), len(values)
    for _ in range(_RESAMPLES_OF_MEANS):
        yield math.fsum(chance.choices(values, k=count)) / count


def _interval(values: list[float]) -> tuple[float, float]:
    values.sort()
    out = round(len(values) * 0.025)
    return values[out], values[-1 - out]
