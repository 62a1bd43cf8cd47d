"""What became better or worse with a change, such as a deployment. Pure.

The mean of a series before a change is compared with that after it, each up to the neighbouring
change: of several changes the one with the largest step is the suspect.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean
from typing import Final

from clickup_mlops.features.metrics.placement.planning import compute_change
from clickup_mlops.features.metrics.presentation.families import Aspect
from clickup_mlops.store.timeline_rows import Entry

Points = Sequence[tuple[int, float | None]]
"""Time (Unix ms) and value, oldest first."""
LEAST: Final = 3
"""Points on each side, or nothing is said."""
_BETTER_IF_MORE: Final = frozenset[Aspect](["throughput", "quality"])


@dataclass(frozen=True, slots=True)
class Step:
    """A change, and the means of a series before and after it.

    `worse` is by which share it became worse; negative: better.
    """

    entry: Entry
    before: float
    after: float
    worse: float


def find_suspect(
    points: Points,
    entries: Sequence[Entry],
    aspect: Aspect,
    *,
    is_availability: bool = False,
    maximum: float | None = None,
) -> Step | None:
    """The change with the largest step to the worse; `entries` are oldest first. None: too little
    was measured around all of them.
    """
    is_more_better = is_availability or aspect in _BETTER_IF_MORE
    steps = list(_steps(points, entries, is_more_better=is_more_better, maximum=maximum))
    return max(steps, key=lambda step: step.worse, default=None)


def _steps(
    points: Points, entries: Sequence[Entry], *, is_more_better: bool, maximum: float | None
) -> Iterator[Step]:
    ends: list[float] = [float("-inf"), *(entry.at_ms for entry in entries), float("inf")]
    sides = [_mean(points, start, end) for start, end in pairwise(ends)]
    for entry, (before, after) in zip(entries, pairwise(sides), strict=True):
        if before is not None and after is not None:
            change = compute_change(before, after, maximum)
            is_worse = (after < before) == is_more_better
            yield Step(entry, before, after, change if is_worse else -change)


def _mean(points: Iterable[tuple[int, float | None]], start: float, end: float) -> float | None:
    values = [value for at, value in points if value is not None and start <= at < end]
    return fmean(values) if len(values) >= LEAST else None
