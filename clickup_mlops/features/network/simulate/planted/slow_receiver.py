"""A host that does not take what it is sent, for want of buffers: a storm of pauses."""

from clickup_mlops.features.network.simulate.planting import Planted, compute_nic, places
from clickup_mlops.features.network.simulate.world import World


def _plant(world: World) -> frozenset[str]:
    index = compute_nic(world)
    world.conditions.drain[index] = world.jobs[0].demand * world.chance.uniform(0.4, 0.7)
    return places(world, index)


PLANTED = Planted("slow_receiver", _plant)
