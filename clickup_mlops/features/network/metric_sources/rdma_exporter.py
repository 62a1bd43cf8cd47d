"""yuuki/rdma_exporter, port 9879: the counters of sysfs as they are, with pause times."""

from clickup_mlops.features.metrics.read.exposition import prefixes
from clickup_mlops.features.metrics.read.scraped import page
from clickup_mlops.features.network.derive.rdma_names import rdma_exporter
from clickup_mlops.features.network.derive.roce import MEASURES

SOURCE = page(prefixes("rdma_"), MEASURES, rdma_exporter)
