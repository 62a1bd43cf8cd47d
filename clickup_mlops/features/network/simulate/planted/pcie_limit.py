"""A host whose PCIe link is too narrow."""

from clickup_mlops.features.network.simulate.planting import Planted, compute_nic, places
from clickup_mlops.features.network.simulate.world import World


def _plant(world: World) -> frozenset[str]:
    index, chance = compute_nic(world), world.chance
    world.conditions.drain[index] = world.jobs[0].demand * chance.uniform(0.5, 0.75)
    world.conditions.stalled[index] = chance.uniform(0.3, 0.9)
    return places(world, index)


PLANTED = Planted("pcie_limit", _plant)
