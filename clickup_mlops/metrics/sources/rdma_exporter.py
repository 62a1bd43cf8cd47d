"""yuuki/rdma_exporter, port 9879: the counters of sysfs as they are, with pause times."""

from clickup_mlops.metrics.derive.rdma_names import rdma_exporter
from clickup_mlops.metrics.derive.roce import MEASURES
from clickup_mlops.metrics.exposition import prefixes
from clickup_mlops.metrics.scraped import page

SOURCE = page(prefixes("rdma_"), MEASURES, rdma_exporter)
