"""Two cables of a host that are swapped."""

from clickup_mlops.features.network.simulate.planting import Planted
from clickup_mlops.features.network.simulate.world import World


def _plant(world: World) -> frozenset[str]:
    host = str(world.chance.choice(world.jobs[0].hosts))
    first, second = world.shape.nics_by_host[host][:2]
    leaf = world.conditions.leaf
    leaf[first.index], leaf[second.index] = leaf[second.index], leaf[first.index]
    return frozenset({host, f"{host}/{first.device}", f"{host}/{second.device}"})


PLANTED = Planted("crossed_rail", _plant)
