"""A controller that assigns each connection an uplink, knowing all of them."""

from clickup_mlops.features.network.balance.model import Choice
from clickup_mlops.features.network.balance.paths import planned

CHOICE = Choice(
    "Static routes by a plan",
    planned,
    "A controller that knows each job and follows each failure.",
    {
        "sonic": "config route add prefix <network of the target's leaf> nexthop <spine>",
        "cumulus": "nv set vrf default router static <network> via <spine>\nnv config apply",
        "arista": "ip route <network of the target's leaf> <spine>",
    },
)
