"""Collective operations of a job, as its ranks measured them. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from statistics import median
from typing import Final

from clickup_mlops.features.metrics.scrape import Reading
from clickup_mlops.features.network.diagnosis.fabric import Fabric, Job
from clickup_mlops.features.network.diagnosis.windows import Windows
from clickup_mlops.features.network.traffic.model import Collective

_BUS: Final = "bus_bandwidth_gb_s"
_SPREAD: Final = "rank_spread"
_STRAGGLERS: Final = "stragglers"
_BYTES: Final = "collective_bytes_s"
_MEAN: Final = "collective_mean_ms"
COMMUNICATION: Final = "communication_pct"
_MEASURES: Final = frozenset((_BUS, _SPREAD, _STRAGGLERS, _BYTES, _MEAN, COMMUNICATION))
"""What ranks measure: others of a job, such as those that the bot itself records, are not read."""
_LINE: Final = "line_rate_bytes_s"
_THROUGH_THE_HOST: Final = frozenset(
    ("allreduce", "allgather", "reducescatter", "broadcast", "reduce")
)
"""Operations that NCCL makes of rings and trees: what crosses a host's border crosses it once, by
all its ports. What each rank sends to each other one (AlltoAll) has no such bound."""
Values = Mapping[str, Sequence[float]]
"""Values of the window by measure."""


def by_collective(readings: Iterable[Reading], job: Job) -> Mapping[str, Values]:
    """What was read of this job, by the collective's name; empty: of the job as a whole."""
    values: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for reading in readings:
        labels = dict(reading.labels) if reading.measure in _MEASURES else {}
        if labels.get("job") in (job.name, job.id) and "rank" not in labels:
            values[labels.get("collective", "")][reading.measure].append(reading.value)
    return values


def collectives(of_job: Mapping[str, Values], limit_gb_s: float | None) -> tuple[Collective, ...]:
    """By name."""
    return tuple(
        _collective(name, values, limit_gb_s) for name, values in sorted(of_job.items()) if name
    )


def limit(data: Windows, fabric: Fabric, job: Job) -> float | None:
    """GB/s that the back-end ports of the job's slowest host carry one way. None: not measured, or
    the job is inside one host, where it does not use them.
    """
    if len(job.hosts) < 2:
        return None
    rates: dict[str, float] = defaultdict(float)
    for port in fabric.back_end:
        if port.host in job.hosts:
            rates[port.host] += data.typical(_LINE, port.name) or 0.0
    return (
        min(rates.values()) / 1e9 if len(rates) == len(job.hosts) and all(rates.values()) else None
    )


def _collective(name: str, values: Values, limit_gb_s: float | None) -> Collective:
    bus, size, mean = (_typical(values, measure) for measure in (_BUS, _BYTES, _MEAN))
    stragglers = max(values.get(_STRAGGLERS, ()), default=None)
    return Collective(
        name,
        bus,
        limit_gb_s if name.replace("_", "").casefold() in _THROUGH_THE_HOST else None,
        size,
        mean,
        max(values.get(_SPREAD, ()), default=None),
        None if stragglers is None else round(stragglers),
    )


def _typical(values: Values, measure: str) -> float | None:
    return median(values[measure]) if values.get(measure) else None
