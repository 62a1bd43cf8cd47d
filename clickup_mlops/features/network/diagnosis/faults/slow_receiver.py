"""A host that cannot take what it is sent, and has the network pause: PFC spreads from it."""

from collections.abc import Iterable
from typing import Final

from clickup_mlops.features.metrics.diagnosis.model import Evidence
from clickup_mlops.features.network.diagnosis.faults._pausing import suspect
from clickup_mlops.features.network.diagnosis.model import Fault, Remedy, Step, Suspicion
from clickup_mlops.features.network.diagnosis.view import View, by_host

_PAUSES: Final = 2.0
"""Per cent of time."""
_EVIDENCE: Final = ("pause_sent_pct", "received_utilisation_pct", "pcie_stalled_pct")


def _find(view: View) -> Iterable[Suspicion]:
    slow = [port for port in view.busy_ports if view.low("pause_sent_pct", port.name) >= _PAUSES]
    for ports in by_host(slow).values():
        worst = view.worst("pause_sent_pct", ports)
        has_pcie = view.data.values("pcie_stalled_pct", worst.name)
        undecided = "" if has_pcie else "pcie_stalled_pct tells whether PCIe is the reason."
        yield suspect(view, ports, worst, _EVIDENCE, undecided)


FAULT = Fault(
    "Slow receiver has the network pause",
    21,
    ("pause_sent_pct",),
    _find,
    Remedy(
        (
            Step("Drain the host: pauses elsewhere must end at once.", "kubectl drain {host}"),
            Step(
                "Look for full buffers and busy CPUs.",
                "ssh {host} 'ethtool -S $(ls /sys/class/infiniband/{port}/device/net)'",
            ),
            Step(
                "Have the switch cut such pauses off.",
                "pfcwd start --action drop <interface> 100 --restoration-time 400",
            ),
        ),
        "kubectl uncordon {host}; pfcwd stop",
        "Other hosts of the rack send pauses at the same times.",
        Evidence("Linux kernel: tx_prio<N>_pause is sent by the host", "documentation"),
    ),
)
