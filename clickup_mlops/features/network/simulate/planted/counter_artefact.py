"""A port whose counter of bytes jumps now and then."""

from clickup_mlops.features.network.simulate.planting import Planted, compute_nic, places
from clickup_mlops.features.network.simulate.world import World


def _plant(world: World) -> frozenset[str]:
    index = compute_nic(world)
    world.conditions.jumps[index] = 1.5
    return places(world, index)


PLANTED = Planted("counter_artefact", _plant)
