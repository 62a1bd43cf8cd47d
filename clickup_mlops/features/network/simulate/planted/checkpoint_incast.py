"""All ranks write to one storage host, without end."""

from clickup_mlops.features.network.simulate.planting import Planted, places
from clickup_mlops.features.network.simulate.traffic import Flow
from clickup_mlops.features.network.simulate.world import World


def _plant(world: World) -> frozenset[str]:
    shape = world.shape
    target = shape.nics_by_host["nfs-01"][0]
    for host in world.jobs[0].hosts:
        source = shape.nics_by_host[host][0]
        demand = world.chance.uniform(1.6, 2.4) / len(world.jobs[0].hosts)
        world.extra += [Flow(source, target, demand / 4, -1) for _pair in range(4)]
    return places(world, target.index) | {"storage"}


PLANTED = Planted("incast", _plant)
