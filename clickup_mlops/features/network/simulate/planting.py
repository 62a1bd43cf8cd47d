"""What a planted fault is."""

from collections.abc import Callable
from dataclasses import dataclass

from clickup_mlops.features.network.simulate.traffic import Job
from clickup_mlops.features.network.simulate.world import World


@dataclass(frozen=True, slots=True)
class Planted:
    """The `PLANTED` of a file. `plant` changes a world that has not begun, and returns the places
    at which the cause is, any of which is right: `gpu-03/mlx5_1`, `gpu-03`, `leaf1`, a job.
    """

    kind: str
    """The fault that it is."""
    plant: Callable[[World], frozenset[str]]
    oversubscription: float = 0.0
    """Only a fabric with so much of it (2: half of what hosts send fits) can have the fault."""


def compute_nic(world: World) -> int:
    """The position of any port of a compute host of the first job."""
    job = world.jobs[0]
    nics = world.shape.nics_by_host[str(world.chance.choice(job.hosts))]
    return nics[int(world.chance.integers(len(nics)))].index


def places(world: World, index: int) -> frozenset[str]:
    """Of a port: itself and its host."""
    nic = world.shape.nics[index]
    return frozenset({f"{nic.host}/{nic.device}", nic.host})


def cross_traffic(job: Job, *, pairs: int) -> None:
    """Have a job send across the spines: each host to one far away."""
    job.is_ring, job.pairs, job.kind = True, pairs, "training"
    job.demand = max(job.demand, 0.55)
