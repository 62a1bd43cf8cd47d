"""Connections, choices and predictions. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import random

Pattern = Literal["ring", "all-to-all"]


@dataclass(frozen=True, slots=True)
class Connection:
    """What a port sends to another. `demand` is a share of the line rate, leaves are positions."""

    source: int
    target: int
    source_leaf: int
    target_leaf: int
    demand: float

    @property
    def crosses(self) -> bool:
        """Whether it needs an uplink."""
        return self.source_leaf != self.target_leaf


@dataclass(frozen=True, slots=True)
class Traffic:
    """Connections over leaves that have so many uplinks each, as fast as a port; uplink k of each
    leaf goes to the same spine. `gaps` are those that are missing, each as leaf and uplink.
    """

    ports: int
    leaves: int
    uplinks: int
    connections: tuple[Connection, ...]
    pairs: int = 1
    """Queue pairs of each connection."""
    gaps: frozenset[tuple[int, int]] = frozenset()

    def routes(self, connection: Connection) -> Sequence[int]:
        """Its leaf's uplinks to spines that reach the target's leaf."""
        ends = (connection.source_leaf, connection.target_leaf)
        if not self.gaps or not connection.crosses:
            return range(self.uplinks)
        return [at for at in range(self.uplinks) if not self.gaps & {(leaf, at) for leaf in ends}]


Paths = Sequence[Mapping[int, int]]
"""Of each connection, how many flows of the same size it has on each uplink: all connections have
as many, since links share by flow.
"""
Assign = Callable[[Traffic, "random.Random"], Paths]


@dataclass(frozen=True, slots=True)
class Choice:
    """The `CHOICE` of a file. `assign` puts connections on uplinks."""

    title: str
    assign: Assign
    needs: str
    """What it takes, and what may go wrong."""
    settings: Mapping[str, str]
    """By network operating system, or `hosts`: text to adapt and apply."""
    waits_for_slowest_path: bool = True
    """Messages are split over paths beforehand, so the slowest path counts."""
    orders_by_leaf: bool = False
    """Ranks are placed so that neighbours share a leaf."""


@dataclass(frozen=True, slots=True)
class Prediction:
    """Means over seeds with 95% margins. `rate` is what the slowest connection gets of its demand,
    which a collective waits for; `peak` the hottest uplink over the mean.
    """

    choice: str
    title: str
    rate: float
    rate_margin: float
    peak: float
    peak_margin: float
    needs: str
