"""A fabric as a value. Pure. What nothing says is unknown: an empty text, None, or no entry.

Values are put together from several sources (`merge.py`), each of which knows a part.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final, Literal, TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")
Role = Literal["", "back_end", "front_end", "storage", "management"]
"""What a host's port is for. Back-end: traffic between accelerators."""
TIERS: Final[Mapping[str, int]] = {
    "tor": 1,
    "leaf": 2,
    "spine": 3,
    "core": 4,
    "super_spine": 4,
}
"""Of a switch: the higher, the farther from the hosts."""


@dataclass(frozen=True, slots=True)
class HostPort:
    """A port of a NIC, by its host and the names that it has there.

    `device` and `number` (empty: the first) are those of RDMA, `netdev` is the network device of
    the same port. `switch` and `interface` are the other end of its cable; `gbit_s` is the speed
    one way.
    """

    host: str
    netdev: str = ""
    device: str = ""
    number: str = ""
    role: Role = ""
    rail: int | None = None
    gbit_s: float | None = None
    is_up: bool | None = None
    is_cabled: bool | None = None
    switch: str = ""
    interface: str = ""
    mac: str = ""
    pci: str = ""
    numa: int | None = None

    @property
    def name(self) -> str:
        """For people: `gpu-01 mlx5_0`."""
        return f"{self.host} {self.device or self.netdev}"

    @property
    def rdma_number(self) -> str:
        """The number of the device's port."""
        return self.number or "1"

    @property
    def is_member(self) -> bool:
        """Whether it may carry traffic: a port that is down or has no cable is no member of its
        rail, and says nothing of how even load is.
        """
        return self.is_up is not False and self.is_cabled is not False


@dataclass(frozen=True, slots=True)
class Gpu:
    """An accelerator of a host; `device` is the RDMA device that is nearest to it."""

    host: str
    index: str
    uuid: str = ""
    model: str = ""
    pci: str = ""
    numa: int | None = None
    device: str = ""


@dataclass(frozen=True, slots=True)
class Host:
    """A machine; `pod` and `rack` are where it stands."""

    name: str
    pod: str = ""
    rack: str = ""


@dataclass(frozen=True, slots=True)
class Switch:
    """A switch and its tier, see `TIERS`."""

    name: str
    tier: str = ""
    pod: str = ""
    address: str = ""
    vendor: str = ""


@dataclass(frozen=True, slots=True)
class SwitchPort:
    """A port of a switch; `peer` is the host or switch at the other end, with its port there."""

    switch: str
    interface: str
    alias: str = ""
    gbit_s: float | None = None
    is_up: bool | None = None
    peer: str = ""
    peer_port: str = ""

    @property
    def name(self) -> str:
        """For people: `leaf1 Ethernet0`."""
        return f"{self.switch} {self.interface}"


@dataclass(frozen=True, slots=True)
class Link:
    """A cable of which it is not known which end is a switch's; merged, it is ports."""

    near: str
    near_port: str
    far: str
    far_port: str


@dataclass(frozen=True, slots=True)
class UplinkGroup:
    """Parallel links of a switch over which it spreads flows, by their interfaces."""

    switch: str
    name: str
    members: tuple[str, ...]
    kind: Literal["ecmp", "lag"] = "ecmp"


@dataclass(frozen=True, slots=True)
class Job:
    """What runs on hosts. `gpus` are those that it holds on each; empty: all or unknown."""

    id: str
    hosts: tuple[str, ...] = ()
    name: str = ""
    tenant: str = ""
    queue: str = ""
    scheduler: str = ""
    state: str = ""
    gpus: int | None = None
    kind: str = ""
    """Such as `training` or `inference`."""


@dataclass(frozen=True, slots=True)
class PortRule:
    """What holds for all ports that these patterns fit (`*` and `?`); empty patterns fit all."""

    host: str = ""
    netdev: str = ""
    device: str = ""
    role: Role = ""
    rail: int | None = None
    gbit_s: float | None = None
    is_cabled: bool | None = None


