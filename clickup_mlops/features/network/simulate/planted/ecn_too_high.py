"""Switches that pause before they mark, on a fabric that is full."""

from clickup_mlops.features.network.simulate.planting import Planted
from clickup_mlops.features.network.simulate.world import World


def _plant(world: World) -> frozenset[str]:
    world.conditions.ecn = "high"
    for job in world.jobs:
        job.kind, job.demand, job.pairs = "training", 1.05, 12
    return frozenset({"fabric"})


PLANTED = Planted("ecn_thresholds", _plant)
