"""A GPU that throttles, or a host whose data comes late."""

from clickup_mlops.features.network.simulate.planting import Planted
from clickup_mlops.features.network.simulate.world import World


def _plant(world: World) -> frozenset[str]:
    job, chance = world.jobs[0], world.chance
    job.kind, job.demand = "training", max(job.demand, 0.3)
    host, pace = str(chance.choice(job.hosts)), float(chance.uniform(0.5, 0.72))
    paces = world.conditions.gpu_pace if chance.random() < 0.5 else world.conditions.data_pace
    paces[host] = pace
    return frozenset({host, f"{host}/gpu0"})


PLANTED = Planted("straggler", _plant)
