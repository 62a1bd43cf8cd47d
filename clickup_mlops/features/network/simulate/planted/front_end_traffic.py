"""A host whose data loader reads over the back end."""

from clickup_mlops.features.network.simulate.planting import Planted, compute_nic, places
from clickup_mlops.features.network.simulate.world import World


def _plant(world: World) -> frozenset[str]:
    index = compute_nic(world)
    world.conditions.kernel[index] = world.chance.uniform(0.05, 0.2)
    return places(world, index)


PLANTED = Planted("front_end_traffic", _plant)
