"""A link that goes down every minute or two."""

from clickup_mlops.features.network.simulate.planting import Planted, compute_nic, places
from clickup_mlops.features.network.simulate.world import World


def _plant(world: World) -> frozenset[str]:
    index = compute_nic(world)
    world.conditions.flaps[index] = world.chance.uniform(0.9, 2.0)
    world.conditions.loss[index] = 3e-5
    return places(world, index)


PLANTED = Planted("link_flap", _plant)
