"""Ways to put connections on uplinks. Pure; chance is an argument."""

import random
from collections import Counter, defaultdict
from collections.abc import Iterator

from clickup_mlops.features.network.balance.model import Connection, Paths, Traffic


def hashed(traffic: Traffic, chance: random.Random, pairs: int) -> Paths:
    """Each of so many queue pairs on an uplink by chance."""
    return [
        Counter(chance.choices(traffic.routes(connection), k=pairs))
        for connection in traffic.connections
    ]


def sprayed(traffic: Traffic, _chance: random.Random) -> Paths:
    """Packets over all uplinks alike, as nearly as some flows for each can show it."""
    flows = traffic.uplinks * (4 if traffic.gaps else 1)
    return [
        {
            uplink: (flows + (number + at) % len(routes)) // len(routes)
            for at, uplink in enumerate(routes)
        }
        for number, routes in enumerate(map(traffic.routes, traffic.connections))
    ]


def least_loaded(traffic: Traffic, chance: random.Random) -> Paths:
    """Each queue pair on the uplink of its leaf that carries least when it begins."""
    load: dict[int, list[float]] = defaultdict(lambda: [0.0] * traffic.uplinks)
    paths: list[Counter[int]] = [Counter() for _ in traffic.connections]
    arrivals = [*_queue_pairs(traffic)]
    chance.shuffle(arrivals)
    for number, connection in arrivals:
        of_leaf = load[connection.source_leaf]
        uplink = min(traffic.routes(connection), key=lambda at: (of_leaf[at], chance.random()))
        of_leaf[uplink] += connection.demand / traffic.pairs
        paths[number][uplink] += 1
    return _complete(paths, traffic.pairs)


def planned(traffic: Traffic, _chance: random.Random) -> Paths:
    """Each connection where both its uplink and the way down carry least, the largest first."""
    up: dict[tuple[int, int], float] = defaultdict(float)
    down: dict[tuple[int, int], float] = defaultdict(float)
    paths: list[Counter[int]] = [Counter() for _ in traffic.connections]
    for number, connection in sorted(_queue_pairs(traffic), key=lambda pair: -pair[1].demand):
        here, there = connection.source_leaf, connection.target_leaf
        uplink = min(
            traffic.routes(connection),
            key=lambda at: (max(up[here, at], down[there, at]), up[here, at] + down[there, at]),
        )
        load = connection.demand / traffic.pairs
        up[here, uplink] += load
        down[there, uplink] += load
        paths[number][uplink] += 1
    return _complete(paths, traffic.pairs)


def _queue_pairs(traffic: Traffic) -> Iterator[tuple[int, Connection]]:
    for number, connection in enumerate(traffic.connections):
        if connection.crosses:
            yield from [(number, connection)] * traffic.pairs


def _complete(paths: list[Counter[int]], pairs: int) -> Paths:
    """With those of connections that cross no uplink."""
    return [path or {0: pairs} for path in paths]
