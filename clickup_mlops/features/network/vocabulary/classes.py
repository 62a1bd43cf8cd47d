"""Classes of traffic on ports of hosts."""

from typing import Final

from clickup_mlops.features.metrics.quantity import Quantity

QUANTITIES: Final = (
    Quantity(
        "kernel_utilisation_pct",
        "%",
        "port",
        "Busier direction of the kernel's bytes over the line rate; RDMA is not among them.",
        "both",
    ),
    Quantity(
        "lossless_sent_pct",
        "%",
        "port",
        "Sent bytes in a class that is paused instead of dropped.",
        "sent",
    ),
)
