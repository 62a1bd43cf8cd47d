"""What the diagnosis needs to know of a fabric. What is not known is empty. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Final

from clickup_mlops.features.network.topology.model import Role, Topology, full_name, short

MEMBER_ROLES: Final[frozenset[Role]] = frozenset(("back_end", "storage", ""))
"""Roles of ports that the diagnosis looks at; empty: nobody has said what it is for."""


@dataclass(frozen=True, slots=True)
class Port:
    """A port of a host. `switch` and `interface` are what it is cabled to, `rail` the rail that it
    should be on, `netdev` the name of its network device.
    """

    host: str
    device: str
    rail: str = ""
    role: Role = ""
    switch: str = ""
    interface: str = ""
    netdev: str = ""

    @property
    def name(self) -> str:
        """`<host>/<device>`, as in findings."""
        return f"{self.host}/{self.device}"


@dataclass(frozen=True, slots=True)
class UplinkGroup:
    """Parallel links of one switch to the tier above; `members` as `<switch>/<interface>`.
    `peers`: the switch at the other end of each; empty: not all of them are known.
    """

    switch: str
    name: str
    members: tuple[str, ...]
    peers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Job:
    """Hosts that compute together. `kind` is such as `training` or `inference`; empty: unknown.
    `id` is the scheduler's.
    """

    name: str
    hosts: frozenset[str]
    kind: str = ""
    tenant: str = ""
    id: str = ""


@dataclass(frozen=True)
class Fabric:
    """Ports, groups of uplinks and jobs; `pods` of hosts, by their names. `neighbours` are
    interfaces of switches, as `<switch>/<interface>`, whose other end is known; `aliases` are their
    names by other ones that switches have for them.
    """

    ports: tuple[Port, ...] = ()
    groups: tuple[UplinkGroup, ...] = ()
    jobs: tuple[Job, ...] = field(default=())
    pods: Mapping[str, str] = field(default_factory=dict)
    neighbours: frozenset[str] = frozenset()
    aliases: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def interfaces(self) -> frozenset[str]:
        """All interfaces of switches of which it is known what they are for."""
        members = (member for group in self.groups for member in group.members)
        hosts = (f"{port.switch}/{port.interface}" for port in self.ports if port.switch)
        return self.neighbours.union(members, hosts)

    @cached_property
    def back_end(self) -> Sequence[Port]:
        """Ports for traffic between accelerators, or of which nobody has said what they are for."""
        return [port for port in self.ports if port.role in ("back_end", "")]

    @cached_property
    def by_name(self) -> Mapping[str, Port]:
        """Ports by their names."""
        return {port.name: port for port in self.ports}

    @cached_property
    def job_by_host(self) -> Mapping[str, Job]:
        """The job of each host; of several the first counts."""
        return {host: job for job in reversed(self.jobs) for host in job.hosts}

    @cached_property
    def ports_by_host(self) -> Mapping[str, Sequence[Port]]:
        """The ports of each host."""
        by_host: dict[str, list[Port]] = defaultdict(list)
        for port in self.ports:
            by_host[port.host].append(port)
        return by_host

    @cached_property
    def devices(self) -> Mapping[str, str]:
        """Names of ports by `<host>/<network device>`, and of interfaces by their aliases: some
        exporters know that name alone.
        """
        netdevs = {f"{port.host}/{port.netdev}": port.name for port in self.ports if port.netdev}
        return {**self.aliases, **netdevs}

    def name_of(self, place: str) -> str:
        """As the topology calls a place that a source calls otherwise: by a network device, an
        alias, or its host or switch with a domain, or without.
        """
        machine, slash, part = place.partition("/")
        if machine not in self._machines:
            machine = full_name(machine, self._short_names)
        name = f"{machine}{slash}{part}"
        return self.devices.get(name, name)

    @cached_property
    def _machines(self) -> frozenset[str]:
        hosts = (host for job in self.jobs for host in job.hosts)
        switches = (name.partition("/")[0] for name in self.interfaces)
        return frozenset([*self.ports_by_host, *hosts, *switches])

    @cached_property
    def _short_names(self) -> Mapping[str, str]:
        """Only those that are one machine's."""
        count = Counter(map(short, self._machines))
        return {short(name): name for name in self._machines if count[short(name)] == 1}

    def completed(self, names: Iterable[str]) -> "Fabric":
        """The same with ports of these names that are measured and that the topology lacks."""
        more = sorted(set(names) - self.by_name.keys())
        ports = tuple(Port(name.partition("/")[0], name.partition("/")[2]) for name in more)
        return replace(self, ports=(*self.ports, *ports)) if ports else self

    def without(self, names: frozenset[str]) -> "Fabric":
        """The same without these ports."""
        ports = tuple(port for port in self.ports if port.name not in names)
        return replace(self, ports=ports)

    def rail_of(self, port: Port) -> str:
        """Its rail; without a topology the device's name stands for it."""
        return port.rail or port.device


def of_topology(topology: Topology) -> Fabric:
    """What a topology says of it. Ports that are known to have no cable are left out."""
    ports = tuple(
        Port(
            port.host,
            (port.device or port.netdev) + ("" if port.number in ("", "1") else f":{port.number}"),
            "" if port.rail is None else str(port.rail),
            port.role,
            port.switch,
            _interface(topology, port.switch, port.interface),
            port.netdev,
        )
        for port in topology.ports
        if port.is_cabled is not False
    )
    groups = tuple(
        UplinkGroup(
            group.switch,
            group.name,
            tuple(
                f"{group.switch}/{_interface(topology, group.switch, name)}"
                for name in group.members
            ),
            _peers(topology, group.switch, group.members),
        )
        for group in topology.uplink_groups
    )
    pods = {host.name: host.pod for host in topology.hosts if host.pod}
    interfaces = topology.switch_ports
    return Fabric(
        ports,
        groups,
        tuple(_jobs(topology)),
        pods,
        frozenset(f"{port.switch}/{port.interface}" for port in interfaces if port.peer),
        {
            f"{port.switch}/{port.alias}": f"{port.switch}/{port.interface}"
            for port in interfaces
            if port.alias
        },
    )


def _interface(topology: Topology, switch: str, name: str) -> str:
    """As readings are called: an alias stands for the interface."""
    port = topology.interface(switch, name)
    return port.interface if port else name


def _peers(topology: Topology, switch: str, members: Iterable[str]) -> tuple[str, ...]:
    ports = [topology.interface(switch, name) for name in members]
    peers = tuple(port.peer for port in ports if port and port.peer)
    return peers if len(peers) == len(ports) else ()


def _jobs(topology: Topology) -> Iterator[Job]:
    """Schedulers let many have the same name: those get their id, too."""
    count = Counter(job.name or job.id for job in topology.jobs)
    for job in topology.jobs:
        name = job.name or job.id
        unique = name if count[name] == 1 else f"{name} ({job.id})"
        yield Job(unique, frozenset(job.hosts), job.kind, job.tenant, job.id)
