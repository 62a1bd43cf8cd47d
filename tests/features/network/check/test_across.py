"""Hosts against each other: each that differs is found, none is invented."""

import random
from dataclasses import replace

import pytest

from clickup_mlops.features.network.check.across import compare_hosts
from clickup_mlops.features.network.check.model import Hardware, Machine, PortSettings
from tests.interfaces.cli.conftest import Cli, cli

__all__ = ["cli"]
FAULTS = {
    "MTU": {"mtu": 1500},
    "trust": {"trust": "pcp"},
    "PFC priorities": {"lossless": frozenset({3, 4})},
    "priority by DSCP": {"priorities": {26: 0}},
    "CNP DSCP": {"cnp_dscp": 0},
}


def port(name: str) -> PortSettings:
    return PortSettings(
        name,
        mtu=4200,
        trust="dscp",
        lossless=frozenset({3}),
        priorities={26: 3},
        traffic_class=106,
        reacts={3: True},
        cnp_dscp=48,
        hardware=Hardware(board="MT", firmware="28.39", rate="400 Gb/sec", gid_index=3),
    )


@pytest.mark.parametrize("seed", range(30))
def test_planted_differences_are_found_and_nothing_else(seed: int) -> None:
    chance = random.Random(seed)
    hosts = [
        Machine(f"host{n}", "host", tuple(port(f"rdma{p}") for p in range(8))) for n in range(12)
    ]
    planted = set()
    for setting in chance.sample(sorted(FAULTS), chance.randint(0, 3)):
        place, number = chance.randrange(12), chance.randrange(8)
        ports = list(hosts[place].ports)
        ports[number] = replace(ports[number], **FAULTS[setting])
        hosts[place] = replace(hosts[place], ports=tuple(ports))
        planted.add((hosts[place].name, ports[number].name, setting))

    result = {(row.machine, row.port, row.setting) for row in compare_hosts(hosts)}
    assert result == planted


def test_what_was_not_read_is_unknown() -> None:
    hosts = [Machine(f"host{n}", "host", (replace(port("rdma0"), mtu=None),)) for n in range(4)]
    (row,) = compare_hosts(hosts)

    assert (row.setting, row.state, row.actual) == ("MTU", "unknown", "not read")


def test_two_ports_show_no_majority() -> None:
    hosts = [Machine("a", "host", (port("r"),)), Machine("b", "host", (PortSettings("r", mtu=9),))]

    assert compare_hosts(hosts) == []


def test_a_path_that_cannot_be_read_is_named(cli: Cli) -> None:
    ran = cli("discover", "fabric", "nothing.tar.gz")

    assert ran.code == 1 and "nothing.tar.gz" in ran.err
