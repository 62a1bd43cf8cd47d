"""Several partial topologies -> one. Pure.

Of two that say something of the same field the first counts; entries of the same thing, known under
different names, become one.
"""

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import fields, replace
from fnmatch import fnmatchcase
from typing import Any, Final, TypeVar

from clickup_mlops.features.network.topology.model import (
    Gpu,
    Host,
    HostPort,
    Job,
    Link,
    PortRule,
    Switch,
    SwitchPort,
    Topology,
    UplinkGroup,
    short,
)

Entry = TypeVar("Entry", Host, HostPort, Gpu, Switch, SwitchPort, UplinkGroup, Job)
_MAC: Final = re.compile(r"[0-9a-fA-F]{2}(:[0-9a-fA-F]{2}){5}")
_SWITCH_PORT: Final = re.compile(r"(Ethernet|swp|Et|et-|xe-|Eth|HundredGigE)\d")
"""Names of SONiC, Arista and Cisco, Cumulus, Juniper."""
_UNKNOWN: Final = ("", None, ())


def merge(topologies: Iterable[Topology]) -> Topology:
    """One of all. Names of hosts and switches are the first of those that differ in their domain
    only; the other end of a cable is known at both ends; rules are obeyed where nothing else is
    known.
    """
    parts = _with_one_name_each([*topologies])
    rules = tuple(rule for part in parts for rule in part.rules)
    joined = Topology(
        hosts=_united((part.hosts for part in parts), lambda host: [host.name]),
        ports=_united((part.ports for part in parts), _names_of_port),
        gpus=_united((part.gpus for part in parts), lambda gpu: [(gpu.host, gpu.index)]),
        switches=_united((part.switches for part in parts), lambda switch: [switch.name]),
        switch_ports=_united(_switch_ports(parts), _names_of_switch_port),
        groups=_united((part.groups for part in parts), lambda group: [(group.switch, group.name)]),
        jobs=_united((part.jobs for part in parts), lambda job: [(job.scheduler, job.id)]),
        rules=rules,
    )
    return _ruled(_connected(joined))


def _united(
    groups: Iterable[Sequence[Entry]], names: Callable[[Entry], list[Any]]
) -> tuple[Entry, ...]:
    """Entries that share a name become one, at the place of the first."""
    united: list[Entry | None] = []
    at: dict[Any, int] = {}
    for entry in (entry for group in groups for entry in group):
        places = sorted({at[name] for name in names(entry) if name in at})
        merged: Entry = entry
        for place in reversed(places):
            merged = _filled(united[place] or merged, merged)
            united[place] = None
        place = places[0] if places else len(united)
        united[place : place + 1] = [merged]
        at |= dict.fromkeys(names(merged), place)
    return tuple(entry for entry in united if entry is not None)


def _filled(first: Entry, second: Entry) -> Entry:
    """The first, with what only the second knows."""
    unknown = {
        field.name: getattr(second, field.name)
        for field in fields(first)
        if getattr(first, field.name) in _UNKNOWN
    }
    return replace(first, **unknown)


def _names_of_port(port: HostPort) -> list[Any]:
    rdma = f"{port.device} {port.rdma_number}" if port.device else ""
    named = (("netdev", port.netdev), ("device", rdma), ("mac", port.mac.casefold()))
    return [(port.host, kind, name) for kind, name in named if name]


def _names_of_switch_port(port: SwitchPort) -> list[Any]:
    names = filter(None, (port.interface, port.alias))
    return [(port.switch, name) for name in names]


def _with_one_name_each(parts: Sequence[Topology]) -> list[Topology]:
    """`gpu-01` and `gpu-01.example.com` are one host, called as whoever speaks first does; those of
    two domains are two hosts.
    """
    spoken: set[str] = set()
    first: dict[str, str] = {}

    def note(text: str) -> str:
        spoken.add(text.casefold())
        return text

    for part in parts:
        _renamed(part, note)
    domains = Counter(short(text) for text in spoken if "." in text)

    def name(text: str) -> str:
        key = text.casefold() if domains[short(text)] > 1 else short(text)
        return first.setdefault(key, text) if text else ""

    return [_renamed(part, name) for part in parts]


