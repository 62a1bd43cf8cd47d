"""Switches that mark although no queue is long."""

from clickup_mlops.features.network.simulate.planting import Planted
from clickup_mlops.features.network.simulate.world import World


def _plant(world: World) -> frozenset[str]:
    world.conditions.ecn = "low"
    for job in world.jobs:
        job.kind = "training"
        job.demand = 0.45 / max(1.0, world.shape.oversubscription)
    return frozenset({"fabric"})


PLANTED = Planted("ecn_thresholds", _plant)
