"""What a job does with the fabric. None: unknown. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Collective:
    """A collective operation of a job, such as `AllReduce`.

    `limit_gb_s` is the bus bandwidth that the ports of a host allow, `bytes_s` what one rank brings
    into it. Times are in ms.
    """

    name: str
    bus_gb_s: float | None
    limit_gb_s: float | None
    bytes_s: float | None
    mean_ms: float | None
    rank_spread: float | None
    stragglers: int | None

    @property
    def bus_pct(self) -> float | None:
        """Bus bandwidth over what the ports allow."""
        if self.bus_gb_s is None or not self.limit_gb_s:
            return None
        return 100 * self.bus_gb_s / self.limit_gb_s


@dataclass(frozen=True, slots=True)
class JobTraffic:
    """A job's traffic in the last minutes.

    `peak` is the busiest host over the mean of its hosts. `off_leaf_pct` is the part of what its
    hosts send that leaves their leaves; in a fabric with a leaf for each rail it is split into what
    changes the rail and what changes the pod, as far as that can be told. `unknown` says why a
    value is missing.
    """

    job: str
    kind: str
    hosts: int
    sent_bytes_s: float | None = None
    received_bytes_s: float | None = None
    peak: float | None = None
    busiest: str = ""
    off_leaf_pct: float | None = None
    cross_rail_pct: float | None = None
    cross_pod_pct: float | None = None
    communication_pct: float | None = None
    collectives: tuple[Collective, ...] = ()
    unknown: tuple[str, ...] = ()
