"""An uplink that its operators forgot to write down."""

from clickup_mlops.features.network.simulate.planting import Planted, cross_traffic
from clickup_mlops.features.network.simulate.world import World


def _plant(world: World) -> frozenset[str]:
    shape, chance = world.shape, world.chance
    leaf, spine = int(chance.integers(shape.leaves)), int(chance.integers(shape.spines))
    world.conditions.listed[leaf, spine] = 0
    for job in world.jobs:
        cross_traffic(job, pairs=32)
        job.demand = 0.6 / max(1.0, shape.oversubscription)
    return frozenset({shape.leaf_name(leaf)})


PLANTED = Planted("topology_gap", _plant)
