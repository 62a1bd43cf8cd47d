"""Packet spraying: the packets of each flow over all uplinks."""

from clickup_mlops.features.network.balance.model import Choice
from clickup_mlops.features.network.balance.paths import sprayed

CHOICE = Choice(
    "Packet spraying",
    sprayed,
    "NICs that place packets out of order. With others each reordering is sent again.",
    {
        "hosts": "# Enable out-of-order placement for the class on every NIC first.",
        "sonic": "# Adaptive routing and switching (ARS): a profile in per-packet mode.\n"
        "# Commands differ by release and vendor: see yours.",
        "cumulus": "nv set router adaptive-routing state enabled\n"
        "nv set interface <uplink> router adaptive-routing state enabled\nnv config apply\n"
        '# Before 5.15: "enable on".',
        "arista": "! EOS 4.35.2 and later: Randomized Load Balancing (RLB) on ECMP groups, by\n"
        "! packet; commands differ by platform, see its description for your release.",
    },
    waits_for_slowest_path=False,
)
