"""A port that is cabled to the switch of another rail."""

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
    names,
    place_on,
)

_LEAST_PEERS: Final = 3
_AGREEMENT: Final = 0.75
_CROSSED_LOSS: Final = (0.0, 0.1, 0.2)
"""Of the host's traffic: it takes two hops more, and what it loses depends on their load."""


def _find(view: View) -> Iterable[Suspicion]:
    crossed = [port for port in view.fabric.ports if _is_crossed(view, port)]
    for host, ports in by_host(crossed).items():
        switches = {port.switch for port in ports}
        carriers = [port for port in view.busy_ports if port.host == host]
        yield Suspicion(
            place_on(host, ports),
            {},
            effects("class", names(ports)),
            effects("uneven", switches) | effects("marks", names(view.busy_ports)),
            estimate(view, carriers, _CROSSED_LOSS),
            ", ".join(f"{port.device} is on {port.switch}" for port in ports),
        )


def _is_crossed(view: View, port: Port) -> bool:
    """Whether the rail's other ports in the same pod are on another switch. A pod are hosts that
    share a switch; where all ports of a host go to one switch, nothing can be crossed.
    """
    mine = _switches(view, port.host)
    if not port.switch or not port.rail or len(mine) < 2:
        return False
    peers = [
        peer
        for peer in view.fabric.ports
        if peer.rail == port.rail
        and peer.role == port.role
        and peer.host != port.host
        and _switches(view, peer.host) & mine
    ]
    same = sum(peer.switch == port.switch for peer in peers)
    return len(peers) >= _LEAST_PEERS and same < (1 - _AGREEMENT) * len(peers)


def _switches(view: View, host: str) -> frozenset[str]:
    ports = view.fabric.ports_by_host[host]
    return frozenset(port.switch for port in ports if port.switch and port.rail)


FAULT = Fault(
    "Rails are crossed",
    14,
    (RATE,),
    _find,
    Remedy(
        (
            Step("Check the neighbour of each port.", "ssh {host} lldpcli show neighbors"),
            Step("Swap the cables at the host, or correct the list of rails."),
        ),
        "Swap the cables back.",
        "The topology file names other rails than were built.",
        Evidence("Neighbours by LLDP against the rails of the other hosts", "logic"),
    ),
)
