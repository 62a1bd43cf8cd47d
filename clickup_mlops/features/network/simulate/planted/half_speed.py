"""A link that came up at half its speed."""

from clickup_mlops.features.network.simulate.planting import Planted, compute_nic, places
from clickup_mlops.features.network.simulate.world import World


def _plant(world: World) -> frozenset[str]:
    index = compute_nic(world)
    world.conditions.line[index] *= 0.5
    return places(world, index)


PLANTED = Planted("half_speed", _plant)
