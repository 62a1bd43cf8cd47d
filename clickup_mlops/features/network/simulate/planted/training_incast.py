"""All ranks send their results to one rank."""

from clickup_mlops.features.network.simulate.planting import Planted, compute_nic, places
from clickup_mlops.features.network.simulate.traffic import Flow
from clickup_mlops.features.network.simulate.world import World


def _plant(world: World) -> frozenset[str]:
    index, job = compute_nic(world), world.jobs[0]
    target = world.shape.nics[index]
    job.demand = 0.2
    for host in job.hosts:
        source = world.shape.nics_by_host[host][target.rail]
        if source is not target:
            demand = world.chance.uniform(1.6, 2.4) / len(job.hosts)
            world.extra += [Flow(source, target, demand / 4, -1) for _pair in range(4)]
    return places(world, index)


PLANTED = Planted("incast", _plant)
