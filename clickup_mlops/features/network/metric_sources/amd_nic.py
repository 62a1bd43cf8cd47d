"""AMD's device-metrics-exporter on hosts with Pollara NICs: RDMA counters by device."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from clickup_mlops.features.metrics.read.exposition import prefixes
from clickup_mlops.features.metrics.read.scraped import page
from clickup_mlops.features.metrics.scrape import Sample
from clickup_mlops.features.network.derive.roce import MEASURES

_NAMES: Final[Mapping[str, str]] = {
    "rdma_tx_ucast_pkts": "tx_packets",
    "rdma_rx_ucast_pkts": "rx_packets",
    "rdma_tx_cnp_pkts": "np_cnp_sent",
    "rdma_rx_cnp_pkts": "rp_cnp_handled",
    "rdma_rx_ecn_pkts": "np_ecn_marked_roce_packets",
    "rdma_req_rx_pkt_seq_err": "packet_seq_err",
    "rdma_req_rx_rnr_retry_err": "rnr_nak_retry_err",
    "rdma_req_rx_impl_nak_seq_err": "implied_nak_seq_err",
    "rdma_resp_rx_outof_buf": "out_of_buffer",
    "rdma_resp_rx_outouf_seq": "out_of_sequence",
}
"""Canonical names (see `roce.py`); the last is spelled so by the exporter."""


def normalise(samples: Iterable[Sample]) -> Iterator[Sample]:
    """Canonical names, by device; each has one port."""
    for sample in samples:
        labels = dict(sample.labels)
        device = labels.get("rdma_if_name", "")
        if device and (name := _NAMES.get(sample.name.removeprefix("amd_"))):
            key = frozenset({"device": device, "port": "1"}.items())
            yield Sample(name, key, sample.value, sample.at_ms)


SOURCE = page(prefixes("rdma_", "amd_rdma_"), MEASURES, normalise)
