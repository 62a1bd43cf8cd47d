"""When a run will end, and where its loss goes, from where it was. Pure."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean, median
from typing import Final

from clickup_mlops.features.progress.model import Point, Progress

FEWEST: Final = 3
"""With fewer intervals between points there is no estimate."""
_LOW, _HIGH = 0.1, 0.9
_FLAT: Final = 0.01
"""A relative change of the loss below this is none."""

_LONGEST_MS: Final = 10 * 365 * 86_400_000
"""Who has so much to do has named no number of steps, but the largest there is."""


@dataclass(frozen=True, slots=True)
class Eta:
    """When the last step is done (Unix ms): as likely before as after `at_ms`, and between the
    others with a probability of about 80%.
    """

    at_ms: int
    low_ms: int
    high_ms: int


def eta(progress: Progress, now_ms: int) -> Eta | None:
    """By the speeds between its last points; None: its steps or enough points are not known, or it
    would take years.
    """
    report = progress.report
    if report.step is None or not report.steps or report.state != "running":
        return None
    speeds = sorted(_speeds(progress.points))
    if len(speeds) < FEWEST or speeds[-1] <= 0:
        return None
    remaining = max(0.0, report.steps - report.step)
    # Where most looks see no new step, the median is 0: then the whole time counts.
    usual = median(speeds) or fmean(speeds)
    slowest = min(usual, speeds[-1] / 1000)  # a run that stood still may go on
    low, high = max(_at(speeds, _LOW), slowest), max(_at(speeds, _HIGH), usual)
    if not math.isfinite(report.steps) or remaining / usual > _LONGEST_MS:
        return None
    ends_ms = (min(remaining / speed, _LONGEST_MS) for speed in (usual, high, low))
    return Eta(*(now_ms + round(ms) for ms in ends_ms))


def trend(points: Sequence[Point]) -> str:
    """`falling`, `flat` or `rising`, with by how much: the newest third against the one before."""
    losses = [point.loss for point in points if point.loss is not None]
    if losses and not math.isfinite(losses[-1]):
        return "not a number"
    finite = [loss for loss in losses if math.isfinite(loss)]
    size = len(finite) // 3
    if not size:
        return ""
    before, after = median(finite[-2 * size : -size]), median(finite[-size:])
    change = (after - before) / abs(before) if before else after - before
    if abs(change) < _FLAT:
        return "flat"
    return f"{'falling' if change < 0 else 'rising'} {abs(change):.0%}"


def _speeds(points: Sequence[Point]) -> list[float]:
    """Steps per ms between neighbours; backwards after a restart counts as none."""
    positions = [(point.at_ms, point.step) for point in points if point.step is not None]
    return [
        max(0.0, (after[1] - before[1]) / (after[0] - before[0]))
        for before, after in pairwise(positions)
        if after[0] > before[0]
    ]


def _at(ordered: Sequence[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, round(share * (len(ordered) - 1)))]
