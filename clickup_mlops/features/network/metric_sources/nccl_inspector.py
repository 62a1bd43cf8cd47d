"""NCCL Inspector (also RCCL's): collectives by job, operation and rank, from its Prometheus files.

They are shown by node_exporter's textfile collector. A job is what Slurm calls it, or else the
communicator. Where sizes differ, the one with the highest bandwidth counts.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from statistics import fmean, median
from typing import Final

from clickup_mlops.features.metrics.derive.counters import increases
from clickup_mlops.features.metrics.derive.defined import defined
from clickup_mlops.features.metrics.derive.formulas import gauge
from clickup_mlops.features.metrics.read.exposition import prefixes
from clickup_mlops.features.metrics.read.scraped import page
from clickup_mlops.features.metrics.scrape import Labels, Sample, Window

_BANDWIDTH: Final = "nccl_bus_bandwidth_gbs"
_TIME: Final = "nccl_collective_exec_time_microseconds"
_SUM: Final = "nccl_collective_exec_time_sum_microseconds"
_ALGORITHM: Final = "nccl_algorithm_bandwidth_gbs"
_JOB: Final = ("job", "collective")
_RANK: Final = ("job", "rank", "collective")
_COMPARABLE: Final = (*_RANK, "comm_name", "message_size")
_LATE: Final = 0.7
"""A rank that is in collectives for less than this share of the median time is a straggler."""
Ranks = Mapping[str, float]


def normalise(samples: Iterable[Sample]) -> Iterator[Sample]:
    """With `job`, and `rank` as node and GPU."""
    for sample in samples:
        labels = dict(sample.labels)
        jobs = (labels.get(name, "") for name in ("slurm_job_id", "slurm_job", "comm_name"))
        job = next((text for text in jobs if text not in ("", "unknown")), "unknown")
        node = labels.get("node") or labels.get("hostname", "")
        rank = f"{node}/{labels.get('gpu') or labels.get('rank', '')}"
        key = frozenset((labels | {"job": job, "rank": rank}).items())
        yield Sample(sample.name.replace("rccl_", "nccl_", 1), key, sample.value, sample.at_ms)


def _by_rank(values: Iterable[tuple[Labels, float]]) -> Ranks:
    """The highest of each rank."""
    ranks: dict[str, float] = defaultdict(float)
    for key, value in values:
        rank = dict(key)["rank"]
        ranks[rank] = max(value, ranks[rank])
    return ranks


def _bandwidth(window: Window) -> float | None:
    """The median rank's."""
    ranks = _by_rank(window.values(_BANDWIDTH).items())
    return median(ranks.values()) if ranks else None


def _times(window: Window) -> Iterator[list[float]]:
    """Of each communicator and size, the times of its ranks: who comes last waits least."""
    groups: dict[Labels, list[float]] = defaultdict(list)
    for key, value in window.values(_TIME).items():
        same = frozenset(pair for pair in key if pair[0] in ("comm_name", "message_size"))
        groups[same].append(value)
    yield from (times for times in groups.values() if len(times) > 1 and min(times) > 0)


def _stragglers(window: Window) -> float | None:
    """Of the group that has most of them."""
    late = [sum(time < _LATE * median(times) for time in times) for times in _times(window)]
    return float(max(late)) if late else None


def _spread(window: Window) -> float | None:
    """The median rank's time over the shortest."""
    return max((median(times) / min(times) for times in _times(window)), default=None)


def _communication(window: Window) -> float | None:
    """Mean over ranks of the part of the window that they spent in collectives."""
    ranks: dict[str, float] = defaultdict(float)
    for key, grown in increases(window, _SUM, lazy=True):
        ranks[dict(key)["rank"]] += grown
    share = fmean(ranks.values()) / 1e6 / window.seconds if ranks else None
    return None if share is None else min(100.0, 100 * share)


def _bytes(window: Window) -> float | None:
    """Mean over ranks: bytes over time by size, for the time that the rank spent in it."""
    speeds = window.values(_ALGORITHM)
    ranks: dict[str, float] = defaultdict(float)
    for key, grown in increases(window, _SUM, lazy=True):
        if key in speeds:
            ranks[dict(key)["rank"]] += 1e9 * speeds[key] * grown / 1e6
    return fmean(ranks.values()) / window.seconds if ranks else None


SOURCE = page(
    prefixes("nccl_", "rccl_"),
    (
        defined("bus_bandwidth_gb_s", _bandwidth, *_JOB),
        defined("algorithm_bandwidth_gb_s", gauge("nccl_algorithm_bandwidth_gbs", of=max), *_JOB),
        defined("collective_mean_ms", gauge(_TIME, of=fmean, factor=1 / 1000), *_JOB),
        defined("collective_bytes_s", _bytes, *_JOB),
        defined("rank_spread", _spread, *_JOB),
        defined("stragglers", _stragglers, *_JOB),
        defined("communication_pct", _communication, "job"),
        defined("rank_bus_bandwidth_gb_s", gauge(_BANDWIDTH, of=max), *_RANK),
        defined("rank_collective_mean_ms", gauge(_TIME, of=fmean, factor=1 / 1000), *_COMPARABLE),
    ),
    normalise,
)
