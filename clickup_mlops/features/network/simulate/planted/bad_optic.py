"""An optic whose errors are more than correction mends."""

from clickup_mlops.features.network.simulate.planting import Planted, compute_nic, places
from clickup_mlops.features.network.simulate.world import World


def _plant(world: World) -> frozenset[str]:
    index, chance = compute_nic(world), world.chance
    world.conditions.pre_fec[index] = chance.uniform(4e-4, 2e-3)
    world.conditions.post_fec[index] = 10 ** chance.uniform(-11, -9)
    world.conditions.loss[index] = 10 ** chance.uniform(-4.7, -3.8)
    return places(world, index)


PLANTED = Planted("bad_optic", _plant)
