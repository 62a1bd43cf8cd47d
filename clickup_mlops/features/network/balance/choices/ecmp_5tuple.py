"""ECMP by the 5-tuple: all queue pairs of a connection on one uplink."""

from clickup_mlops.features.network.balance.model import Choice
from clickup_mlops.features.network.balance.paths import hashed

CHOICE = Choice(
    "ECMP by the 5-tuple",
    lambda traffic, chance: hashed(traffic, chance, 1),
    "Nothing: it is what switches do by themselves.",
    {
        "sonic": "config switch-hash global ecmp-hash SRC_IP DST_IP IP_PROTOCOL L4_SRC_PORT "
        "L4_DST_PORT",
        "cumulus": "nv set system forwarding ecmp-hash source-port enabled\n"
        "nv set system forwarding ecmp-hash destination-port enabled\nnv config apply",
        "arista": "! It is the default. Fields differ by platform: see your platform's guide.",
    },
)