@dataclass(frozen=True)
class Topology:
    """All that is known. Nothing in it contradicts itself once it is merged."""

    hosts: tuple[Host, ...] = ()
    ports: tuple[HostPort, ...] = ()
    gpus: tuple[Gpu, ...] = ()
    switches: tuple[Switch, ...] = ()
    switch_ports: tuple[SwitchPort, ...] = ()
    groups: tuple[UplinkGroup, ...] = ()
    jobs: tuple[Job, ...] = ()
    links: tuple[Link, ...] = field(default=(), compare=False)
    rules: tuple[PortRule, ...] = field(default=(), compare=False)

    @cached_property
    def ports_of(self) -> Mapping[str, tuple[HostPort, ...]]:
        """The ports of each host."""
        return _grouped((port.host, port) for port in self.ports)

    @cached_property
    def interfaces_of(self) -> Mapping[str, tuple[SwitchPort, ...]]:
        """The interfaces of each switch."""
        return _grouped((port.switch, port) for port in self.switch_ports)

    @cached_property
    def jobs_of(self) -> Mapping[str, tuple[Job, ...]]:
        """The jobs that run on each host."""
        return _grouped((host, job) for job in self.jobs for host in job.hosts)

    @cached_property
    def switches_by_name(self) -> Mapping[str, Switch]:
        """All switches, by name."""
        return {switch.name: switch for switch in self.switches}

    @cached_property
    def rails(self) -> Mapping[int, tuple[HostPort, ...]]:
        """Back-end ports that are members, by rail."""
        back_end = (port for port in self.ports if port.role == "back_end" and port.is_member)
        return _grouped((port.rail, port) for port in back_end if port.rail is not None)

    @cached_property
    def uplink_groups(self) -> tuple[UplinkGroup, ...]:
        """Those that something names, and else for each switch its links to a higher tier."""
        named = {group.switch for group in self.groups if group.kind == "ecmp"}
        derived = (self._upward(switch) for switch in self.interfaces_of if switch not in named)
        return (*self.groups, *(group for group in derived if len(group.members) > 1))

    def port(self, host: str, name: str, number: str = "") -> HostPort | None:
        """By its RDMA device or its network device; None: nothing is known of it."""
        return next(
            (
                port
                for port in self.ports_of.get(self.host_name(host), ())
                if port.netdev == name
                or (port.device == name and (number or "1") == port.rdma_number)
            ),
            None,
        )

    def interface(self, switch: str, name: str) -> SwitchPort | None:
        """By its name or alias; None: nothing is known of it."""
        ports = self.interfaces_of.get(switch, ())
        return next((port for port in ports if name in (port.interface, port.alias)), None)

    def host_name(self, text: str) -> str:
        """The host's name here, of a name that may have a domain or a TCP port."""
        bare = text.rpartition(":")[0] if text.rpartition(":")[2].isdecimal() else text
        return bare if bare in self._host_names else full_name(bare, self._short_names)

    @cached_property
    def _host_names(self) -> frozenset[str]:
        named = (host.name for host in self.hosts)
        return frozenset([*named, *self.ports_of, *self.jobs_of])

    @cached_property
    def _short_names(self) -> Mapping[str, str]:
        """Only those that are one host's."""
        by_short = _grouped((short(name), name) for name in self._host_names)
        return {key: names[0] for key, names in by_short.items() if len(names) == 1}

    def _upward(self, switch: str) -> UplinkGroup:
        tier = self.tier(switch)
        upward = (
            port.interface
            for port in self.interfaces_of[switch]
            if tier is not None and (self.tier(port.peer) or 0) > tier
        )
        return UplinkGroup(switch, "uplinks", tuple(upward))

    def tier(self, switch: str) -> int | None:
        """The higher, the farther from the hosts; None: not known."""
        entry = self.switches_by_name.get(switch)
        return TIERS.get(entry.tier) if entry else None


def short(name: str) -> str:
    """A host's name without its domain, in small letters. An address stays as it is."""
    lower = name.casefold()
    return lower if lower.replace(".", "").isdecimal() else lower.partition(".")[0]


def full_name(name: str, by_short: Mapping[str, str]) -> str:
    """The machine's own name, of those by their short ones; a name in another domain is another
    machine's.
    """
    full = by_short.get(short(name), name)
    has_other_domain = "." in name and "." in full and name.casefold() != full.casefold()
    return name if has_other_domain else full


def _grouped(pairs: Iterable[tuple[Key, Value]]) -> Mapping[Key, tuple[Value, ...]]:
    groups: dict[Key, list[Value]] = defaultdict(list)
    for key, value in pairs:
        groups[key].append(value)
    return {key: tuple(values) for key, values in groups.items()}
