"""Uplinks that the topology lacks are told from ports to hosts and from aggregates."""

from dataclasses import replace

import pytest

from clickup_mlops.features.network.diagnosis.fabric import UplinkGroup
from tests.features.network.diagnosis.test_faults import UPLINKS, Values, fabric, keys

SENT = "switch_sent_utilisation_pct"


def test_without_any_cabling_each_interface_could_lead_to_a_host() -> None:
    extra: Values = {(SENT, f"leaf1/Ethernet{number}"): 48.0 for number in range(4)}
    bare = tuple(replace(port, switch="", interface="") for port in fabric().ports)

    assert keys(extra, replace(fabric(), ports=bare)) == []


@pytest.mark.parametrize(
    "name",
    ["PortChannel1", "Port-Channel1", "port-channel12", "Po1", "ae0", "bond0", "Bundle-Ether7"],
)
def test_an_aggregate_is_no_link_beside_its_members(name: str) -> None:
    """It has their mean load; a name that only begins so is a link's."""
    assert keys({(SENT, f"leaf1/{name}"): 50.0}) == []
    assert keys({(SENT, "leaf1/Port8"): 50.0}) == ["topology_gap leaf1"]


def test_members_of_a_listed_aggregate_are_not_unlisted() -> None:
    """Which they are is known only if a group of the aggregate's name says so."""
    aggregates = ("leaf1/PortChannel1", "leaf1/PortChannel2")
    uplinks = UplinkGroup("leaf1", "uplinks", aggregates)
    place = replace(fabric(), groups=(uplinks, fabric().groups[1]))
    extra: Values = {(SENT, name): 50.0 for name in aggregates}

    assert keys(extra, place) == []
    members = tuple(f"leaf1/up{number}" for number in range(UPLINKS))
    halves = (members[: UPLINKS // 2], members[UPLINKS // 2 :])
    groups = [UplinkGroup("leaf1", f"PortChannel{n}", of) for n, of in enumerate(halves, 1)]
    listed = replace(place, groups=(*place.groups, *groups))
    assert keys(extra, listed) == []
    assert keys(extra | {(SENT, "leaf1/up8"): 50.0}, listed) == ["topology_gap leaf1"]
