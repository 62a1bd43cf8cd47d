"""Predictions agree with a model of another method: packets in queues instead of rates of flows."""

import random
from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

import pytest

from clickup_mlops.errors import InputError
from clickup_mlops.features.network.balance.model import Connection, Paths, Traffic
from clickup_mlops.features.network.balance.operations import compare, measured, predictions, record
from clickup_mlops.features.network.balance.predict import (
    choices,
    connection_rates,
    predict,
    simulate,
)
from clickup_mlops.features.network.balance.traffic import traffic
from clickup_mlops.features.network.diagnosis.fabric import (
    Fabric,
    Job,
    Port,
    UplinkGroup,
    of_topology,
)
from clickup_mlops.features.network.diagnosis.windows import Windows
from clickup_mlops.features.network.topology.model import Switch, SwitchPort, Topology
from clickup_mlops.interfaces.cli._root import run
from clickup_mlops.store import Store

LEAVES, HOSTS, UPLINKS = 4, 4, 4
MESSAGE = 240
"""Packets that each connection sends in the other model."""


def ring(pairs: int = 1) -> Traffic:
    """Each host sends to the same host of the next leaf."""
    connections = tuple(
        Connection(
            leaf * HOSTS + host,
            (leaf + 1) % LEAVES * HOSTS + host,
            leaf,
            (leaf + 1) % LEAVES,
            1.0,
        )
        for leaf in range(LEAVES)
        for host in range(HOSTS)
    )
    return Traffic(LEAVES * HOSTS, LEAVES, UPLINKS, connections, pairs)


def packet_times(load: Traffic, paths: Paths, chance: random.Random) -> list[int]:
    """When each connection's last packet arrives: a packet a link and time step, in queues that
    serve first who comes first. No rates, no fairness: only queues.
    """
    queues: dict[tuple[str, int, int], deque[tuple[int, list[tuple[str, int, int]]]]] = {}
    waiting: Mapping[int, list[list[tuple[str, int, int]]]] = {
        number: _packets(connection, path, chance)
        for number, (connection, path) in enumerate(zip(load.connections, paths, strict=True))
    }
    outcome, time = Counter[int](), 0
    finished = [0] * len(waiting)
    while sum(outcome.values()) < MESSAGE * len(waiting):
        time += 1
        moves = [(queue, queue.popleft()) for queue in queues.values() if queue]
        for _queue, (number, route) in moves:
            if route:
                queues.setdefault(route[0], deque()).append((number, route[1:]))
            else:
                outcome[number] += 1
                finished[number] = time
        order = [*waiting]
        chance.shuffle(order)
        for number in order:
            if waiting[number]:
                route = waiting[number].pop()
                queues.setdefault(route[0], deque()).append((number, route[1:]))
    return finished


def _packets(
    connection: Connection, path: Mapping[int, int], chance: random.Random
) -> list[list[tuple[str, int, int]]]:
    """The links of each of its packets."""
    routes = []
    for uplink, count in path.items():
        route = [
            ("up", connection.source_leaf, uplink),
            ("down", connection.target_leaf, uplink),
            ("to", connection.target, 0),
        ]
        routes += [route] * round(count * MESSAGE / sum(path.values()))
    routes = (routes * 2)[:MESSAGE]
    chance.shuffle(routes)
    return routes


@pytest.mark.parametrize("name", sorted(set(choices()) - {"rail_placement"}))
def test_the_slowest_connection_agrees_with_queues_of_packets_within_10_in_100(name: str) -> None:
    """Over the same paths, mean of some seeds."""
    load, choice = ring(pairs=2), choices()[name]
    flows, packets = [], []
    for seed in range(6):
        paths = choice.assign(load, random.Random(seed))
        flows.append(min(connection_rates(load, paths, waits=choice.waits_for_slowest_path)))
        packets.append(MESSAGE / max(packet_times(load, paths, random.Random(seed))))

    assert sum(flows) == pytest.approx(sum(packets), rel=0.1)


