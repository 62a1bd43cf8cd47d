"""How evenly load is spread over parallel links or replicas."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import fmean, pstdev

from clickup_mlops.metrics.scrape import Window


@dataclass(frozen=True, slots=True)
class Balance:
    """Figures of n shares of load; each share is a rate over its capacity.

    `jain` is Jain's index, 1/n (all on one) to 1 (even). `peak` is the hottest share over the mean.
    `efficiency` is 1/peak: the part of the capacity that is reachable before the hottest is full.
    `variation` is the coefficient of variation; jain = 1 / (1 + variation²).
    """

    n: int
    jain: float
    peak: float
    variation: float
    idle: int

    @property
    def efficiency(self) -> float:
        """0 to 1."""
        return 1 / self.peak


def balance(shares: Sequence[float], *, least: float = 0.0) -> Balance | None:
    """How evenly loads are spread; None for fewer than two, or a mean not above `least` (noise)."""
    if len(shares) < 2 or (mean := fmean(shares)) <= max(0.0, least):
        return None
    squares = sum(share**2 for share in shares)
    return Balance(
        n=len(shares),
        jain=sum(shares) ** 2 / (len(shares) * squares),
        peak=max(shares) / mean,
        variation=pstdev(shares) / mean,
        idle=sum(share < 0.1 * mean for share in shares),
    )


def random_hashing(links: int, flows: int) -> float:
    """Jain's index that random hashing of equal flows onto equal links gives on average.

    Counts of flows on a link are multinomial: their squared coefficient of variation is
    (links - 1) / flows. An index well below this is not bad luck.
    """
    return 1 / (1 + (links - 1) / flows)


def same_order(before: Sequence[float], now: Sequence[float]) -> float:
    """Spearman's rank correlation of the links' loads in two windows, -1 to 1; 0 if undefined.

    Near 1, always the same links are hot: hashing is polarised. Near 0, luck changes.
    """
    first, second = _ranks(before), _ranks(now)
    if len(first) < 2 or len(first) != len(second):
        return 0.0
    middle = fmean(first)
    shared = sum((a - middle) * (b - middle) for a, b in zip(first, second, strict=True))
    spread = sqrt(sum((a - middle) ** 2 for a in first) * sum((b - middle) ** 2 for b in second))
    return shared / spread if spread else 0.0


def _ranks(values: Sequence[float]) -> list[float]:
    """Ranks from 1; equal values share the mean of theirs."""
    ordered = sorted(values)
    return [ordered.index(value) + (ordered.count(value) + 1) / 2 for value in values]


def straggler(shares: Sequence[float]) -> int | None:
    """The position of a link that carries less than 70% of the median; None if there is none."""
    if not shares:
        return None
    lowest = min(range(len(shares)), key=shares.__getitem__)
    median = sorted(shares)[len(shares) // 2]
    return lowest if shares[lowest] < 0.7 * median else None


def of_members(
    shares: Callable[[Window], Sequence[float]],
    figure: Callable[[Balance], float],
    least: float = 0,
) -> Callable[[Window], float | None]:
    """A formula: one figure of the balance of what `shares` finds in a window."""

    def formula(window: Window) -> float | None:
        found = balance(shares(window), least=least)
        return figure(found) if found else None

    return formula
