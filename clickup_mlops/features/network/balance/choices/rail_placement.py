"""Placement by topology: ranks that are neighbours share a leaf, so that little crosses it."""

from clickup_mlops.features.network.balance.model import Choice
from clickup_mlops.features.network.balance.paths import hashed

CHOICE = Choice(
    "Placement by leaf and rail",
    lambda traffic, chance: hashed(traffic, chance, traffic.pairs),
    "A scheduler that knows the topology, and jobs that need not all talk to all.",
    {
        "hosts": "Slurm: TopologyPlugin=topology/tree, and topology.conf with a SwitchName line "
        "per leaf.\nKubernetes: topology-aware scheduling (Kueue), with a label per leaf.\n"
        "NCCL: NCCL_CROSS_NIC=0",
    },
    orders_by_leaf=True,
)
