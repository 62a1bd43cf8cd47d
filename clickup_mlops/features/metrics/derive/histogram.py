"""Percentiles of histograms, classic and native."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from clickup_mlops.features.metrics.derive.counters import increases
from clickup_mlops.features.metrics.scrape import Window


@dataclass(frozen=True, slots=True)
class Bucket:
    """So many observations above `low`, and at most `high`."""

    low: float
    high: float
    count: float


@dataclass(frozen=True, slots=True)
class Quantile:
    """An estimate; `bound` is `≤` or `>` where only a limit of the true value is known."""

    value: float
    bound: str = ""


def classic(window: Window, *names: str) -> tuple[Bucket, ...]:
    """Buckets of what a window added to the histograms of the first name, all series together.

    `names` are without `_bucket`. Classic buckets are cumulative; these are not.
    """
    upto: dict[float, float] = {}
    for key, grown in increases(window, *(f"{name}_bucket" for name in names)):
        edge = _edge(dict(key).get("le", ""))
        if not math.isnan(edge):
            upto[edge] = upto.get(edge, 0.0) + grown
    edges = sorted(upto.items())
    lows = pairwise([(-math.inf, 0.0), *edges])
    return tuple(Bucket(low, high, max(0.0, count - below)) for (low, below), (high, count) in lows)


def quantile(q: float, buckets: Sequence[Bucket]) -> Quantile | None:
    """The q-quantile (0 to 1) by interpolation within its bucket; None without observations.

    Within the first bucket of a classic histogram only its upper edge is known, and beyond the last
    edge only that edge. Inside, values are taken as spread evenly, as PromQL's
    `histogram_quantile` does.
    """
    total = sum(bucket.count for bucket in buckets)
    if total <= 0:
        return None
    rank, below = q * total, 0.0
    for bucket in buckets:
        if bucket.count and below + bucket.count >= rank:
            return _within(bucket, (rank - below) / bucket.count)
        below += bucket.count
    return _within(buckets[-1], 1.0)


def _within(bucket: Bucket, share: float) -> Quantile:
    if math.isinf(bucket.high):
        return Quantile(bucket.low, ">")
    if math.isinf(bucket.low):
        return Quantile(bucket.high, "≤")
    return Quantile(bucket.low + (bucket.high - bucket.low) * share)


def native(buckets: Iterable[Sequence[object]]) -> tuple[Bucket, ...]:
    """Buckets of a native histogram as Prometheus answers them: `[boundaries, low, high, count]`.

    Source: prometheus.io/docs/prometheus/latest/querying/api, section Native histograms.
    """
    parsed = (
        Bucket(float(str(low)), float(str(high)), float(str(count)))
        for _boundaries, low, high, count in buckets
    )
    return tuple(sorted(parsed, key=lambda bucket: bucket.low))


def _edge(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan
