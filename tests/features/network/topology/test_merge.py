"""Partial topologies become one, in which each thing is there once."""

from clickup_mlops.features.network.topology.merge import merge
from clickup_mlops.features.network.topology.model import (
    Host,
    HostPort,
    Job,
    PortRule,
    Switch,
    SwitchPort,
    Topology,
    UplinkGroup,
)


def test_a_network_device_and_its_rdma_device_are_one_port() -> None:
    """One source knows the cable, one the RDMA device, and one joins both names."""
    cable = HostPort("gpu-01", "ens1f0np0", switch="leaf1", interface="Ethernet0")
    counters = HostPort("gpu-01", device="mlx5_0", is_up=True, gbit_s=400)
    join = HostPort("gpu-01", "ens1f0np0", "mlx5_0")

    (port,) = merge(
        [Topology(ports=(cable,)), Topology(ports=(counters,)), Topology(ports=(join,))]
    ).ports

    assert (port.netdev, port.device, port.switch, port.gbit_s) == (
        "ens1f0np0",
        "mlx5_0",
        "leaf1",
        400,
    )


def test_two_ports_of_one_device_stay_two() -> None:
    """They differ by their number; the first need not say it."""
    ports = (HostPort("h", device="mlx4_0"), HostPort("h", device="mlx4_0", number="2"))
    assert len(merge([Topology(ports=ports), Topology(ports=ports)]).ports) == 2


def test_who_speaks_first_counts() -> None:
    """But what he leaves open, another may say: rail 0 is something that is said."""
    first = Topology(ports=(HostPort("h", "eth0", role="storage", rail=0),))
    second = Topology(ports=(HostPort("h", "eth0", role="back_end", rail=3, numa=1),))
    (port,) = merge([first, second]).ports
    assert (port.role, port.rail, port.numa) == ("storage", 0, 1)


def test_a_cable_is_known_at_both_ends() -> None:
    """Of hosts by network device, RDMA device or address, and between switches."""
    existing = Topology(
        ports=(
            HostPort("gpu-01", "ens1", mac="0C:42:A1:00:00:01"),
            HostPort("gpu-02", "ens1", "mlx5_0"),
        ),
        switches=(Switch("leaf1", "leaf"), Switch("spine1", "spine")),
        switch_ports=(
            SwitchPort("leaf1", "Ethernet0", peer="gpu-01", peer_port="0c:42:a1:00:00:01"),
            SwitchPort("leaf1", "Ethernet8", peer="gpu-02.example.com", peer_port="mlx5_0"),
            SwitchPort("leaf1", "Ethernet64", peer="spine1", peer_port="Ethernet4"),
        ),
    )
    topology = merge([existing])
    assert [(port.switch, port.interface) for port in topology.ports] == [
        ("leaf1", "Ethernet0"),
        ("leaf1", "Ethernet8"),
    ]
    far = topology.interface("spine1", "Ethernet4")
    assert far is not None and (far.peer, far.peer_port) == ("leaf1", "Ethernet64")


def test_a_host_is_found_by_what_exporters_call_it() -> None:
    """With a domain, with a TCP port; an ambiguous short name is nobody's."""
    topology = merge([Topology(ports=(HostPort("gpu-01", "eth0"),), hosts=(Host("10.0.0.7"),))])
    for name in ("gpu-01", "gpu-01:9100", "GPU-01.example.com:9879"):
        assert topology.host_name(name) == "gpu-01"
    assert topology.host_name("10.0.0.7:9100") == "10.0.0.7"
    assert topology.port("gpu-01.example.com:9100", "eth0") is not None


def test_rules_say_what_nothing_else_does() -> None:
    """By patterns, in their order: the first that fits counts."""
    ports = (
        HostPort("gpu-01", "ens1f0"),
        HostPort("gpu-01", "ens9f0"),
        HostPort("gpu-01", "eno1", role="management"),
        HostPort("cpu-01", "ens1f0"),
    )
    rules = (
        PortRule("gpu-*", "ens9*", role="storage"),
        PortRule("gpu-*", role="back_end", rail=0),
    )
    topology = merge([Topology(ports=ports, rules=rules)])
    assert [port.role for port in topology.ports] == ["back_end", "storage", "management", ""]
    assert [port.netdev for port in topology.rails[0]] == ["ens1f0"]


def test_ports_without_a_link_are_no_members() -> None:
    """Of a rail; of a group of uplinks they stay members."""
    ports = tuple(
        HostPort("h", f"eth{rail}", role="back_end", rail=0, is_up=is_up, is_cabled=is_cabled)
        for rail, (is_up, is_cabled) in enumerate(
            [(True, True), (False, None), (None, False), (None, None)]
        )
    )
    switch_ports = (
        SwitchPort("leaf1", "Ethernet64", is_up=True, peer="spine1"),
        SwitchPort("leaf1", "Ethernet68", is_up=False, peer="spine2"),
        SwitchPort("leaf1", "Ethernet0", peer="h"),
    )
    switches = (Switch("leaf1", "leaf"), Switch("spine1", "spine"), Switch("spine2", "spine"))
    topology = merge([Topology(ports=ports, switch_ports=switch_ports, switches=switches)])

    assert [port.netdev for port in topology.rails[0]] == ["eth0", "eth3"]
    (group,) = topology.uplink_groups
    assert group.members == ("Ethernet64", "Ethernet68")


def test_groups_that_are_named_are_not_guessed() -> None:
    """Only a switch of which nothing is said has its links upward as one."""
    group = UplinkGroup("leaf1", "to-pod2", ("Ethernet64",))
    switches = (Switch("leaf1", "leaf"), Switch("spine1", "spine"))
    ports = tuple(SwitchPort("leaf1", f"Ethernet{number}", peer="spine1") for number in (64, 68))
    topology = merge([Topology(groups=(group,), switches=switches, switch_ports=ports)])
    assert topology.uplink_groups == (group,)


def test_jobs_are_found_by_host() -> None:
    """Under the host's name here."""
    job = Job("41", ("gpu-01.example.com", "gpu-02"), scheduler="slurm")
    topology = merge([Topology(ports=(HostPort("gpu-01", "eth0"),)), Topology(jobs=(job,))])
    assert [job.id for job in topology.jobs_of["gpu-01"]] == ["41"]
    assert topology.jobs_of["gpu-02"] == topology.jobs_of["gpu-01"]


def test_nothing_is_an_empty_topology() -> None:
    """Unknown, not wrong."""
    assert merge([]) == Topology()
    assert merge([]).port("h", "eth0") is None
