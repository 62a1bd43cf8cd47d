"""What the hosts of a job send and receive, and how much of it leaves their leaves. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Final

from clickup_mlops.features.network.diagnosis.fabric import Fabric, Job, Port
from clickup_mlops.features.network.diagnosis.windows import Windows

_SENT: Final = "sent_bytes_s"
_RECEIVED: Final = "received_bytes_s"
_UPLINK: Final = "switch_sent_bytes_s"


@dataclass(frozen=True)
class HostTraffic:
    """Bytes a second of the back-end ports of a job's hosts. None: not measured."""

    data: Windows
    fabric: Fabric
    job: Job

    @property
    def ports(self) -> Sequence[Port]:
        """Back-end ports of the job's hosts."""
        return [port for port in self.fabric.back_end if port.host in self.job.hosts]

    def by_host(self, measure: str) -> Mapping[str, float]:
        """The sum over the ports of each host that is measured."""
        totals: dict[str, float] = {}
        for port in self.ports:
            value = self.data.typical(measure, port.name)
            if value is not None:
                totals[port.host] = totals.get(port.host, 0.0) + value
        return totals

    @property
    def silent_ports(self) -> Sequence[str]:
        """Ports that may carry traffic and of which nothing was read: sums lack their bytes."""
        return sorted(
            port.name
            for port in self.ports
            if self.data.typical("port_is_up", port.name) != 0
            and self.data.typical(_SENT, port.name) is None
        )

    @property
    def sharers(self) -> Sequence[str]:
        """Other jobs on the same hosts: ports do not tell whose bytes they are."""
        others = (job for job in self.fabric.jobs if job.name != self.job.name)
        return sorted(job.name for job in others if job.hosts & self.job.hosts)

    @property
    def sent(self) -> float | None:
        """What all hosts send."""
        return _total(self.by_host(_SENT))

    @property
    def received(self) -> float | None:
        """What all hosts receive."""
        return _total(self.by_host(_RECEIVED))

    @property
    def peak(self) -> tuple[str, float | None]:
        """The host that sends most, and its bytes over the mean."""
        totals = self.by_host(_SENT)
        mean = fmean(totals.values()) if totals else 0.0
        if not mean:
            return "", None
        busiest = max(totals, key=totals.__getitem__)
        return busiest, totals[busiest] / mean

    @property
    def leaves(self) -> frozenset[str]:
        """The switches that its ports are cabled to."""
        return frozenset(port.switch for port in self.ports if port.switch)

    @property
    def strangers(self) -> Sequence[str]:
        """Hosts of no or another job that send at the same leaves: their bytes leave there, too."""
        return sorted(
            {
                port.host
                for port in self.fabric.ports
                if port.switch in self.leaves
                and port.host not in self.job.hosts
                and (self.data.typical(_SENT, port.name) or 0.0) > 0
            }
        )

    @property
    def off_leaf_pct(self) -> float | None:
        """Of what enters the leaves by hosts, the part that leaves by uplinks. Of leaves that other
        hosts use as well it is the part of all of them.
        """
        members = [
            name
            for group in self.fabric.groups
            if group.switch in self.leaves
            for name in group.members
        ]
        ports = [port.name for port in self.fabric.ports if port.switch in self.leaves]
        up, entered = (
            _total(self._measured(measure, names))
            for measure, names in ((_UPLINK, members), (_SENT, ports))
        )
        return min(100.0, 100 * up / entered) if up is not None and entered else None

    @property
    def has_leaf_per_rail(self) -> bool:
        """Whether each of its leaves serves one rail of several."""
        rails = [{port.rail for port in self.ports if port.switch == leaf} for leaf in self.leaves]
        return len(set().union(*rails)) > 1 and all(len(of_leaf) == 1 for of_leaf in rails)

    @property
    def pods(self) -> frozenset[str]:
        """Where its hosts stand; empty: not known of all."""
        pods = [self.fabric.pods.get(host, "") for host in self.job.hosts]
        return frozenset(pods) if all(pods) else frozenset()

    def _measured(self, measure: str, places: Iterable[str]) -> Mapping[str, float]:
        values = ((place, self.data.typical(measure, place)) for place in places)
        return {place: value for place, value in values if value is not None}


def _total(values: Mapping[str, float]) -> float | None:
    return sum(values.values()) if values else None
