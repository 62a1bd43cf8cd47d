"""Ways to put connections on uplinks. Pure; chance is an argument."""

import random
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping

from clickup_mlops.features.network.balance.model import Connection, Paths, Traffic


def hashed(traffic: Traffic, chance: random.Random, pairs: int) -> Paths:
    """Each of so many queue pairs on an uplink by chance."""
    return [_hashed(traffic, chance, pairs) for _connection in traffic.connections]


def _hashed(traffic: Traffic, chance: random.Random, pairs: int) -> Mapping[int, float]:
    uplinks = Counter(chance.randrange(traffic.uplinks) for _pair in range(pairs))
    return {uplink: count / pairs for uplink, count in uplinks.items()}


def sprayed(traffic: Traffic, _chance: random.Random) -> Paths:
    """Packets over all uplinks alike."""
    even = dict.fromkeys(range(traffic.uplinks), 1 / traffic.uplinks)
    return [even] * len(traffic.connections)


def least_loaded(traffic: Traffic, chance: random.Random) -> Paths:
    """Each queue pair on the uplink of its leaf that carries least when it begins."""
    load: dict[int, list[float]] = defaultdict(lambda: [0.0] * traffic.uplinks)
    paths: list[Counter[int]] = [Counter() for _ in traffic.connections]
    arrivals = [*_queue_pairs(traffic)]
    chance.shuffle(arrivals)
    for number, connection in arrivals:
        of_leaf = load[connection.source_leaf]
        uplink = min(range(traffic.uplinks), key=lambda at: (of_leaf[at], chance.random()))
        of_leaf[uplink] += connection.demand / traffic.pairs
        paths[number][uplink] += 1
    return _shares(paths)


def planned(traffic: Traffic, _chance: random.Random) -> Paths:
    """Each connection where both its uplink and the way down carry least, the largest first."""
    up: dict[tuple[int, int], float] = defaultdict(float)
    down: dict[tuple[int, int], float] = defaultdict(float)
    paths: list[Counter[int]] = [Counter() for _ in traffic.connections]
    for number, connection in sorted(_queue_pairs(traffic), key=lambda pair: -pair[1].demand):
        here, there = connection.source_leaf, connection.target_leaf
        uplink = min(
            range(traffic.uplinks),
            key=lambda at: (max(up[here, at], down[there, at]), up[here, at] + down[there, at]),
        )
        load = connection.demand / traffic.pairs
        up[here, uplink] += load
        down[there, uplink] += load
        paths[number][uplink] += 1
    return _shares(paths)


def _queue_pairs(traffic: Traffic) -> Iterator[tuple[int, Connection]]:
    for number, connection in enumerate(traffic.connections):
        if connection.crosses:
            yield from [(number, connection)] * traffic.pairs


def _shares(paths: list[Counter[int]]) -> Paths:
    return [
        {uplink: count / path.total() for uplink, count in path.items()} or {0: 1.0}
        for path in paths
    ]
