"""A link that came up slower than all links of its kind."""

from collections.abc import Iterable
from typing import Final

from clickup_mlops.features.metrics.diagnosis.model import Evidence
from clickup_mlops.features.network.diagnosis.fabric import Port
from clickup_mlops.features.network.diagnosis.model import Fault, Remedy, Step, Suspicion
from clickup_mlops.features.network.diagnosis.view import (
    RATE,
    View,
    by_host,
    effects,
    estimate,
    most_common,
    names,
    place_on,
)

_LEAST_PEERS: Final = 3
_AGREEMENT: Final = 0.75
_SLOWER: Final = 0.8


def _find(view: View) -> Iterable[Suspicion]:
    slow = [port for port in view.ports if _share(view, port) < _SLOWER]
    for host, ports in by_host(slow).items():
        share, slowest = min((_share(view, port), port.name) for port in ports)
        carriers = view.colleagues(host)
        yield Suspicion(
            place_on(host, ports),
            {"line_rate_bytes_s": view.data.typical(RATE, slowest) or 0.0},
            effects("slow", names(ports)),
            effects("slow", names(carriers))
            | effects("marks", names(view.busy_ports))
            | effects("pauses", names(carriers)),
            # A collective runs at the speed of its slowest link, as far as that is full.
            estimate(view, carriers, _lost(view, slowest, share)),
            f"{share:.0%} of the speed of the other ports of its kind, or of its own before.",
        )


def _share(view: View, port: Port) -> float:
    """Its speed over that of the ports of its kind; 1 where they do not agree. Where they are too
    few, over its own at this hour on the days before.
    """
    rates = [
        rate
        for peer in view.fabric.ports
        if peer.host != port.host
        and peer.role == port.role
        and view.fabric.rail_of(peer) == view.fabric.rail_of(port)
        and (rate := view.data.typical(RATE, peer.name))
    ]
    has_peers = len(rates) >= _LEAST_PEERS
    usual = most_common(rates, _AGREEMENT) if has_peers else view.data.usual(RATE, port.name)
    rate = view.data.typical(RATE, port.name)
    return rate / usual if usual and rate else 1.0


def _lost(view: View, place: str, share: float) -> list[float]:
    sent = view.data.values("sent_utilisation_pct", place)
    received = view.data.values("received_utilisation_pct", place)
    busier = [max(pair) for pair in zip(sent, received, strict=False)]
    return [(1 - share) * min(1.0, load / 100) for load in busier]


FAULT = Fault(
    "Link runs below its speed",
    12,
    (RATE,),
    _find,
    Remedy(
        (
            Step(
                "Compare what both ends offer.",
                "ssh {host} 'ethtool $(ls /sys/class/infiniband/{port}/device/net)'",
            ),
            Step("Reseat the cable; set speed and FEC alike on both ends."),
        ),
        "ssh {host} 'ethtool -s $(ls /sys/class/infiniband/{port}/device/net) autoneg on'",
        "The port is a model that can do no more.",
        Evidence("Ports of one rail have one speed", "logic"),
    ),
)
