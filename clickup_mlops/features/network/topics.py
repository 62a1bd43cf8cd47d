"""Measures that are about networks, their traffic, load balancing and collectives."""

from typing import Final

from clickup_mlops.features.network.derive import roce
from clickup_mlops.features.network.vocabulary.switches import QUANTITIES
from clickup_mlops.series.topics import Topics

TOPICS: Final = Topics(
    prefixes={
        "balance": ("rail_", "uplink_", "replica_balance"),
        "traffic": ("back_end_", "front_end_", "straggler"),
        "collectives": (
            "nccl_",
            "bus_bandwidth",
            "algorithm_bandwidth",
            "collective_",
            "rank_",
            "communication_",
        ),
    },
    names={
        "network": frozenset(
            [*(measure.name for measure in roce.MEASURES), *(q.id for q in QUANTITIES)]
        )
    },
)
