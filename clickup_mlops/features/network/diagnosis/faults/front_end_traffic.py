"""Traffic of the kernel, such as data loading, on ports of the back end."""

from collections.abc import Iterable
from typing import Final

from clickup_mlops.features.metrics.diagnosis.model import Evidence
from clickup_mlops.features.network.diagnosis.model import Fault, Remedy, Step, Suspicion
from clickup_mlops.features.network.diagnosis.view import (
    View,
    by_host,
    effects,
    estimate,
    names,
    place_on,
)

KERNEL: Final = "kernel_utilisation_pct"
"""Bytes of the kernel's network stack over the line rate: RDMA is not among them."""
_MUCH: Final = 3.0


def _find(view: View) -> Iterable[Suspicion]:
    back_end = [port for port in view.ports if port.role == "back_end"]
    mixed = [port for port in back_end if view.low(KERNEL, port.name) >= _MUCH]
    for host, ports in by_host(mixed).items():
        carriers = view.colleagues(host)
        worst = view.worst(KERNEL, ports).name
        shares = [pct / 100 for pct in view.data.values(KERNEL, worst)]
        yield Suspicion(
            place_on(host, ports),
            {KERNEL: view.data.typical(KERNEL, worst) or 0.0},
            effects("class", [f"kernel traffic of {port.name}" for port in ports]),
            effects("slow", names(carriers))
            | effects("marks", names(view.busy_ports))
            | effects("loss", names(ports)),
            estimate(view, carriers, shares),
        )


FAULT = Fault(
    "Front-end traffic on the back end",
    40,
    (KERNEL,),
    _find,
    Remedy(
        (
            Step("Which connections are they?", "ssh {host} ss -tni"),
            Step("Which route do they take?", "ssh {host} ip route get <address of the peer>"),
            Step("Bind data loading and NCCL's bootstrap to the front end: NCCL_SOCKET_IFNAME."),
        ),
        "Unset NCCL_SOCKET_IFNAME; restore the route.",
        "There is one network for both, on purpose.",
        Evidence("RoCE bypasses the kernel's counters of bytes", "documentation"),
    ),
)