def _renamed(part: Topology, name: Callable[[str], str]) -> Topology:
    return replace(
        part,
        hosts=tuple(replace(host, name=name(host.name)) for host in part.hosts),
        switches=tuple(replace(switch, name=name(switch.name)) for switch in part.switches),
        ports=tuple(
            replace(port, host=name(port.host), switch=name(port.switch)) for port in part.ports
        ),
        gpus=tuple(replace(gpu, host=name(gpu.host)) for gpu in part.gpus),
        switch_ports=tuple(
            replace(port, switch=name(port.switch), peer=name(port.peer))
            for port in part.switch_ports
        ),
        groups=tuple(replace(group, switch=name(group.switch)) for group in part.groups),
        jobs=tuple(replace(job, hosts=tuple(map(name, job.hosts))) for job in part.jobs),
        links=tuple(replace(link, near=name(link.near), far=name(link.far)) for link in part.links),
    )


def _switch_ports(parts: Sequence[Topology]) -> Iterator[Sequence[SwitchPort]]:
    """With the ends of cables that are switches': those of switches that something names, else
    those whose port is called as one, else the second.
    """
    yield from (part.switch_ports for part in parts)
    switches = {switch.name for part in parts for switch in part.switches}
    switches |= {port.switch for part in parts for port in part.switch_ports}
    yield [port for part in parts for link in part.links for port in _ends(link, switches)]


def _ends(link: Link, switches: Collection[str]) -> Iterator[SwitchPort]:
    near = SwitchPort(link.near, link.near_port, peer=link.far, peer_port=link.far_port)
    far = SwitchPort(link.far, link.far_port, peer=link.near, peer_port=link.near_port)
    ends = [end for end in (near, far) if end.switch in switches]
    ends = ends or [end for end in (near, far) if is_switch_port(end.interface)]
    yield from ends or [far]


def is_switch_port(interface: str) -> bool:
    """Whether it is called as ports of switches are: `Ethernet0`, `swp1`, `et-0/0/1`."""
    return _SWITCH_PORT.match(interface) is not None


def _connected(topology: Topology) -> Topology:
    """What one end of a cable knows of the other, said at both."""
    ports = (topology.ports, tuple(_ends_at_hosts(topology)))
    switch_ports = (topology.switch_ports, tuple(_ends_at_switches(topology)))
    return replace(
        topology,
        ports=_united(ports, _names_of_port),
        switch_ports=_united(switch_ports, _names_of_switch_port),
    )


def _ends_at_hosts(topology: Topology) -> Iterator[HostPort]:
    switches = {*topology.switches_by_name, *topology.interfaces_of}
    for port in topology.switch_ports:
        if port.peer and port.peer_port and port.peer not in switches:
            yield replace(
                _end(topology, port.peer, port.peer_port),
                gbit_s=port.gbit_s,
                is_cabled=True,
                switch=port.switch,
                interface=port.interface,
            )


def _end(topology: Topology, host: str, name: str) -> HostPort:
    """A port by what its neighbour calls it: a network device, an RDMA device, or an address."""
    if _MAC.fullmatch(name):
        return HostPort(host, mac=name)
    port = topology.port(host, name)
    is_rdma = port is not None and port.netdev != name
    return HostPort(host, device=name) if is_rdma else HostPort(host, name)


def _ends_at_switches(topology: Topology) -> Iterator[SwitchPort]:
    for port in topology.ports:
        if port.switch and port.interface:
            yield SwitchPort(
                port.switch, port.interface, peer=port.host, peer_port=port.netdev or port.device
            )
    for near in topology.switch_ports:
        if near.peer in topology.switches_by_name and near.peer_port:
            yield SwitchPort(near.peer, near.peer_port, peer=near.switch, peer_port=near.interface)


def _ruled(topology: Topology) -> Topology:
    return replace(topology, ports=tuple(_obeyed(port, topology.rules) for port in topology.ports))


def _obeyed(port: HostPort, rules: Sequence[PortRule]) -> HostPort:
    for rule in rules:
        if _fits(rule, port):
            port = _filled(
                port,
                replace(
                    port,
                    role=rule.role,
                    rail=rule.rail,
                    gbit_s=rule.gbit_s,
                    is_cabled=rule.is_cabled,
                ),
            )
    return port


def _fits(rule: PortRule, port: HostPort) -> bool:
    return all(
        not pattern or fnmatchcase(text, pattern)
        for pattern, text in (
            (rule.host, port.host),
            (rule.netdev, port.netdev),
            (rule.device, port.device),
        )
    )
