"""A window of readings on a fabric: the questions that faults ask. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import fmean, median, stdev
from typing import Final

from clickup_mlops.features.network.diagnosis.fabric import (
    MEMBER_ROLES,
    Fabric,
    Job,
    Port,
    UplinkGroup,
)
from clickup_mlops.features.network.diagnosis.model import Effect, EffectKind, Estimate
from clickup_mlops.features.network.diagnosis.windows import Windows

SENT: Final = "sent_utilisation_pct"
RECEIVED: Final = "received_utilisation_pct"
RATE: Final = "line_rate_bytes_s"
LANE_RATE: Final = "lane_rate_bytes_s"
UPLINK_SENT: Final = "switch_sent_utilisation_pct"
UPLINK_RECEIVED: Final = "switch_received_utilisation_pct"
UPLINK_STATE: Final = "switch_port_is_up"
BUSY: Final = 5.0
"""Per cent of the line rate below which a port says nothing."""
_GIGABIT: Final = 125_000_000
_DEFAULT_GBPS: Final = 100.0
_Z: Final = 1.96


@dataclass(frozen=True)
class View:
    """What held lately, on which fabric."""

    data: Windows
    fabric: Fabric

    @cached_property
    def ports(self) -> Sequence[Port]:
        """Members: ports of the back end and for storage that are up and cabled."""
        return [
            port
            for port in self.fabric.ports
            if port.role in MEMBER_ROLES and self.data.typical("port_is_up", port.name) != 0
        ]

    @cached_property
    def busy_ports(self) -> Sequence[Port]:
        """Members that carry traffic."""
        return [port for port in self.ports if self.load(port.name) >= BUSY]

    @cached_property
    def back_end(self) -> Sequence[Port]:
        """Members that are not for storage, and carry traffic."""
        return [port for port in self.busy_ports if port.role != "storage"]

    def load(self, place: str) -> float:
        """Per cent of its line rate in the busier direction; 0: unknown."""
        levels = (self.data.typical(name, place) for name in (SENT, RECEIVED))
        return max((level for level in levels if level is not None), default=0.0)

    def low(self, measure: str, place: str) -> float:
        """The level that it was at or above for four fifths of the window; 0: not measured."""
        return self.data.low(measure, place) or 0.0

    def worst(self, measure: str, ports: Iterable[Port]) -> Port:
        """The port at which the level that held is the highest."""
        return max(ports, key=lambda port: self.low(measure, port.name))

    def rate_gbps(self, place: str) -> float:
        """Line rate in Gbit/s; 100 where it is not known."""
        rate = self.data.typical(RATE, place) or self.data.typical(
            "switch_line_rate_bytes_s", place
        )
        return rate / _GIGABIT if rate else _DEFAULT_GBPS

    def lane_gbps(self, place: str) -> float | None:
        """What one lane of the line carries, Gbit/s; None: the port does not say."""
        rate = self.data.typical(LANE_RATE, place)
        return rate / _GIGABIT if rate else None

    def sent_gbps(self, place: str) -> float:
        """What a port sends on average, Gbit/s; 0 where it is not measured."""
        return (self.data.mean(SENT, place) or 0.0) / 100 * self.rate_gbps(place)

    def job(self, host: str) -> Job | None:
        """The host's job; None: it is not known."""
        return self.fabric.job_by_host.get(host)

    def is_peer(self, port: Port, candidate: Port) -> bool:
        """Whether two ports are alike: same job, role and rail, on two hosts."""
        return (
            candidate.host != port.host
            and candidate.role == port.role
            and self.fabric.rail_of(candidate) == self.fabric.rail_of(port)
            and self.job(candidate.host) == self.job(port.host)
        )

    def peers(self, port: Port, among: Iterable[Port] | None = None) -> Sequence[Port]:
        """Ports that are comparable with it."""
        return [peer for peer in among or self.ports if self.is_peer(port, peer)]

    def colleagues(self, host: str) -> Sequence[Port]:
        """Busy ports of the host's job, or of all if its job is not known."""
        job = self.job(host)
        if job is None:
            return self.busy_ports
        return [port for port in self.busy_ports if port.host in job.hosts]

    def median(self, measure: str, places: Iterable[str]) -> float | None:
        """Of what is typical of several places."""
        levels = [self.data.typical(measure, place) for place in places]
        measured = [level for level in levels if level is not None]
        return median(measured) if measured else None

    @cached_property
    def groups(self) -> Sequence[tuple[UplinkGroup, Mapping[str, float]]]:
        """Groups of uplinks of which several are measured, with the sent load (per cent) of each
        that is not known to be down: what is down is no uneven load.
        """
        return [
            (group, load)
            for group in self.fabric.groups
            if len(measured := self._sent_by_member(group)) > 1
            and (load := {name: level for name, level in measured.items() if self.is_up(name)})
        ]

    def _sent_by_member(self, group: UplinkGroup) -> Mapping[str, float]:
        levels = ((member, self.data.mean(UPLINK_SENT, member)) for member in group.members)
        return {member: level for member, level in levels if level is not None}

    def is_up(self, interface: str) -> bool:
        """Whether a switch says so, or nothing of its state."""
        return self.data.typical(UPLINK_STATE, interface) != 0

    @cached_property
    def hosts_by_switch(self) -> Mapping[str, frozenset[str]]:
        """Hosts with a busy port at each switch."""
        by_switch: dict[str, set[str]] = defaultdict(set)
        for port in self.busy_ports:
            if port.switch:
                by_switch[port.switch].add(port.host)
        return {switch: frozenset(hosts) for switch, hosts in by_switch.items()}


