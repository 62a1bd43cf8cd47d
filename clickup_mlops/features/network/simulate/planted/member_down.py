"""An uplink of one leaf that is down."""

from clickup_mlops.features.network.simulate.planting import Planted
from clickup_mlops.features.network.simulate.world import World


def _plant(world: World) -> frozenset[str]:
    shape, chance = world.shape, world.chance
    leaf, spine = int(chance.integers(shape.leaves)), int(chance.integers(shape.spines))
    world.conditions.uplinks[leaf, spine] = 0
    return frozenset({f"{shape.leaf_name(leaf)}/{shape.uplink(spine)}", shape.leaf_name(leaf)})


PLANTED = Planted("member_down", _plant)
