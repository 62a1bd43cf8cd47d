"""Shapes of fabrics: hosts, their ports, leaves and spines. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

LINE_GBPS: Final = 400
STORAGE_HOSTS: Final = ("nfs-01", "nfs-02")


@dataclass(frozen=True, slots=True)
class Nic:
    """A port of the back end or of a storage host, by its position in the fabric."""

    index: int
    host: str
    rail: int
    leaf: int
    is_storage: bool = False

    @property
    def device(self) -> str:
        """Of RDMA."""
        return f"mlx5_{self.rail}"

    @property
    def netdev(self) -> str:
        """The network device of the same port."""
        return f"ens{self.rail + 1}np0"


@dataclass(frozen=True)
class Shape:
    """`pods` of `rails` leaves each; each host has a port at each leaf of its pod, and each leaf
    one link to each of `spines`. All links are as fast.
    """

    name: str
    pods: int
    rails: int
    hosts_per_pod: int
    spines: int

    @property
    def leaves(self) -> int:
        """Number of leaves."""
        return self.pods * self.rails

    @property
    def oversubscription(self) -> float:
        """What a leaf's hosts can send over what its uplinks carry."""
        return self.hosts_per_pod / self.spines

    @cached_property
    def hosts(self) -> tuple[str, ...]:
        """Compute hosts, those of one pod together."""
        return tuple(f"gpu-{number + 1:02}" for number in range(self.pods * self.hosts_per_pod))

    @cached_property
    def nics(self) -> tuple[Nic, ...]:
        """All ports: those of compute hosts first."""
        return tuple(self._nics())

    @cached_property
    def nics_by_host(self) -> Mapping[str, tuple[Nic, ...]]:
        """Ports of each host, by rail."""
        return {
            host: tuple(nic for nic in self.nics if nic.host == host)
            for host in (*self.hosts, *STORAGE_HOSTS)
        }

    def leaf_name(self, leaf: int) -> str:
        """Such as `leaf1`."""
        return f"leaf{leaf + 1}"

    def interface(self, leaf: int, nic: Nic) -> str:
        """The leaf's interface to a port, as SONiC numbers them."""
        nics = [other.index for other in self.nics if other.leaf == leaf]
        return f"Ethernet{8 * nics.index(nic.index)}"

    def uplink(self, spine: int) -> str:
        """A leaf's interface to a spine."""
        return f"Ethernet{512 + 8 * spine}"

    def _nics(self) -> Iterator[Nic]:
        index = 0
        for number, host in enumerate(self.hosts):
            for rail in range(self.rails):
                leaf = number // self.hosts_per_pod * self.rails + rail
                yield Nic(index, host, rail, leaf)
                index += 1
        for number, host in enumerate(STORAGE_HOSTS):
            yield Nic(index, host, 0, number % self.leaves, is_storage=True)
            index += 1


SHAPES: Final[Mapping[str, Shape]] = {
    shape.name: shape
    for shape in (
        Shape("clos-1to1", pods=2, rails=2, hosts_per_pod=8, spines=8),
        Shape("clos-2to1", pods=2, rails=2, hosts_per_pod=8, spines=4),
        Shape("rail", pods=2, rails=4, hosts_per_pod=4, spines=4),
    )
}
"""A two-tier Clos network without and with 2:1 oversubscription, and one that is optimised for
rails.
"""