def effects(kind: EffectKind, places: Iterable[str]) -> frozenset[Effect]:
    """The same symptom at several places."""
    return frozenset(Effect(kind, place) for place in places)


def names(ports: Iterable[Port]) -> Sequence[str]:
    """Such as `gpu-03/mlx5_1`."""
    return [port.name for port in ports]


def most_common(values: Iterable[float], share: float) -> float | None:
    """The value that at least this share has; None: there is none."""
    counted = Counter(values)
    if not counted:
        return None
    value, count = counted.most_common(1)[0]
    return value if count >= share * counted.total() else None


def estimate(view: View, carriers: Iterable[Port], shares: Sequence[float]) -> Estimate:
    """Goodput lost by ports that could send 1/(1 - share) of what they do, Gbit/s.

    `shares` is the lost part at several times: their spread is the interval.
    """
    sent_gbps = sum(view.sent_gbps(port.name) for port in carriers)
    losses = [sent_gbps * share / (1 - share) for share in (min(max(s, 0.0), 0.95) for s in shares)]
    if not losses:
        return Estimate()
    mean = fmean(losses)
    margin = _Z * stdev(losses) / len(losses) ** 0.5 if len(losses) > 1 else mean
    return Estimate(mean, max(0.0, mean - margin), mean + margin)


def spread(loads: Iterable[float]) -> tuple[float, float]:
    """Jain's index (1 is even) and the hottest over the mean; both 1 without any load."""
    shares = [*loads]
    mean = fmean(shares) if shares else 0.0
    if not mean:
        return 1.0, 1.0
    return sum(shares) ** 2 / (len(shares) * sum(s * s for s in shares)), max(shares) / mean


def by_host(ports: Iterable[Port]) -> Mapping[str, Sequence[Port]]:
    """Ports of each host: what several of them show has one cause."""
    hosts: dict[str, list[Port]] = defaultdict(list)
    for port in ports:
        hosts[port.host].append(port)
    return hosts


def place_on(host: str, ports: Sequence[Port]) -> str:
    """The port if it is one, else the host."""
    return ports[0].name if len(ports) == 1 else host
