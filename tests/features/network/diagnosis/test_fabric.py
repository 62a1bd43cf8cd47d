"""Names of a fabric: those of the topology and those of readings are the same."""

import pytest

from clickup_mlops.features.metrics.scrape import Reading, labels
from clickup_mlops.features.network.diagnosis.diagnose import WINDOW_MS
from clickup_mlops.features.network.diagnosis.fabric import Fabric, Port, of_topology
from clickup_mlops.features.network.diagnosis.view import View
from clickup_mlops.features.network.diagnosis.windows import windows
from clickup_mlops.features.network.topology.merge import merge
from clickup_mlops.features.network.topology.model import (
    Host,
    HostPort,
    SwitchPort,
    Topology,
    UplinkGroup,
)

END_MS = 1_800_000_000_000


@pytest.mark.parametrize("name", ["etp{}", "Ethernet{}"])
def test_members_and_cables_may_be_written_as_aliases(name: str) -> None:
    """As SNMP calls them, whichever of both names the readings have."""
    interfaces = tuple(SwitchPort("leaf1", f"Ethernet{n}", alias=f"etp{n}") for n in range(5))
    group = UplinkGroup("leaf1", "uplinks", tuple(f"etp{n}" for n in range(4)))
    host = HostPort("gpu-1", device="mlx5_0", switch="leaf1", interface="etp4")
    fabric = of_topology(Topology(switch_ports=interfaces, groups=(group,), ports=(host,)))
    readings = [
        Reading(
            "switch_sent_utilisation_pct",
            "",
            50.0,
            END_MS - 30_000 * number,
            labels(switch="leaf1", interface=name.format(n)),
        )
        for number in range(20)
        for n in range(4)
    ]
    view = View(windows(readings, END_MS, WINDOW_MS, fabric.name_of), fabric)

    ((_group, load),) = view.groups
    assert load == dict.fromkeys([f"leaf1/Ethernet{n}" for n in range(4)], 50.0)
    assert fabric.ports[0].interface == "Ethernet4"


@pytest.mark.parametrize(
    ("name", "machine"),
    [
        ("gpu-01.b.example", "gpu-01.b.example"),
        ("gpu-01", "gpu-01.a.example"),
        ("GPU-01.A.example", "gpu-01.a.example"),
        ("nfs.a.example", "nfs"),
    ],
)
def test_a_name_in_another_domain_is_another_machines(name: str, machine: str) -> None:
    """Two clusters number their hosts alike."""
    hosts = ("gpu-01.a.example", "nfs")
    fabric = Fabric(tuple(Port(host, "mlx5_0") for host in hosts))

    assert fabric.name_of(f"{name}/mlx5_0") == f"{machine}/mlx5_0"
    assert Topology(hosts=tuple(map(Host, hosts))).host_name(name) == machine


def test_hosts_of_two_domains_stay_two_when_topologies_are_merged() -> None:
    """One that is said without a domain, too, is not taken for either."""
    names = ("gpu-01.a.example", "gpu-01.b.example", "gpu-01", "gpu-02", "gpu-02.a.example")
    merged = merge([Topology(hosts=(Host(name),)) for name in names])

    assert {host.name for host in merged.hosts} == {*names} - {"gpu-02.a.example"}
