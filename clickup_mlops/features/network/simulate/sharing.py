"""Max-min fair rates of flows over links. Pure."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
_EPSILON: Final = 1e-9


def fair_rates(demand: Floats, links: Ints, capacity: Floats) -> Floats:
    """The rate of each flow: no more than it demands, and no more than its fair share of each of
    its `links` (a row of indexes for each flow). All in one unit.
    """
    rate, free = np.zeros_like(demand), capacity.astype(np.float64)
    is_open = np.ones(len(demand), dtype=bool)
    while is_open.any():
        count = np.bincount(links[is_open].ravel(), minlength=len(capacity))
        share = np.where(count > 0, free / np.maximum(count, 1), np.inf)
        limit = share[links].min(axis=1)
        settled = is_open & (demand <= limit + _EPSILON)
        if settled.any():
            rate[settled] = demand[settled]
        else:
            tightest = limit[is_open].min()
            settled = is_open & (limit <= tightest * (1 + _EPSILON))
            rate[settled] = tightest
        free = np.maximum(free - load(rate * settled, links, len(capacity)), 0.0)
        is_open &= ~settled
    return rate


def load(rate: Floats, links: Ints, count: int) -> Floats:
    """What each of `count` links carries, in the unit of `rate`."""
    weights = np.repeat(rate, links.shape[1])
    return np.bincount(links.ravel(), weights=weights, minlength=count).astype(np.float64)
