"""NCCL Inspector's file of a host, which node_exporter shows: how long ranks are in collectives."""

from clickup_mlops.features.network.simulate.pages._lines import line, page
from clickup_mlops.features.network.simulate.traffic import Job
from clickup_mlops.features.network.simulate.world import GPUS, World


def text(world: World, host: str) -> str:
    """The page of a host that trains."""
    jobs = [job for job in world.jobs if host in job.hosts]
    return page([_rank(world, job, host, gpu) for job in jobs for gpu in range(GPUS)])


def _rank(world: World, job: Job, host: str, gpu: int) -> str:
    return line(
        "nccl_collective_exec_time_microseconds",
        1000 * world.gpus[host, gpu]["collective_ms"],
        version="v5.1",
        slurm_job_id=job.name,
        node=host,
        gpu=f"GPU{gpu}",
        comm_name="DP Group 0",
        n_nodes=str(len(job.hosts)),
        nranks=str(GPUS * len(job.hosts)),
        collective="AllReduce",
        message_size="4-5GB",
        algo_proto="Ring_simple",
    )
