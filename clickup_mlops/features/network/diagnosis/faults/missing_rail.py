"""A host of a job that leaves a rail idle which all its peers use."""

from collections.abc import Iterable
from typing import Final

from clickup_mlops.features.metrics.diagnosis.model import Evidence
from clickup_mlops.features.network.diagnosis.fabric import Port
from clickup_mlops.features.network.diagnosis.model import Effect, Fault, Remedy, Step, Suspicion
from clickup_mlops.features.network.diagnosis.view import (
    BUSY,
    RECEIVED,
    SENT,
    View,
    by_host,
    effects,
    estimate,
    names,
    place_on,
)

_LEAST_PEERS: Final = 3
_IDLE: Final = 1.0
_USED: Final = 0.75
"""Share of the peers that use the rail."""


def _find(view: View) -> Iterable[Suspicion]:
    idle = [port for port in view.fabric.ports if _is_missing(view, port)]
    for host, ports in by_host(idle).items():
        carriers = view.colleagues(host)
        rails = len([port for port in carriers if port.host == host]) + len(ports)
        share = len(ports) / rails
        yield Suspicion(
            place_on(host, ports),
            {SENT: view.load(ports[0].name)},
            effects("idle", names(ports)),
            effects("slow", names(carriers))
            | effects("marks", names(carriers))
            | {Effect("uneven", host)},
            estimate(view, carriers, [share * factor for factor in (0.5, 0.75, 1.0)]),
        )


def _is_missing(view: View, port: Port) -> bool:
    """Idle or down, while peers in the same job use theirs, and the host its other ones. Few peers
    say it only of a port that was used at this hour on the days before.
    """
    if port.role not in ("back_end", "") or view.job(port.host) is None:
        return False
    if view.load(port.name) > _IDLE:
        return False
    peers = view.peers(port, view.fabric.ports)
    loads = [view.load(peer.name) for peer in peers]
    used = sum(load >= BUSY for load in loads)
    works = any(peer.host == port.host for peer in view.back_end)
    has_peers = len(peers) >= _LEAST_PEERS or (bool(peers) and _was_busy(view, port))
    return works and has_peers and used >= _USED * len(peers)


def _was_busy(view: View, port: Port) -> bool:
    usual = (view.data.usual(measure, port.name) for measure in (SENT, RECEIVED))
    return any(level is not None and level >= BUSY for level in usual)


FAULT = Fault(
    "Host does not use a rail",
    15,
    (SENT,),
    _find,
    Remedy(
        (
            Step("Is the port up?", "ssh {host} rdma link show"),
            Step("Which devices did NCCL take?", "NCCL_DEBUG=INFO NCCL_DEBUG_SUBSYS=NET,GRAPH"),
            Step("Set NCCL_IB_HCA alike on all hosts; repair the port if it is down."),
        ),
        "Unset NCCL_IB_HCA.",
        "The job asked for fewer GPUs on this host.",
        Evidence("Ranks of one collective send alike on each rail", "logic"),
    ),
)
