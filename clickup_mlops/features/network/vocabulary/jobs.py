"""Traffic of hosts, rails and jobs, and their collective operations."""

from functools import partial
from typing import Final

from clickup_mlops.features.metrics.quantity import Quantity

_host, _job = partial(Quantity, scope="host"), partial(Quantity, scope="job")
_job_sent = partial(_job, direction="sent")

QUANTITIES: Final = (
    _host(
        "rail_balance",
        "index",
        meaning="Jain's index over what the host sends on its back-end ports that are up.",
        direction="sent",
    ),
    _host(
        "rail_received_balance",
        "index",
        meaning="The same of what it receives.",
        direction="received",
    ),
    _host(
        "rail_balance_efficiency_pct",
        "%",
        meaning="Capacity reachable before the hottest port is full.",
        direction="sent",
    ),
    _host("rail_peak", "ratio", meaning="Hottest port over the mean.", direction="sent"),
    _host("back_end_bytes_s", "bytes/s", meaning="Traffic of back-end ports.", direction="both"),
    _host("front_end_bytes_s", "bytes/s", meaning="Traffic of front-end ports.", direction="both"),
    _host("storage_bytes_s", "bytes/s", meaning="Traffic of storage ports.", direction="both"),
    Quantity("rail_bytes_s", "bytes/s", "rail", "What all hosts send on the rail.", "sent"),
    _job_sent("job_bytes_s", "bytes/s", meaning="What the job's hosts send."),
    _job_sent("job_peak", "ratio", meaning="What its busiest host sends over the mean of them."),
    _job_sent("job_off_leaf_pct", "%", meaning="Bytes that leave the leaves of its hosts."),
    _job("bus_bandwidth_gb_s", "GB/s", meaning="Bus bandwidth of collectives, as nccl-tests do."),
    _job("algorithm_bandwidth_gb_s", "GB/s", meaning="Bytes of a collective over its time."),
    _job("bus_bandwidth_pct", "%", meaning="Bus bandwidth over what the topology allows."),
    _job("communication_pct", "%", meaning="Part of the step's time in collectives."),
    *(
        Quantity(f"collective_p{percent}_ms", "ms", "job", f"Collective, {percent}th percentile.")
        for percent in (50, 95, 99)
    ),
    _job("collective_mean_ms", "ms", meaning="Collective, mean."),
    _job("collectives_per_s", "1/s", meaning="Collective operations."),
    _job("collective_bytes_s", "bytes/s", meaning="What a rank brings into it, mean of the ranks."),
    _job("collective_errors", "errors", meaning="Wrong results of a test of collectives."),
    _job(
        "rank_spread",
        "ratio",
        meaning="Median rank's collective over the shortest: who comes last waits least.",
    ),
    _job_sent("cross_rail_pct", "%", meaning="Bytes that leave the rail."),
    _job_sent("cross_pod_pct", "%", meaning="Bytes that leave the pod."),
    _job(
        "stragglers",
        "ranks",
        meaning="Ranks for which the others wait: they are in collectives for the shortest time.",
    ),
    Quantity("rank_bus_bandwidth_gb_s", "GB/s", "rank", "Bus bandwidth that one rank saw."),
    Quantity("rank_collective_mean_ms", "ms", "rank", "Mean time of a collective of one rank."),
)
