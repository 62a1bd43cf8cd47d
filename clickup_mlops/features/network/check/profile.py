"""What a fabric's RoCE settings should be. Pure."""

from fnmatch import fnmatchcase
from typing import Literal

from pydantic import Field

from clickup_mlops.config import Table


class Profile(Table):
    """`[network.fabrics.<name>]`. The defaults are what NIC makers recommend for RoCEv2."""

    hosts: tuple[str, ...] = ("*",)
    """Hosts and switches of the fabric: names, `*` for any text."""
    dscp: int = Field(26, ge=0, le=63)
    """DSCP of RDMA's packets."""
    priority: int = Field(3, ge=0, le=7)
    """Priority that this DSCP is mapped to, which is paused instead of dropped."""
    cnp_dscp: int | None = Field(48, ge=0, le=63)
    """DSCP of congestion notifications; none: it is not checked."""
    mtu: int = Field(9000, ge=1024, le=16_000)
    """Least MTU of network devices, in bytes. Switches need at least as much."""
    congestion_control: Literal["dcqcn", "off"] = "dcqcn"
    """`dcqcn`: ECN is on, at hosts and switches. `off`: not at hosts, as with receiver-driven
    admission."""

    def is_about(self, machine: str) -> bool:
        """Whether a host or switch belongs to it."""
        return any(fnmatchcase(machine, pattern) for pattern in self.hosts)

    @property
    def traffic_class(self) -> int:
        """The byte in which a DSCP is set: the two lowest bits are ECN's."""
        return self.dscp << 2