def test_static_hashing_agrees_with_balls_in_bins() -> None:
    """Hottest uplink over the mean: 16 balls in 16 bins, four in four at each leaf, exactly."""
    chance = random.Random(1)
    hottest = [
        max(
            max(Counter(chance.randrange(UPLINKS) for _ in range(HOSTS)).values())
            for _leaf in range(LEAVES)
        )
        for _trial in range(4000)
    ]

    assert predict("ecmp_5tuple", ring(), seeds=300).peak == pytest.approx(
        sum(hottest) / len(hottest), rel=0.05
    )


def test_more_paths_and_knowledge_are_never_worse() -> None:
    """In the order that reports give."""
    rate = {name: predict(name, ring(pairs=2), seeds=20).rate for name in choices()}

    assert rate["ecmp_5tuple"] < rate["ecmp_qp"] < rate["more_queue_pairs"] < rate["spraying"]
    assert rate["static_routes"] == rate["spraying"] == pytest.approx(1.0)


def test_links_share_by_queue_pair_however_unevenly_these_lie() -> None:
    """Two of four connections have 9 of 16 on one uplink, two on the other: each carries 2.0."""
    load = Traffic(8, 2, 2, tuple(Connection(at, at + 4, 0, 1, 1.0) for at in range(4)), 16)
    paths = [{0: 7, 1: 9}, {0: 9, 1: 7}] * 2

    assert connection_rates(load, paths, waits=True) == pytest.approx([0.5] * 4)


@pytest.mark.parametrize("name", choices())
def test_no_connection_gets_more_than_it_can(name: str) -> None:
    slowest, peak = simulate(choices()[name], ring(pairs=4), random.Random(2))

    assert 0 < slowest <= 1 + 1e-9
    assert peak >= 1 - 1e-9


@pytest.mark.parametrize("name", choices())
def test_each_choice_says_what_it_needs_and_how_to_set_it(name: str) -> None:
    choice = choices()[name]

    assert choice.needs
    assert "hosts" in choice.settings or {"sonic", "cumulus", "arista"} <= set(choice.settings)
    assert run(["network", "balance", "--settings", name]) == 0


def fabric() -> Fabric:
    """Two leaves with four hosts each; one job over all of them."""
    ports = tuple(
        Port(f"gpu-{n}", "mlx5_0", "0", "back_end", f"leaf{n // 4 + 1}", f"Ethernet{n}")
        for n in range(8)
    )
    groups = tuple(
        UplinkGroup(f"leaf{n}", "uplinks", tuple(f"leaf{n}/up{u}" for u in range(4)))
        for n in (1, 2)
    )
    return Fabric(ports, groups, (Job("llm", frozenset(p.host for p in ports), "training"),))


NOTHING = Windows(0, 1, {})
RING: Final[Any] = {"pattern": "ring", "pairs": 1, "seeds": 2}


def test_placement_keeps_traffic_in_its_leaf() -> None:
    """Only the ring's two ends cross."""
    spread = traffic(fabric(), {}, pattern="ring", pairs=1)
    placed = traffic(fabric(), {}, pattern="ring", pairs=1, orders_by_leaf=True)

    assert sum(connection.crosses for connection in spread.connections) == 8
    assert sum(connection.crosses for connection in placed.connections) == 2


@pytest.mark.parametrize("is_described", [True, False], ids=["down", "missing"])
def test_an_uplink_that_is_down_or_missing_carries_nothing(is_described: bool) -> None:
    """Neither way: all of four hosts must go over three links, or nothing if no spine is left."""
    place = fabric() if is_described else fabric_without("leaf1/up3")
    tracks = {"switch_port_is_up": {"leaf1/up3": [(60_000 * n, 0.0) for n in range(4)]}}
    loads = {
        f"leaf1/up{at}": [(60_000 * n, 0.0 if at == 3 else 40.0) for n in range(4)]
        for at in range(4)
    }
    tracks |= {"switch_sent_utilisation_pct": loads}
    data = Windows(180_000, 240_000, tracks if is_described else {})
    if is_described:
        assert measured(place, data).uplink_peak == pytest.approx(1.0)

    rates = {entry.choice: entry.rate for entry in predictions(place, data, **RING)}

    assert rates["spraying"] == pytest.approx(0.75, rel=0.02)
    assert rates["static_routes"] == rates["flowlets"] == pytest.approx(0.5)
    down = ["leaf1/up3", *(f"leaf2/up{n}" for n in range(3))]
    with pytest.raises(InputError, match="no spine in common"):
        traffic(place, {}, pattern="ring", pairs=1, down=down)


