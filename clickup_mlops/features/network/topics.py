"""Measures that are about networks, their traffic, load balancing and collectives."""

from typing import Final

from clickup_mlops.features.network.derive import roce
from clickup_mlops.features.network.vocabulary import classes, switches
from clickup_mlops.series.topics import Topics

_QUANTITIES: Final = (*classes.QUANTITIES, *switches.QUANTITIES)

TOPICS: Final = Topics(
    prefixes={
        "balance": ("rail_", "uplink_", "replica_balance"),
        "traffic": ("back_end_", "front_end_", "straggler"),
        "jobs": ("job_", "cross_"),
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
            [
                *(measure.name for measure in roce.MEASURES),
                *(quantity.id for quantity in _QUANTITIES),
            ]
        )
    },
)
