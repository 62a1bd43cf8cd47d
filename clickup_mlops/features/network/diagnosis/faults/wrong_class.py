"""One host whose packets have another DSCP or priority: they are not in the lossless class."""

from collections.abc import Iterable
from typing import Final

from clickup_mlops.features.metrics.diagnosis.model import Evidence
from clickup_mlops.features.network.diagnosis.fabric import Port
from clickup_mlops.features.network.diagnosis.model import Effect, Fault, Remedy, Step, Suspicion
from clickup_mlops.features.network.diagnosis.view import (
    View,
    by_host,
    effects,
    estimate,
    names,
    place_on,
)

LOSSLESS: Final = "lossless_sent_pct"
"""Part of what a port sends in a class that is paused and not dropped."""
_LOST_PPM: Final = 20.0
_PEERS_PPM: Final = 2.0
_PER_LOSS: Final = 1000.0
_PEERS_NOTIFIED: Final = 1.0
"""Congestion notifications a second that peers, which are in the right class, react to."""


def _find(view: View) -> Iterable[Suspicion]:
    strays = [port for port in view.back_end if _is_outside(view, port)]
    for host, ports in by_host(strays).items():
        carriers = view.colleagues(host)
        worst = view.worst("retransmission_ppm", ports).name
        lost = [ppm * _PER_LOSS / 1e6 for ppm in view.data.values("retransmission_ppm", worst)]
        yield Suspicion(
            place_on(host, ports) if _of_host(view, host) > len(ports) else host,
            {
                measure: level
                for measure in (LOSSLESS, "retransmission_ppm", "cnp_handled_per_s")
                if (level := view.data.typical(measure, worst)) is not None
            },
            effects("class", [host]),
            effects("slow", names(carriers)) | {Effect("loss", "*"), Effect("marks", host)},
            estimate(view, carriers, lost),
        )


def _of_host(view: View, host: str) -> int:
    return sum(port.host == host for port in view.back_end)


def _is_outside(view: View, port: Port) -> bool:
    """By its classes where they are counted; else it loses packets and is not slowed by marks, as
    all its peers are.
    """
    peers = names(view.peers(port, view.back_end))
    share = view.data.high(LOSSLESS, port.name)
    if share is not None:
        return share < 50 and (view.median(LOSSLESS, peers) or 0) > 90
    notified, peers_notified = (
        view.data.typical("cnp_handled_per_s", port.name),
        view.median("cnp_handled_per_s", peers),
    )
    loses = view.low("retransmission_ppm", port.name) >= _LOST_PPM
    peers_lose = (view.median("retransmission_ppm", peers) or 0) > _PEERS_PPM
    is_deaf = notified is not None and notified < 0.1 * (peers_notified or 0)
    return loses and not peers_lose and is_deaf and (peers_notified or 0) >= _PEERS_NOTIFIED


FAULT = Fault(
    "Host sends in the wrong class",
    30,
    ("retransmission_ppm",),
    _find,
    Remedy(
        (
            Step("Compare the host's settings with the profile.", "clickup-mlops network check"),
            Step(
                "Trust DSCP on the NIC.",
                "ssh {host} 'mlnx_qos -i $(ls /sys/class/infiniband/{port}/device/net) "
                "--trust dscp'",
            ),
            Step(
                "Set the traffic class of RDMA; NCCL_IB_TC=104 is that of a job alone.",
                "ssh {host} 'echo 104 > /sys/class/infiniband/{port}/tc/1/traffic_class'",
            ),
        ),
        'Set the traffic class that "network check" showed before.',
        "Its packets carry the right DSCP at the switch, and are lost there all the same.",
        Evidence("Only the lossless class is paused instead of dropped", "documentation"),
    ),
)
