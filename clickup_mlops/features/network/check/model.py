"""Settings of machines, and what comes of their comparison with a profile. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

State = Literal["pass", "fix", "unknown"]


@dataclass(frozen=True, slots=True)
class Hardware:
    """What a host's RDMA port is and where it sits. None, and empty texts: that is not known."""

    board: str = ""
    firmware: str = ""
    state: str = ""
    """As the kernel writes it, such as `ACTIVE`."""
    rate: str = ""
    """As the kernel writes it, such as `400 Gb/sec (4X NDR)`."""
    gid_index: int | None = None
    """Of the first RoCEv2 address that is made of an IPv4 address; -1: there is none."""
    pcie: tuple[str, str] | None = None
    """Speed and width of the slot now, and at most, such as `32.0 GT/s PCIe x16`."""
    numa: int | None = None
    gpu_numas: frozenset[int] = frozenset()
    """NUMA nodes that have GPUs; empty: the host has none, or they were not read."""
    has_peer_memory: bool | None = None
    """Whether the module is loaded that lets the NIC read NVIDIA's GPUs; None: no such GPU."""
    leaf: str = ""
    """The switch that LLDP names."""
    bond: str = ""
    is_virtual: bool = False
    is_infiniband: bool = False
    """Not RoCE, though it may have a network device, for IP."""
    rising: tuple[str, ...] | None = None
    """Counters of errors that rose between two readings."""


@dataclass(frozen=True, slots=True)
class PortSettings:
    """Of one port. None: that is not known."""

    name: str
    device: str = ""
    mtu: int | None = None
    trust: str | None = None
    """`dscp` or `pcp`."""
    lossless: frozenset[int] | None = None
    """Priorities with PFC."""
    priorities: Mapping[int, int] | None = None
    """Priority by DSCP, as far as it is listed."""
    traffic_class: int | None = None
    """What RDMA's packets are given."""
    reacts: Mapping[int, bool] = field(default_factory=dict)
    """By priority, whether the sender slows down when it is notified."""
    notifies: Mapping[int, bool] = field(default_factory=dict)
    """By priority, whether the receiver sends notifications."""
    cnp_dscp: int | None = None
    marks: Mapping[int, bool] | None = None
    """Of a switch: by queue, whether packets are marked."""
    kmin: Mapping[int, int] = field(default_factory=dict)
    """Of a switch: bytes from which on each queue marks."""
    xoff: int | None = None
    """Of a switch: bytes from which on it pauses, where they are fixed."""
    hardware: Hardware = Hardware()


@dataclass(frozen=True, slots=True)
class Machine:
    """A host or switch with its RoCE ports."""

    name: str
    kind: Literal["host", "switch"]
    ports: tuple[PortSettings, ...]

    @property
    def roce_ports(self) -> tuple[PortSettings, ...]:
        """Those that profiles are about."""
        return tuple(port for port in self.ports if not port.hardware.is_infiniband)


@dataclass(frozen=True, slots=True)
class Row:
    """One setting of one port against the profile. `command` shows how to fix it."""

    machine: str
    port: str
    setting: str
    expected: str
    actual: str
    state: State
    command: str = ""
