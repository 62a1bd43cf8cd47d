"""Four times as many queue pairs for each connection, each on its own uplink."""

from typing import Final

from clickup_mlops.features.network.balance.model import Choice
from clickup_mlops.features.network.balance.paths import hashed

_TIMES: Final = 4

CHOICE = Choice(
    "Four times the queue pairs",
    lambda traffic, chance: hashed(traffic, chance, _TIMES * traffic.pairs),
    "The queue pair in the hash, and memory of the NIC for more of them.",
    {
        "hosts": "export NCCL_IB_QPS_PER_CONNECTION=<4 times as many>\n"
        "export NCCL_IB_SPLIT_DATA_ON_QPS=0",
        "sonic": "# As for the queue pair in the hash.",
        "cumulus": "# As for the queue pair in the hash.",
        "arista": "! As for the queue pair in the hash.",
    },
)
