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
    found = parts(data, query, "gpu")
    if not found:
        return None
    hosts = sorted(by_place(found).items(), key=lambda one: (_tensor(one[1]), one[0]))
    rows = tuple(_row(place, own) for place, own in hosts[:MOST_ROWS])
    total = len(hosts) if len(hosts) > MOST_ROWS else None
    table = Table("hosts", "GPUs by host", _COLUMNS, rows, total=total)
    drawn = charts(data, query, found, MEASURES, lowest=True)
    return Section("gpu", "GPU efficiency", (table, *drawn), _SOURCE)


def _tensor(own: Sequence[Part]) -> float:
    found = over(own, _TENSOR)
    return 100.0 if found is None or found.value is None else found.value


def _row(place: str, own: Sequence[Part]) -> tuple[Cell, ...]:
    xid = over(own, "xid", max, "plain")
    return (
        place,
        _count(own),
        over(own, _TENSOR),
        _slowest(own),
        over(own, "gpu_utilisation_pct"),
        over(own, "gpu_memory_pct", max),
        over(own, "gpu_power_w", sum),
        over(own, "gpu_temperature_c", max),
        Number(xid.value, "", 0, "bad") if xid and xid.value else xid,
    )


def _count(own: Sequence[Part]) -> Cell:
    """A GPU that fell off its bus is silent."""
    speaking = sum(bool(one.fresh) for one in own)
    if not speaking:
        return SILENT
    if speaking < len(own):
        return Badge(f"{speaking} of {len(own)}", "warning")
    return Number(speaking)


def _slowest(own: Sequence[Part]) -> Number | None:
    lowest, mean = over(own, _TENSOR, min), over(own, _TENSOR)
    if len(own) < 2 or not lowest or not mean or lowest.value is None or not mean.value:
        return None
    share = lowest.value / mean.value
    tone: Tone = "warning" if share < SLOW else "plain"
    return Number(100 * share, "%", 0, tone)


SECTION = SectionType("GPU efficiency", _build, 50)
