"""A course of values as a line of text: where no picture can be shown. Pure."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

BARS: Final = "▁▂▃▄▅▆▇█"


def sparkline(values: Sequence[float], width: int = 24) -> str:
    """A bar for each value, the lowest to the highest; of more than `width` values the mean of
    each part. Equal values are the lowest bar.
    """
    parts = _parts(values, width)
    low, high = min(parts, default=0.0), max(parts, default=0.0)
    step = (high - low) / (len(BARS) - 1) or 1.0
    return "".join(BARS[round((value - low) / step)] for value in parts)


def _parts(values: Sequence[float], width: int) -> list[float]:
    count = min(width, len(values))
    bounds = [round(number * len(values) / count) for number in range(count + 1)] if count else []
    slices = (values[start:end] for start, end in pairwise(bounds))
    return [sum(part) / len(part) for part in slices]
