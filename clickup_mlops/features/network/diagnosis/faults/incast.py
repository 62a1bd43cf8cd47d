"""Many send to one receiver at once: its link is full, and nothing else is at fault."""

from collections.abc import Iterable, Sequence
from typing import Final

from clickup_mlops.features.metrics.diagnosis.model import Evidence
from clickup_mlops.features.network.diagnosis.fabric import Port
from clickup_mlops.features.network.diagnosis.model import (
    ANYWHERE,
    Effect,
    Fault,
    Remedy,
    Step,
    Suspicion,
)
from clickup_mlops.features.network.diagnosis.view import (
    RECEIVED,
    SENT,
    View,
    by_host,
    effects,
    estimate,
    names,
)

_FULL: Final = 88.0
_MARKED: Final = 0.3
_BALANCED: Final = 0.7
"""A receiver of an incast sends far less than it receives."""


def _find(view: View) -> Iterable[Suspicion]:
    overrun = [port for port in view.busy_ports if _is_overrun(view, port)]
    by_kind: dict[str, list[Port]] = {}
    for port in overrun:
        job = view.job(port.host)
        kind = "storage" if port.role == "storage" or (job and job.kind == "storage") else port.host
        by_kind.setdefault(kind, []).append(port)
    for kind, ports in by_kind.items():
        yield _suspicion(view, ports, is_checkpoint=kind == "storage")


def _is_overrun(view: View, port: Port) -> bool:
    """Full by what it receives, with marks, while it sends little and does not pause."""
    received = view.low(RECEIVED, port.name)
    sent = view.data.typical(SENT, port.name) or 0.0
    return (
        received >= _FULL
        and sent < _BALANCED * received
        and view.low("ecn_marked_pct", port.name) >= _MARKED
    )


def _suspicion(view: View, ports: Sequence[Port], *, is_checkpoint: bool) -> Suspicion:
    hosts = by_host(ports)
    worst = view.worst("ecn_marked_pct", ports)
    senders = [
        port for port in view.busy_ports if (view.data.typical("cnp_handled_per_s", port.name) or 0)
    ]
    shares = [min(0.5, pct / 10) for pct in view.data.values("ecn_marked_pct", worst.name)]
    return Suspicion(
        ports[0].name if len(ports) == 1 else min(hosts) if len(hosts) == 1 else "storage",
        {
            RECEIVED: view.low(RECEIVED, worst.name),
            SENT: view.data.typical(SENT, worst.name) or 0.0,
            "ecn_marked_pct": view.data.typical("ecn_marked_pct", worst.name) or 0.0,
        },
        effects("marks", names(ports)),
        effects("slow", names(senders))
        | {Effect("pauses", ANYWHERE), Effect("marks", ANYWHERE)}
        | effects("uneven", {port.switch for port in ports if port.switch}),
        estimate(view, ports, shares),
        f"Writes of checkpoints to {', '.join(sorted(hosts))}." if is_checkpoint else "",
    )


FAULT = Fault(
    "Incast: many send to one",
    52,
    (RECEIVED, SENT, "ecn_marked_pct"),
    _find,
    Remedy(
        (
            Step("Checkpoints: fewer writers at a time, or write to a local disk first."),
            Step("Collectives: a hierarchical algorithm, or NCCL_MAX_NCHANNELS=8."),
            Step("Who sends to it?", "ssh {host} rdma resource show qp link {port}"),
        ),
        "Unset NCCL_MAX_NCHANNELS; restore the number of writers.",
        "As many packets are marked on the senders' other links.",
        Evidence("Meta, RDMA over Ethernet at scale (SIGCOMM 2024)", "engineering report"),
    ),
)
