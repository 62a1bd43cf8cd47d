"""A host whose job does not use one of its ports."""

from clickup_mlops.features.network.simulate.planting import Planted, compute_nic, places
from clickup_mlops.features.network.simulate.world import World


def _plant(world: World) -> frozenset[str]:
    index = compute_nic(world)
    world.conditions.is_idle[index] = 1
    return places(world, index)


PLANTED = Planted("missing_rail", _plant)
