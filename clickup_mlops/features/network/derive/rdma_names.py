"""Names of RDMA counters in exporters -> canonical names (see `roce.py`)."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from clickup_mlops.features.metrics.scrape import Labels, Sample, labels

SATURATED: Final = 2.0**32 - 1
"""`port_xmit_wait` stops there on some devices: it says nothing any more."""
LINK: Final = "link"
"""The priority of pauses that stop the whole link (802.3x) or are counted of all priorities."""
ACTIVE: Final = 4
"""State of a port that may send (kernel ABI, `sysfs-class-infiniband`)."""
_INFINIBAND: Final[Mapping[str, str]] = {
    "rate_bytes_per_second": "rate_bytes_s",
    "port_data_received_bytes_total": "rx_bytes",
    "port_data_transmitted_bytes_total": "tx_bytes",
    "port_packets_received_total": "rx_packets",
    "port_packets_transmitted_total": "tx_packets",
    "port_transmit_wait_total": "port_xmit_wait",
    "port_discards_transmitted_total": "port_xmit_discards",
    "port_errors_received_total": "port_rcv_errors",
    "link_downed_total": "link_downed",
    "link_error_recovery_total": "link_error_recovery",
    "symbol_error_total": "symbol_error",
    "state_id": "state",
    "physical_state_id": "phys_state",
    "np_cnp_packets_sent_total": "np_cnp_sent",
    "np_ecn_marked_roce_packets_received_total": "np_ecn_marked_roce_packets",
    "rp_cnp_packets_handled_total": "rp_cnp_handled",
    "rp_cnp_ignored_packets_received_total": "rp_cnp_ignored",
    "out_of_sequence_packets_received_total": "out_of_sequence",
    "packet_sequence_errors_total": "packet_seq_err",
    "local_ack_timeout_errors_total": "local_ack_timeout_err",
    "implied_nak_seq_errors_total": "implied_nak_seq_err",
    "rnr_nak_retry_packets_received_total": "rnr_nak_retry_err",
    "out_of_buffer_drops_total": "out_of_buffer",
    "duplicate_requests_packets_total": "duplicate_request",
    "roce_adp_retransmits_total": "roce_adp_retrans",
    "roce_adp_retransmits_timeout_total": "roce_adp_retrans_to",
    "rx_icrc_encapsulated_errors_total": "rx_icrc_encapsulated",
}
"""node_exporter, without `node_infiniband_`."""
_KERNEL: Final[Mapping[str, str]] = {
    "receive_bytes_total": "kernel_rx_bytes",
    "transmit_bytes_total": "kernel_tx_bytes",
    "speed_bytes": "kernel_line_bytes_s",
}
"""node_exporter, without `node_network_`: RDMA bypasses these counters."""
KERNEL_NAMES: Final = tuple(f"node_network_{name}" for name in _KERNEL)
SYSFS: Final[Mapping[str, tuple[str, int]]] = {
    "port_rcv_data": ("rx_bytes", 4),
    "port_xmit_data": ("tx_bytes", 4),
    "port_rcv_packets": ("rx_packets", 1),
    "port_xmit_packets": ("tx_packets", 1),
    # Broadcom (bnxt_re) has names of its own.
    "rx_pkts": ("rx_packets", 1),
    "tx_pkts": ("tx_packets", 1),
    "tx_cnp_pkts": ("np_cnp_sent", 1),
    "rx_cnp_pkts": ("rp_cnp_handled", 1),
    "rx_ecn_marked_pkts": ("np_ecn_marked_roce_packets", 1),
    "rx_out_of_buffer": ("out_of_buffer", 1),
    "seq_err_naks_rcvd": ("packet_seq_err", 1),
    "rnr_naks_rcvd": ("rnr_nak_retry_err", 1),
    "to_retransmits": ("local_ack_timeout_err", 1),
    "oos_drop_count": ("out_of_sequence", 1),
    # Intel (irdma) counts IPv4 and IPv6 apart.
    "ip4inoctets": ("ip4.rx_bytes", 1),
    "ip6inoctets": ("ip6.rx_bytes", 1),
    "ip4outoctets": ("ip4.tx_bytes", 1),
    "ip6outoctets": ("ip6.tx_bytes", 1),
    "ip4inpkts": ("ip4.rx_packets", 1),
    "ip6inpkts": ("ip6.rx_packets", 1),
    "ip4outpkts": ("ip4.tx_packets", 1),
    "ip6outpkts": ("ip6.tx_packets", 1),
    "rxecnmrkd": ("np_ecn_marked_roce_packets", 1),
    "cnpsent": ("np_cnp_sent", 1),
    "cnphandled": ("rp_cnp_handled", 1),
    "cnpignored": ("rp_cnp_ignored", 1),
    # Amazon (efa)
    "rx_drops": ("rx_discards_phy", 1),
    "retrans_pkts": ("retransmitted_packets", 1),
    "retrans_timeout_events": ("local_ack_timeout_err", 1),
    # Microsoft (mana)
    "received_cnps": ("rp_cnp_handled", 1),
    "requester_timeout": ("local_ack_timeout_err", 1),
    "requester_oos_nak": ("packet_seq_err", 1),
    "requester_implicit_nak": ("implied_nak_seq_err", 1),
    "requester_rnr_nak": ("rnr_nak_retry_err", 1),
    "responder_oos": ("out_of_sequence", 1),
    # AMD (ionic)
    "rx_rdma_ucast_bytes": ("rx_bytes", 1),
    "tx_rdma_ucast_bytes": ("tx_bytes", 1),
    "rx_rdma_ucast_pkts": ("rx_packets", 1),
    "tx_rdma_ucast_pkts": ("tx_packets", 1),
    "tx_rdma_cnp_pkts": ("np_cnp_sent", 1),
    "rx_rdma_cnp_pkts": ("rp_cnp_handled", 1),
    "rx_rdma_ecn_pkts": ("np_ecn_marked_roce_packets", 1),
    "req_rx_pkt_seq_err": ("packet_seq_err", 1),
    "req_rx_rnr_retry_err": ("rnr_nak_retry_err", 1),
    "req_rx_impl_nak_seq_err": ("implied_nak_seq_err", 1),
    "resp_rx_outof_buf": ("out_of_buffer", 1),
    "resp_rx_outouf_seq": ("out_of_sequence", 1),
}
"""Files in small letters whose canonical name differs, with the factor to its unit: data is in
words of 4 bytes (kernel ABI, `sysfs-class-infiniband`)."""
_GIGABIT: Final = 125_000_000
"""Bytes."""
_RATE: Final = re.compile(r"([\d.]+) Gb/sec")
_LANES: Final = re.compile(r"\b([1-9]\d*)X\b")
_PAUSE_FRAMES: Final = re.compile(
    r"(?P<way>rx|tx)_"
    r"(?:prio(?P<a>\d)_pause|pfc_ena_frames_pri(?P<b>\d)|priority_(?P<c>\d)_xoff(?:_nic)?)"
)
"""Of mlx5, bnxt_en and ice."""
_LINK_FRAMES: Final = re.compile(
    r"(?P<way>rx|tx)_(?:global_pause|pause_frames)|link_xoff_(?P<way2>rx|tx)_nic"
    r"|frames_(?P<way3>rx|tx)_pripause"
)
_LINK_US: Final = re.compile(r"(?P<way>rx|tx)_global_pause_duration")
_CLASS_BYTES: Final = re.compile(r"(?P<way>rx|tx)_(?:prio(?P<a>\d)_bytes|bytes_pri(?P<b>\d))")
_PAUSE_US: Final = re.compile(
    r"(?P<way>rx|tx)_(?:prio(?P<a>\d)_pause_duration|pripause_(?P<c>\d)_1us_count)"
    r"|pfc_pri(?P<b>\d)_(?P<way2>rx|tx)_duration_us"
)
_COUNTED: Final = (
    ("pause_frames", _PAUSE_FRAMES),
    ("pause_us", _PAUSE_US),
    ("class_bytes", _CLASS_BYTES),
    ("pause_frames", _LINK_FRAMES),
    ("pause_us", _LINK_US),
)
_ETHTOOL: Final[Mapping[str, str]] = {
    "rx_bytes_phy": "rx_bytes",
    "tx_bytes_phy": "tx_bytes",
    "rx_packets_phy": "rx_packets",
    "tx_packets_phy": "tx_packets",
    "rx_discards_phy": "rx_discards_phy",
    "tx_discards_phy": "tx_discards_phy",
    "rx_crc_errors_phy": "crc_errors",
    "link_down_events_phy": "link_down_events",
    "tx_pause_storm_error_events": "pause_storm_errors",
    "outbound_pci_stalled_wr_events": "pci_stalled_s",
    "rx_bits_phy": "rx_bits",
    "rx_corrected_bits_phy": "corrected_bits",
    "rx_pcs_symbol_err_phy": "symbol_errors",
    # bnxt_en
    "rx_good_frames": "rx_packets",
    "tx_good_frames": "tx_packets",
    "rx_stat_discard": "rx_discards_phy",
    "tx_stat_discard": "tx_discards_phy",
    "rx_fcs_err_frames": "crc_errors",
    "link_down_events": "link_down_events",
    "rx_bits": "rx_bits",
    "rx_corrected_bits": "corrected_bits",
    "rx_pcs_symbol_err": "symbol_errors",
    # ice and i40e
    "rx_bytes_nic": "rx_bytes",
    "tx_bytes_nic": "tx_bytes",
    "rx_unicast_nic": "rx_packets",
    "tx_unicast_nic": "tx_packets",
    "rx_dropped_nic": "rx_discards_phy",
    "tx_dropped_link_down_nic": "tx_discards_phy",
    "rx_crc_errors_nic": "crc_errors",
    # ionic
    "octets_rx_ok": "rx_bytes",
    "octets_tx_ok": "tx_bytes",
    "frames_rx_ok": "rx_packets",
    "frames_tx_ok": "tx_packets",
    "frames_rx_dropped": "rx_discards_phy",
    "frames_rx_bad_fcs": "crc_errors",
}
"""Counters of the port, of mlx5 and others: those of the network device alone lack RDMA."""

_RDMA_EXPORTER: Final[Mapping[str, str]] = {
    "roce_pfc_pause_frames": "pause_frames",
    "roce_pfc_pause_duration": "pause_us",
    "netdev_global_pause_frames": "pause_frames",
    "netdev_global_pause_duration": "pause_us",
    "netdev_rx_discards_phy": "rx_discards_phy",
    "phy_rx_crc_errors": "crc_errors",
    "phy_link_down_events": "link_down_events",
    "pcie_outbound_stalled_seconds": "pci_stalled_s",
    "phy_rx_bits": "rx_bits",
    "phy_rx_corrected_bits": "corrected_bits",
    "phy_rx_pcs_symbol_err": "symbol_errors",
}
"""yuuki/rdma_exporter, without `rdma_` and `_total`: what is not a file of sysfs."""


def rates(text: str) -> Iterator[tuple[str, float]]:
    """The line's rate and that of a lane, of `400 Gb/sec (4X NDR)` as the kernel writes them; of
    `0 Gb/sec`, which a port says that is down, none.
    """
    match = _RATE.match(text)
    if match and (rate := float(match[1]) * _GIGABIT):
        yield "rate_bytes_s", rate
        if lanes := _LANES.search(text):
            yield "lane_bytes_s", rate / int(lanes[1])


def sysfs(name: str, value: float) -> tuple[str, float] | None:
    """Canonical name and value of a counter's file; None if its value says nothing."""
    if name == "port_xmit_wait" and value >= SATURATED:
        return None
    canonical, factor = SYSFS.get(name.lower(), (name, 1))
    return canonical, value * factor


