"""The connections of jobs on a fabric, from its topology and what its ports send. Pure."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import chain, product

from clickup_mlops.errors import InputError
from clickup_mlops.features.network.balance.model import Connection, Pattern, Traffic
from clickup_mlops.features.network.diagnosis.fabric import Fabric, Port, UplinkGroup


def traffic(
    fabric: Fabric,
    sent_shares: Mapping[str, float],
    *,
    pattern: Pattern,
    pairs: int,
    orders_by_leaf: bool = False,
    down: Collection[str] = (),
) -> Traffic:
    """Of all jobs. `sent_shares` is what each port sends, as a share of its line rate; a port that
    is not in it sends as fast as it can. `down` are members of groups that carry nothing.

    Raises:
        InputError: the topology lacks jobs, the leaves of their ports, or uplinks; or nothing is
            sent between hosts, or cannot be.
    """
    ports = [port for port in fabric.ports if port.role in ("back_end", "") and port.switch]
    uplinks = {group.switch: group for group in fabric.groups}
    leaves = {name: number for number, name in enumerate(sorted({p.switch for p in ports}))}
    if not fabric.jobs or not ports or not leaves.keys() <= uplinks.keys():
        raise InputError(
            "the topology lacks jobs, the switches of their ports, or the uplinks of these",
            hint="Describe them in [[network.topology]]: job, port with its switch, group.",
        )
    numbers = {port.name: number for number, port in enumerate(ports)}
    connections = [
        Connection(
            numbers[source.name],
            numbers[target.name],
            leaves[source.switch],
            leaves[target.switch],
            share * sent_shares.get(source.name, 1.0),
        )
        for members in _rails(fabric, ports)
        for source, target, share in _pairs(members, pattern, orders_by_leaf)
    ]
    if not any(connection.demand for connection in connections):
        hint = "Ask again while a job of several hosts communicates."
        raise InputError("no job sends from host to host", hint=hint)
    most, gaps = _gaps([uplinks[leaf] for leaf in leaves], down)
    load = Traffic(len(ports), len(leaves), most, tuple(connections), pairs, gaps)
    if not all(map(load.routes, connections)):
        raise InputError("leaves of a job have no spine in common: too many uplinks are down")
    return load


def _gaps(
    groups: Sequence[UplinkGroup], down: Collection[str]
) -> tuple[int, frozenset[tuple[int, int]]]:
    """How many spines there are, and those that a leaf does not reach, by positions of both."""
    spines = _spines(groups)
    most = 1 + max(spines.values(), default=-1)
    usable = {
        (leaf, spines[member])
        for leaf, group in enumerate(groups)
        for member in group.members
        if member not in down
    }
    return most, frozenset(product(range(len(groups)), range(most))) - usable


def _spines(groups: Sequence[UplinkGroup]) -> Mapping[str, int]:
    """A number for the spine of each uplink: its place in the group, unless all peers are known.
    Leaves that have no spine in common, as those of two rails, number theirs alike.
    """
    if not all(group.peers for group in groups):
        return {member: at for group in groups for at, member in enumerate(group.members)}
    links = [_links(group.peers) for group in groups]
    planes: list[list[tuple[str, int]]] = []
    for of_leaf in links:
        apart = [plane for plane in planes if set(plane).isdisjoint(of_leaf)]
        shared = chain(*(plane for plane in planes if plane not in apart), of_leaf)
        planes = [*apart, [*dict.fromkeys(shared)]]
    numbers = {link: number for plane in planes for number, link in enumerate(plane)}
    return {
        member: numbers[link]
        for group, of_leaf in zip(groups, links, strict=True)
        for member, link in zip(group.members, of_leaf, strict=True)
    }


def _links(peers: Sequence[str]) -> Sequence[tuple[str, int]]:
    """The spine of each, and which of several links to it it is."""
    return [(peer, peers[:at].count(peer)) for at, peer in enumerate(peers)]


def _rails(fabric: Fabric, ports: Sequence[Port]) -> Iterator[list[Port]]:
    """Ports of each job on each rail, in the order of its ranks."""
    for job in fabric.jobs:
        by_rail: dict[str, list[Port]] = defaultdict(list)
        for port in ports:
            if port.host in job.hosts:
                by_rail[fabric.rail_of(port)].append(port)
        yield from (members for members in by_rail.values() if len(members) > 1)


def _pairs(
    members: list[Port], pattern: Pattern, orders_by_leaf: bool
) -> Iterator[tuple[Port, Port, float]]:
    """Who sends to whom, and which share of what it sends."""
    if pattern == "all-to-all":
        share = 1 / (len(members) - 1)
        yield from ((a, b, share) for a in members for b in members if a is not b)
        return
    ranks = sorted(members, key=lambda port: port.switch) if orders_by_leaf else _spread(members)
    yield from ((port, ranks[(at + 1) % len(ranks)], 1.0) for at, port in enumerate(ranks))


def _spread(members: list[Port]) -> list[Port]:
    """As a scheduler that does not know leaves places ranks: neighbours are on different ones."""
    by_leaf: dict[str, list[Port]] = defaultdict(list)
    for port in members:
        by_leaf[port.switch].append(port)
    longest = max(map(len, by_leaf.values()))
    return [of[at] for at in range(longest) for of in by_leaf.values() if at < len(of)]
