"""A job with one queue pair for each connection, all of which cross the spines."""

from clickup_mlops.features.network.simulate.planting import Planted, cross_traffic
from clickup_mlops.features.network.simulate.world import World


def _plant(world: World) -> frozenset[str]:
    job, other_jobs = world.jobs[0], world.jobs[1:]
    cross_traffic(job, pairs=1)
    job.demand = 0.9
    for other_job in other_jobs:
        other_job.demand = 0.05
    return frozenset({job.name})


PLANTED = Planted("few_flows", _plant)
