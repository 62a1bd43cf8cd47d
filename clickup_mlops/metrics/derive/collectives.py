"""Bandwidth of collective operations against the line rate."""

from collections.abc import Callable, Mapping
from typing import Final

BUS_FACTORS: Final[Mapping[str, Callable[[int], float]]] = {
    "all_reduce": lambda n: 2 * (n - 1) / n,
    "all_gather": lambda n: (n - 1) / n,
    "reduce_scatter": lambda n: (n - 1) / n,
    "all_to_all": lambda n: (n - 1) / n,
    "broadcast": lambda n: 1.0,
    "reduce": lambda n: 1.0,
}
"""Bus bandwidth over algorithm bandwidth for n ranks (nccl-tests, PERFORMANCE.md)."""


def bus_bandwidth(operation: str, size_bytes: float, seconds: float, ranks: int) -> float:
    """Bytes/s that the slowest link had to carry.

    Raises:
        KeyError: the operation is not one of `BUS_FACTORS`.
    """
    return size_bytes / seconds * BUS_FACTORS[operation](ranks)


def network_efficiency(bus_bytes_s: float, nic_bytes_s: float) -> float:
    """Bus bandwidth over the line rate of a GPU's share of NICs, 0 to 1.

    Only for runs over several hosts: within one, NVLink makes it exceed 1.
    """
    return bus_bytes_s / nic_bytes_s
