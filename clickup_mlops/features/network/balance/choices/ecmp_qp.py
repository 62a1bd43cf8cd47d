"""ECMP with the destination's queue pair in the hash: each queue pair on its own uplink."""

from clickup_mlops.features.network.balance.model import Choice
from clickup_mlops.features.network.balance.paths import hashed

CHOICE = Choice(
    "ECMP with the queue pair in the hash",
    lambda traffic, chance: hashed(traffic, chance, traffic.pairs),
    "Switches that hash bytes 5 to 7 of the base transport header (a user-defined field).",
    {
        "sonic": "config switch-hash global ecmp-hash SRC_IP DST_IP IP_PROTOCOL L4_SRC_PORT "
        "L4_DST_PORT RDMA_BTH_DEST_QP\n"
        '# "show switch-hash capabilities" says whether the chip has RDMA_BTH_DEST_QP.',
        "cumulus": "nv set system forwarding ecmp-hash source-port enabled\nnv config apply\n"
        "# Senders derive the UDP source port from the queue pair: it must differ by pair.",
        "arista": "! Hash by the UDP source port, which senders derive from the queue pair, or\n"
        "! by a user-defined field: commands differ by platform, see your platform's guide.",
    },
)
