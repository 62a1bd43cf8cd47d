"""GPU efficiency by host: what the tensor cores do, the slowest GPU, memory, power and errors."""

from collections.abc import Sequence
from typing import Final

from clickup_mlops.features.metrics.presentation.places import (
    MOST_ROWS,
    SILENT,
    Part,
    by_place,
    charts,
    over,
    parts,
)
from clickup_mlops.ports.sections.model import Data, Query, SectionType
from clickup_mlops.views.model import Badge, Cell, Column, Number, Section, Table, Tone

SLOW: Final = 0.8
"""A GPU below this share of its host's mean is a straggler."""
_TENSOR: Final = "tensor_active_pct"
MEASURES: Final = (
    _TENSOR,
    "sm_active_pct",
    "gpu_utilisation_pct",
    "memory_active_pct",
    "gpu_memory_pct",
    "mfu_pct",
    "gpu_power_w",
    "gpu_temperature_c",
)
"""In charts, the least efficient GPUs first."""
_COLUMNS: Final = (
    Column("Host"),
    Column("GPUs", "end"),
    Column("Tensor active, mean", "end"),
    Column("Slowest over mean", "end"),
    Column("Utilisation, mean", "end"),
    Column("Memory, highest", "end"),
    Column("Power, sum", "end"),
    Column("Temperature, highest", "end"),
    Column("Last XID", "end"),
)
_SOURCE: Final = (
    "The newest readings. Utilisation says that some kernel ran; tensor activity says how much was "
    "computed."
)


def _build(data: Data, query: Query) -> Section | None:
    gpus = parts(data, query, "gpu")
    if not gpus:
        return None
    hosts = sorted(by_place(gpus).items(), key=lambda host: (_tensor(host[1]), host[0]))
    rows = tuple(_row(place, of_host) for place, of_host in hosts[:MOST_ROWS])
    total = len(hosts) if len(hosts) > MOST_ROWS else None
    table = Table("hosts", "GPUs by host", _COLUMNS, rows, total=total)
    drawn = charts(data, query, gpus, MEASURES, lowest=True)
    return Section("gpu", "GPU efficiency", (table, *drawn), _SOURCE)


def _tensor(gpus: Sequence[Part]) -> float:
    mean = over(gpus, _TENSOR)
    return 100.0 if mean is None or mean.value is None else mean.value


def _row(place: str, gpus: Sequence[Part]) -> tuple[Cell, ...]:
    xid = over(gpus, "xid", max, "plain")
    return (
        place,
        _count(gpus),
        over(gpus, _TENSOR),
        _slowest(gpus),
        over(gpus, "gpu_utilisation_pct"),
        over(gpus, "gpu_memory_pct", max),
        over(gpus, "gpu_power_w", sum),
        over(gpus, "gpu_temperature_c", max),
        Number(xid.value, "", 0, "bad") if xid and xid.value else xid,
    )


def _count(gpus: Sequence[Part]) -> Cell:
    """A GPU that fell off its bus is silent."""
    speaking = sum(bool(gpu.fresh) for gpu in gpus)
    if not speaking:
        return SILENT
    if speaking < len(gpus):
        return Badge(f"{speaking} of {len(gpus)}", "warning")
    return Number(speaking)


def _slowest(gpus: Sequence[Part]) -> Number | None:
    lowest, mean = over(gpus, _TENSOR, min), over(gpus, _TENSOR)
    if len(gpus) < 2 or not lowest or not mean or lowest.value is None or not mean.value:
        return None
    share = lowest.value / mean.value
    tone: Tone = "warning" if share < SLOW else "plain"
    return Number(100 * share, "%", 0, tone)


SECTION = SectionType("GPU efficiency", _build, 50)
