"""A late host where GPUs are not profiled: collectives alone show it."""

from clickup_mlops.features.network.simulate.planted import straggler
from clickup_mlops.features.network.simulate.planting import Planted
from clickup_mlops.features.network.simulate.world import World


def _plant(world: World) -> frozenset[str]:
    world.conditions.is_profiled = False
    return straggler.PLANTED.plant(world)


PLANTED = Planted("straggler", _plant)
