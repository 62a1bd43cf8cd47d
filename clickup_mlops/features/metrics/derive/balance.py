"""How evenly load is spread over parallel links or replicas."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import fmean

from clickup_mlops.features.metrics.scrape import Window


@dataclass(frozen=True, slots=True)
class Balance:
    """Figures of n shares of load; each share is a rate over its capacity.

    `jain` is Jain's index, 1/n (all on one) to 1 (even). `peak` is the hottest share over the mean.
    `efficiency` is 1/peak: the part of the capacity that is reachable before the hottest is full.
    """

    jain: float
    peak: float

    @property
    def efficiency(self) -> float:
        """How evenly the load is spread: 0 to 1."""
        return 1 / self.peak


def balance(shares: Sequence[float], *, least: float = 0.0) -> Balance | None:
    """How evenly loads are spread; None for fewer than two, or a mean not above `least` (noise)."""
    if len(shares) < 2 or (mean := fmean(shares)) <= max(0.0, least):
        return None
    squares = sum(share**2 for share in shares)
    return Balance(
        jain=sum(shares) ** 2 / (len(shares) * squares),
        peak=max(shares) / mean,
    )


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
        spread = balance(shares(window), least=least)
        return figure(spread) if spread else None

    return formula
