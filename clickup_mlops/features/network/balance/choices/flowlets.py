"""Dynamic load balancing: each flow on the uplink that carries least when it begins."""

from clickup_mlops.features.network.balance.model import Choice
from clickup_mlops.features.network.balance.paths import least_loaded

CHOICE = Choice(
    "Flowlets (dynamic load balancing)",
    least_loaded,
    "A switching chip that does it. RDMA leaves few gaps: flows may stay where they began. The "
    "rate is the best case: flows that begin together do not see each other.",
    {
        "sonic": "# Adaptive routing and switching (ARS): a profile in flowlet mode.\n"
        "# Commands differ by release and vendor: see yours.",
        "cumulus": "nv set router adaptive-routing state enabled\n"
        "nv set interface <uplink> router adaptive-routing state enabled\nnv config apply\n"
        '# Before 5.15: "enable on". It needs NICs that place packets out of order.',
        "arista": "! EOS 4.30 and later: Dynamic Load Balancing (DLB) on ECMP groups; commands\n"
        "! differ by platform, see its description for your release.",
    },
)
