"""A host whose PCIe does not take what the network brings."""

from collections.abc import Iterable
from typing import Final

from clickup_mlops.features.metrics.diagnosis.model import Evidence
from clickup_mlops.features.network.diagnosis.faults._pausing import suspect
from clickup_mlops.features.network.diagnosis.model import Fault, Remedy, Step, Suspicion
from clickup_mlops.features.network.diagnosis.view import View, by_host

STALLED: Final = 10.0
"""Per cent of seconds in which PCIe was held up for more than 30% (mlx5's own limit)."""
_EVIDENCE: Final = ("pcie_stalled_pct", "pause_sent_pct", "received_utilisation_pct")


def _find(view: View) -> Iterable[Suspicion]:
    stalled = [
        port for port in view.busy_ports if view.low("pcie_stalled_pct", port.name) >= STALLED
    ]
    for ports in by_host(stalled).values():
        yield suspect(view, ports, view.worst("pcie_stalled_pct", ports), _EVIDENCE)


FAULT = Fault(
    "PCIe limits the host",
    20,
    ("pcie_stalled_pct",),
    _find,
    Remedy(
        (
            Step("Compare LnkSta with LnkCap of NIC, switch and GPU.", "ssh {host} lspci -vv"),
            Step("NIC and GPU on one NUMA node?", "ssh {host} nvidia-smi topo -m"),
            Step("Turn relaxed ordering on, and access control off on the path."),
        ),
        "Restore the setting of the BIOS that was changed.",
        "It stalls only while the CPU copies, without GPUDirect.",
        Evidence("Linux kernel, mlx5 ethtool counters (outbound_pci_stalled_wr)", "documentation"),
    ),
)
