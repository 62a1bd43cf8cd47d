"""AMD's device-metrics-exporter on hosts with Pollara NICs: RDMA counters by device, and those of
the port. Names of 1.2 and those before; with or without its prefix `amd_`.

Source: github.com/ROCm/device-metrics-exporter, `docs/configuration` (list of AINIC metrics) and
`pkg/amdnic/nicagent` (labels).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from clickup_mlops.features.metrics.read.exposition import prefixes
from clickup_mlops.features.metrics.read.scraped import page
from clickup_mlops.features.metrics.scrape import Sample
from clickup_mlops.features.network.derive.rdma_names import network_device
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
_PORT: Final = ("nic_port_stats_", "eth_")
"""What the port itself counts, as `ethtool -S` names it: by NIC, and by network device."""
_BEGINNINGS: Final = ("rdma_", *_PORT)


def normalise(samples: Iterable[Sample]) -> Iterator[Sample]:
    """Canonical names, by device; each has one port. What RDMA counts is before what its port
    counts, and that before what the driver says of it.
    """
    plain = [_without_prefix(sample) for sample in samples]
    devices = _devices_by_nic(plain)
    canonical: dict[tuple[str, object], Sample] = {}
    for beginning in _BEGINNINGS:
        for sample in plain:
            if sample.name.startswith(beginning):
                for named in _named(sample, beginning, devices):
                    canonical.setdefault((named.name, named.labels), named)
    yield from canonical.values()


def _without_prefix(sample: Sample) -> Sample:
    return Sample(sample.name.removeprefix("amd_"), sample.labels, sample.value, sample.at_ms)


def _rdma_device(labels: Mapping[str, str]) -> str:
    return labels.get("rdma_dev_name") or labels.get("rdma_if_name", "")


def _devices_by_nic(samples: Iterable[Sample]) -> Mapping[str, str]:
    """The RDMA device of each NIC that has one alone: with virtual functions it has several."""
    devices = defaultdict[str, set[str]](set)
    for sample in samples:
        labels = dict(sample.labels)
        if labels.get("nic_id") and (device := _rdma_device(labels)):
            devices[labels["nic_id"]].add(device)
    return {nic: names.pop() for nic, names in devices.items() if len(names) == 1}


def _named(sample: Sample, beginning: str, devices: Mapping[str, str]) -> Iterator[Sample]:
    labels = dict(sample.labels)
    device = _rdma_device(labels)
    if beginning not in _PORT:
        if device and (name := _NAMES.get(sample.name)):
            key = frozenset({"device": device, "port": "1"}.items())
            yield Sample(name, key, sample.value, sample.at_ms)
        return
    nic = labels.get("nic_id", "")
    netdev = labels.get("eth_intf_name") or labels.get("lif_name", "")
    device = device or netdev or devices.get(nic) or f"nic{nic}"
    key = frozenset({"device": device}.items())
    named = Sample(sample.name, key, sample.value, sample.at_ms)
    yield from network_device(sample.name.removeprefix(beginning), named)


SOURCE = page(
    prefixes(*(f"{prefix}{name}" for prefix in ("", "amd_") for name in _BEGINNINGS)),
    MEASURES,
    normalise,
)
