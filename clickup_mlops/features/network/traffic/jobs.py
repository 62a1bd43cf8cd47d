"""The traffic of each job, from what was read in the last minutes. Pure."""

from collections.abc import Iterator, Sequence
from statistics import median

from clickup_mlops.features.metrics.scrape import Reading
from clickup_mlops.features.network.diagnosis.fabric import Fabric, Job
from clickup_mlops.features.network.diagnosis.windows import Windows
from clickup_mlops.features.network.traffic.collectives import (
    COMMUNICATION,
    by_collective,
    collectives,
    limit,
)
from clickup_mlops.features.network.traffic.hosts import HostTraffic
from clickup_mlops.features.network.traffic.model import JobTraffic
from clickup_mlops.spelling import format_count


def job_traffic(
    readings: Sequence[Reading], data: Windows, fabric: Fabric
) -> tuple[JobTraffic, ...]:
    """Of all jobs of the fabric, the one that sends most first. `data` has the same readings."""
    jobs = [_of_job(readings, data, fabric, job) for job in fabric.jobs]
    return tuple(sorted(jobs, key=lambda entry: (-(entry.sent_bytes_s or 0.0), entry.job)))


def _of_job(readings: Sequence[Reading], data: Windows, fabric: Fabric, job: Job) -> JobTraffic:
    hosts, of_job = HostTraffic(data, fabric, job), by_collective(readings, job)
    busiest, peak = hosts.peak
    is_alone = not hosts.sharers
    off_leaf = hosts.off_leaf_pct if is_alone and not hosts.strangers else None
    rail, pod = _split(hosts, off_leaf)
    shares = of_job.get("", {}).get(COMMUNICATION)
    return JobTraffic(
        job.name,
        job.kind,
        len(job.hosts),
        hosts.sent if is_alone else None,
        hosts.received if is_alone else None,
        peak if is_alone else None,
        busiest if is_alone else "",
        off_leaf,
        rail,
        pod,
        median(shares) if shares else None,
        collectives(of_job, limit(data, fabric, job)),
        tuple(_reasons(hosts, off_leaf, has_collectives=bool(of_job))),
    )


def _split(hosts: HostTraffic, off_leaf: float | None) -> tuple[float | None, float | None]:
    """What changes the rail and the pod. In one pod nothing leaves it; what leaves a leaf of one
    rail to another pod may change the rail or not.
    """
    if len(hosts.pods) == 1:
        return (off_leaf if hosts.has_leaf_per_rail else None), 0.0
    return None, None


def _reasons(hosts: HostTraffic, off_leaf: float | None, *, has_collectives: bool) -> Iterator[str]:
    """Why a value is missing or too small, and what would give it."""
    yield from _shortfall(hosts)
    if hosts.sharers:
        yield f"Bytes: its hosts also run {', '.join(hosts.sharers)}."
    elif hosts.sent is None:
        yield "Bytes: no source reads its hosts' ports."
    elif not hosts.sent:
        yield "What leaves a leaf: its hosts send nothing."
    elif hosts.strangers:
        yield f"What leaves a leaf: {', '.join(hosts.strangers[:3])} use the same leaves."
    elif off_leaf is None:
        yield "What leaves a leaf: no source reads the uplinks of its leaves."
    elif not hosts.pods:
        yield "Rail or pod: the topology does not say in which pods its hosts are."
    elif len(hosts.pods) > 1:
        yield "Rail or pod: the job is in several pods, and uplinks do not tell which of both."
    elif not hosts.has_leaf_per_rail:
        yield "Rail: its leaves are not of one rail each."
    if not has_collectives:
        yield "Collectives: NCCL Inspector or a log of nccl-tests would show them."


def _shortfall(hosts: HostTraffic) -> Iterator[str]:
    """What is missing in sums that are known."""
    ports = hosts.silent_ports
    if ports and hosts.sent is not None and not hosts.sharers:
        count = format_count(len(ports), "port")
        yield f"Bytes are too small: {count} not read, such as {', '.join(ports[:3])}."
