"""Each choice on the same traffic, over many seeds: rates by max-min fair sharing. Pure.

Neither congestion control nor loss is simulated: it is what the paths allow.
"""

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import product
from statistics import fmean, stdev
from typing import Final

from clickup_mlops import registry
from clickup_mlops.features.network.balance import choices as room
from clickup_mlops.features.network.balance.model import Choice, Paths, Prediction, Traffic

SEEDS: Final = 40
_Z: Final = 1.96
"""Of many seeds: with 30, the fewest that the command allows, Student's t is 2.05."""


@cache
def choices() -> Mapping[str, Choice]:
    """Every choice by its name, which is that of its file."""
    return registry.find(room, "CHOICE")


def predict(name: str, traffic: Traffic, seeds: int = SEEDS) -> Prediction:
    """Means and 95% margins of a choice over `seeds` simulations, the same at each call."""
    choice = choices()[name]
    outcomes = [simulate(choice, traffic, random.Random(f"{name}:{seed}")) for seed in range(seeds)]
    rates, peaks = ([outcome[part] for outcome in outcomes] for part in (0, 1))
    return Prediction(
        name,
        choice.title,
        fmean(rates),
        _margin(rates),
        fmean(peaks),
        _margin(peaks),
        choice.needs,
    )


def simulate(choice: Choice, traffic: Traffic, chance: random.Random) -> tuple[float, float]:
    """What the slowest connection gets of its demand, and the hottest uplink over the mean."""
    paths = choice.assign(traffic, chance)
    rates = connection_rates(traffic, paths, waits=choice.waits_for_slowest_path)
    slowest = min(
        rate / connection.demand
        for rate, connection in zip(rates, traffic.connections, strict=True)
        if connection.demand
    )
    return slowest, _peak(traffic, paths)


def connection_rates(traffic: Traffic, paths: Paths, *, waits: bool) -> Sequence[float]:
    """Of each connection, as a share of the line rate."""
    import numpy as np

    from clickup_mlops.features.network.simulate.sharing import fair_rates

    between = traffic.leaves * traffic.uplinks
    nowhere = 2 * traffic.ports + 2 * between
    rows, demand, of = [], [], []
    for number, (connection, path) in enumerate(zip(traffic.connections, paths, strict=True)):
        share = 1 / sum(path.values())
        for uplink in Counter(path).elements():
            up = 2 * traffic.ports + connection.source_leaf * traffic.uplinks + uplink
            down = up - connection.source_leaf * traffic.uplinks + between
            down += connection.target_leaf * traffic.uplinks
            crossing = (up, down) if connection.crosses else (nowhere, nowhere)
            rows.append((connection.source, traffic.ports + connection.target, *crossing))
            demand.append(connection.demand * share)
            of.append((number, share))
    capacity = np.ones(nowhere + 1)
    capacity[-1] = np.inf
    rates = fair_rates(np.array(demand), np.array(rows, dtype=np.int64), capacity)
    return _together(len(traffic.connections), of, rates.tolist(), waits=waits)


def _together(
    count: int, of: Sequence[tuple[int, float]], rates: Sequence[float], *, waits: bool
) -> Sequence[float]:
    """Of the parts of each connection: as fast as the slowest part allows, or their sum."""
    total, slowest = [0.0] * count, [float("inf")] * count
    for (number, share), rate in zip(of, rates, strict=True):
        total[number] += rate
        slowest[number] = min(slowest[number], rate / share if share else float("inf"))
    return slowest if waits else total


def _peak(traffic: Traffic, paths: Paths) -> float:
    uplinks = set(product(range(traffic.leaves), range(traffic.uplinks))) - traffic.gaps
    load = dict.fromkeys(uplinks, 0.0)
    for connection, path in zip(traffic.connections, paths, strict=True):
        if connection.crosses:
            for uplink, count in path.items():
                part = connection.demand * count / sum(path.values())
                load[connection.source_leaf, uplink] += part
    mean = fmean(load.values())
    return max(load.values()) / mean if mean else 1.0


def _margin(values: Sequence[float]) -> float:
    return _Z * stdev(values) / len(values) ** 0.5 if len(values) > 1 else 0.0