@pytest.mark.parametrize("missing", ["leaf1/up3", "leaf1/up0"])
def test_a_missing_uplink_is_that_of_the_spine_that_no_link_goes_to(missing: str) -> None:
    """Where the topology has the links. The other leaf lacks its first one: two spines are left, or
    three if it is the same.
    """
    links = [
        {"switch": f"leaf{n}", "interface": f"up{u}", "peer": f"spine{u}"}
        for n in (1, 2)
        for u in range(4)
        if f"leaf{n}/up{u}" not in (missing, "leaf2/up0")
    ]
    tiers = [Switch(f"leaf{n}", "leaf") for n in (1, 2)] + [
        Switch(f"spine{u}", "spine") for u in range(4)
    ]
    topology = Topology(
        switches=tuple(tiers), switch_ports=tuple(SwitchPort(**link) for link in links)
    )
    place = replace(fabric(), groups=of_topology(topology).groups)
    load = traffic(place, {}, pattern="ring", pairs=1)

    assert {len(load.routes(connection)) for connection in load.connections} == {
        3 if missing == "leaf1/up0" else 2
    }


def fabric_without(member: str) -> Fabric:
    """As if the topology had never named it."""
    groups = (
        replace(group, members=tuple(name for name in group.members if name != member))
        for group in fabric().groups
    )
    return replace(fabric(), groups=tuple(groups))


def test_a_topology_without_jobs_says_what_is_missing() -> None:
    with pytest.raises(InputError, match="lacks jobs"):
        traffic(Fabric(fabric().ports, fabric().groups), {}, pattern="ring", pairs=1)


@pytest.mark.parametrize(
    ("hosts", "sent"), [(("gpu-0",), 1.0), (("gpu-0", "gpu-5"), 0.0)], ids=["one host", "idle"]
)
def test_jobs_that_send_nothing_between_hosts_say_so(hosts: tuple[str, ...], sent: float) -> None:
    """A job inside one host crosses no uplink, nor does one that waits while storage sends."""
    jobs = (Job("llm", frozenset(hosts), "training"),)
    place = Fabric(fabric().ports, fabric().groups, jobs)
    shares = {f"{host}/mlx5_0": sent for host in hosts}
    with pytest.raises(InputError, match="no job sends from host to host"):
        traffic(place, shares, pattern="ring", pairs=1)


def test_before_and_after_stand_beside_the_prediction(store: Store) -> None:
    """What is recorded before the change is compared with what is measured after it."""
    results = predictions(fabric(), NOTHING, pattern="ring", pairs=1, seeds=5)
    record(store.notes, results[0], measured(fabric(), sending(40.0)), 1)

    comparison = compare(store.notes, measured(fabric(), sending(90.0)), results)

    assert comparison is not None
    assert comparison.before.sent_gbps == pytest.approx(8 * 40)
    assert comparison.now.sent_gbps == pytest.approx(8 * 90)
    assert comparison.expected_gbps > comparison.before.sent_gbps


def sending(percent: float) -> Windows:
    """So much of 100 Gbit/s on each port."""
    tracks = {
        "sent_utilisation_pct": {
            port.name: [(60_000 * n, percent) for n in range(4)] for port in fabric().ports
        },
        "line_rate_bytes_s": {
            port.name: [(60_000 * n, 12.5e9) for n in range(4)] for port in fabric().ports
        },
    }
    return Windows(180_000, 240_000, tracks)