def together(samples: Iterable[Sample]) -> Iterator[Sample]:
    """What a driver counts apart as `<part>.<name>` is one counter, the sum."""
    totals: dict[tuple[str, Labels], float] = defaultdict(float)
    for sample in samples:
        _part, point, name = sample.name.partition(".")
        if point:
            totals[name, sample.labels] += sample.value
        else:
            yield sample
    yield from (Sample(name, key, value) for (name, key), value in totals.items())


def node_exporter(samples: Iterable[Sample]) -> Iterator[Sample]:
    """Of `node_infiniband_*` and `node_ethtool_*`; a network device has no port: 1 is added."""
    for sample in samples:
        name = sample.name
        if name.startswith("node_infiniband_"):
            yield from _port(sample, _INFINIBAND.get(name.removeprefix("node_infiniband_")))
        elif name.startswith("node_ethtool_"):
            # It spells `rx` and `tx` out where they stand alone between underscores.
            short = name.removeprefix("node_ethtool_").replace("received", "rx")
            yield from network_device(short.replace("transmitted", "tx"), sample)
        elif canonical := _KERNEL.get(name.removeprefix("node_network_")):
            yield Sample(canonical, _with(sample, port="1"), sample.value)


def rdma_exporter(samples: Iterable[Sample]) -> Iterator[Sample]:
    """Of yuuki/rdma_exporter: `rdma_<file>_total` are the files as they are, in small letters.

    The rates of line and lane are labels of `rdma_port_info`.
    """
    return together(_rdma_exporter(samples))


