"""Switches whose hash never chooses half of their uplinks."""

from clickup_mlops.features.network.simulate.planting import Planted, cross_traffic
from clickup_mlops.features.network.simulate.world import World


def _plant(world: World) -> frozenset[str]:
    world.conditions.hashable[:, int(world.chance.integers(2)) :: 2] = 0
    for job in world.jobs:
        cross_traffic(job, pairs=16)
    return frozenset({"fabric"})


PLANTED = Planted("hash_polarisation", _plant)
