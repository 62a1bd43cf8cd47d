"""A tenant that fills the uplinks which another one needs."""

from clickup_mlops.features.network.simulate.planting import Planted, cross_traffic
from clickup_mlops.features.network.simulate.world import World


def _plant(world: World) -> frozenset[str]:
    quiet, noisy = world.jobs
    cross_traffic(noisy, pairs=64)
    cross_traffic(quiet, pairs=64)
    uplinks = 1 / world.shape.oversubscription
    noisy.kind, noisy.demand = "inference", min(1.0, 1.7 * uplinks)
    quiet.demand = 0.35 * uplinks
    return frozenset({noisy.name})


PLANTED = Planted("noisy_tenant", _plant, oversubscription=2.0)