def _rdma_exporter(samples: Iterable[Sample]) -> Iterator[Sample]:
    for sample in samples:
        name = sample.name.removeprefix("rdma_").removesuffix("_total")
        if name == "port_info":
            yield from _line(dict(sample.labels))
        elif name == "netdev_pause_storm_events":
            if ("severity", "error") in sample.labels:
                yield Sample("pause_storm_errors", sample.labels, sample.value)
        elif ("op", "rd") in sample.labels:
            continue  # of PCIe: reads wait on the way out, and only writes hold up what comes in
        elif canonical := _RDMA_EXPORTER.get(name):
            yield Sample(canonical, sample.labels, sample.value)
        elif counter := sysfs(name, sample.value):
            yield Sample(counter[0], sample.labels, counter[1])


def network_device(name: str, sample: Sample) -> Iterator[Sample]:
    """Of a counter of `ethtool -S`, whatever the driver calls it; nothing if it is not used."""
    name = _plain(name)
    if canonical := _ETHTOOL.get(name):
        yield Sample(canonical, _with(sample, port="1"), sample.value)
        return
    for kind, pattern in _COUNTED:
        if match := pattern.fullmatch(name):
            yield _paused(kind, match, sample)


def _plain(name: str) -> str:
    """With `_` for each `.`, as node_exporter has it; Intel's `port.` is its `.nic`."""
    plain = name.replace(".", "_")
    return f"{plain.removeprefix('port_')}_nic" if plain.startswith("port_") else plain


def _paused(name: str, match: re.Match[str], sample: Sample) -> Sample:
    parts = match.groupdict()
    way = next(parts[key] for key in ("way", "way2", "way3") if parts.get(key))
    priority = next((parts[key] for key in ("a", "b", "c") if parts.get(key)), LINK)
    return Sample(name, _with(sample, port="1", direction=way, priority=priority), sample.value)


def _port(sample: Sample, canonical: str | None) -> Iterator[Sample]:
    saturated = canonical == "port_xmit_wait" and sample.value >= SATURATED
    if canonical and not saturated:
        yield Sample(canonical, sample.labels, sample.value)


def _with(sample: Sample, **more: str) -> frozenset[tuple[str, str]]:
    return frozenset((dict(sample.labels) | more).items())


def _line(port: Mapping[str, str]) -> Iterator[Sample]:
    key = labels(device=port.get("device", ""), port=port.get("port", ""))
    text = f"{port.get('link_speed', '')} {port.get('link_width', '')}"
    yield from (Sample(name, key, rate) for name, rate in rates(text))
    if state := port.get("state", ""):
        yield Sample("state", key, float(ACTIVE if state.upper().endswith("ACTIVE") else 1))
