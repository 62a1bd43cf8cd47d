"""What a measure is about, by its name: what of it is kept over time without any task, and where
the dashboard shows it. Sources whose measures have names of their own take part by naming them so.
"""

from functools import cache
from typing import Final, Literal

from clickup_mlops.features.metrics.sources import dcgm
from clickup_mlops.features.network.derive import roce

Topic = Literal["network", "balance", "traffic", "collectives", "gpu", ""]
_BALANCE: Final = ("rail_", "uplink_", "replica_balance")
_PREFIXES: Final[tuple[tuple[Topic, tuple[str, ...]], ...]] = (
    ("balance", _BALANCE),
    ("traffic", ("back_end_", "front_end_", "straggler")),
    ("collectives", ("nccl_", "bus_bandwidth", "collective_")),
    ("gpu", ("gpu_", "mfu", "tensor_", "sm_")),
)


@cache
def topic(measure: str) -> Topic:
    """Empty: it is kept only as the value of a task's field."""
    for found, prefixes in _PREFIXES:
        if measure.startswith(prefixes):
            return found
    if measure in {one.name for one in roce.MEASURES}:
        return "network"
    return "gpu" if measure in {one.name for one in dcgm.SOURCE.measures} else ""
