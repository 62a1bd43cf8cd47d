"""node_exporter: RDMA ports, and network devices if its ethtool collector is on.

Hardware counters (CNP, ECN, out of sequence) are there from 1.11.0 on; before, they are unknown.
The ethtool collector is off by default, and pause times come from it alone. What the kernel sends
comes from `node_network_*`, which RDMA bypasses.
"""

from clickup_mlops.features.metrics.read.exposition import prefixes
from clickup_mlops.features.metrics.read.scraped import page
from clickup_mlops.features.network.derive.classes import MEASURES as CLASSES
from clickup_mlops.features.network.derive.rdma_names import KERNEL_NAMES, node_exporter
from clickup_mlops.features.network.derive.roce import MEASURES

SOURCE = page(
    prefixes("node_infiniband_", "node_ethtool_", *KERNEL_NAMES),
    (*MEASURES, *CLASSES),
    node_exporter,
)
