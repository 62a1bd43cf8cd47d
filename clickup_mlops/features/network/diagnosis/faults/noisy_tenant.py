"""A tenant that fills uplinks which others need: the links are even and full."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Final

from clickup_mlops.features.metrics.diagnosis.model import Evidence
from clickup_mlops.features.network.diagnosis.fabric import Job, UplinkGroup
from clickup_mlops.features.network.diagnosis.model import (
    ANYWHERE,
    Effect,
    Fault,
    Remedy,
    Step,
    Suspicion,
)
from clickup_mlops.features.network.diagnosis.view import (
    UPLINK_SENT,
    View,
    effects,
    estimate,
    names,
)

_FULL: Final = 85.0
_LOUDER: Final = 2.0
"""Times what a host of the others sends."""


def _find(view: View) -> Iterable[Suspicion]:
    by_job: dict[str, list[UplinkGroup]] = defaultdict(list)
    for group, load in view.groups:
        full = sum(view.low(UPLINK_SENT, member) for member in load) / len(load) >= _FULL
        hosts = view.hosts_by_switch.get(group.switch, frozenset())
        if full and (loudest := _loudest(view, hosts)):
            by_job[loudest].append(group)
    for name, groups in by_job.items():
        yield _suspicion(view, name, groups)


def _rates(view: View, hosts: Iterable[str]) -> Mapping[Job, float]:
    """Gbit/s that a host of each job sends, of the hosts at one switch."""
    by_job: dict[Job, list[float]] = defaultdict(list)
    for host in hosts:
        if job := view.job(host):
            rates_gbps = (
                view.sent_gbps(port.name) for port in view.busy_ports if port.host == host
            )
            by_job[job].append(sum(rates_gbps))
    return {job: sum(rates) / len(rates) for job, rates in by_job.items()}


def _loudest(view: View, hosts: Iterable[str]) -> str:
    """The job that sends at least twice what those of other tenants do, by host."""
    rates = _rates(view, hosts)
    if len({job.tenant for job in rates}) < 2:
        return ""
    loudest = max(rates, key=rates.__getitem__)
    other_rates = [rate for job, rate in rates.items() if job.tenant != loudest.tenant]
    return loudest.name if rates[loudest] >= _LOUDER * max(other_rates) else ""


def _suspicion(view: View, name: str, groups: list[UplinkGroup]) -> Suspicion:
    switches = {group.switch for group in groups}
    victims = [
        port
        for port in view.busy_ports
        if port.switch in switches and (job := view.job(port.host)) and job.name != name
    ]
    shares = [
        min(0.6, pct / 10) for pct in view.data.values("ecn_marked_pct", victims[0].name)
    ] or [0.2]
    return Suspicion(
        name,
        {UPLINK_SENT: max(view.data.mean(UPLINK_SENT, m) or 0 for g in groups for m in g.members)},
        effects("uneven", [f"full: {switch}" for switch in switches]),
        effects("slow", names(victims)) | {Effect("marks", ANYWHERE), Effect("pauses", ANYWHERE)},
        estimate(view, victims, shares),
        f"It fills the uplinks of {', '.join(sorted(switches))}.",
    )


FAULT = Fault(
    "Noisy tenant fills shared uplinks",
    61,
    (UPLINK_SENT,),
    _find,
    Remedy(
        (
            Step("Place the job within a leaf or a rail: topology-aware scheduling."),
            Step("Give its class a limited share of the uplinks: a scheduler on their queues."),
            Step("Ask its owner to limit channels: NCCL_MAX_NCHANNELS=8."),
        ),
        "Remove the limit.",
        "The others are as slow when the job is stopped.",
        Evidence("Shared links are full and even, and one tenant sends most", "logic"),
    ),
)
