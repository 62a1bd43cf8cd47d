"""A host whose packets carry no DSCP: they are dropped where others are marked."""

from clickup_mlops.features.network.simulate.planting import Planted
from clickup_mlops.features.network.simulate.world import World


def _plant(world: World) -> frozenset[str]:
    host = str(world.chance.choice(world.jobs[0].hosts))
    for nic in world.shape.nics_by_host[host]:
        world.conditions.is_lossy[nic.index] = 1
    return frozenset({host})


PLANTED = Planted("wrong_class", _plant)
