"""Percentiles of lengths of time, or nothing where they would be a guess. Pure."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Final

ENOUGH: Final = 5
"""Values without which there are no percentiles."""


@dataclass(frozen=True, slots=True)
class Spread:
    """Half, 85% and 95% of `count` values are at most that; in the unit of the values."""

    count: int
    p50: int
    p85: int
    p95: int


def compute_percentile(ordered: Sequence[int], share: float) -> int:
    """The smallest value that is at least as large as this share (0 to 1) of all: nearest rank.

    `ordered` ascends and is not empty.
    """
    # Rounded first: 0.95 of 20 is 19.000000000000004 in floating point.
    return ordered[max(0, ceil(round(share * len(ordered), 9)) - 1)]


def compute_spread(values: Iterable[int], at_least: int = ENOUGH) -> Spread | None:
    """None: there are fewer than `at_least`."""
    ordered = sorted(values)
    if len(ordered) < max(1, at_least):
        return None
    p50, p85, p95 = (compute_percentile(ordered, share) for share in (0.5, 0.85, 0.95))
    return Spread(len(ordered), p50, p85, p95)


def compute_rank(ordered: Sequence[int], value: int) -> float:
    """The share (0 to 1) of the values that are less. `ordered` ascends and is not empty."""
    return bisect_left(ordered, value) / len(ordered)
