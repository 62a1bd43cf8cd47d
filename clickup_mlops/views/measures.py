"""Measures as people read them: a title for a name such as `ecn_marked_pct`, values with a unit.

Names end with their unit. What has no title of its own is named by its words, so that measures of
queries and files are readable, too.
"""

import re
from collections.abc import Mapping
from typing import Final

from clickup_mlops.views import text

TITLES: Final[Mapping[str, str]] = {
    "ack_timeouts_ppm": "Acknowledgement timeouts",
    "back_end_bytes_s": "Back-end traffic",
    "bus_bandwidth_pct": "Bus bandwidth over the theoretical",
    "cnp_handled_per_s": "CNP handled",
    "cnp_ignored_per_s": "CNP ignored",
    "cnp_sent_per_s": "CNP sent",
    "crc_errors_ppm": "Damaged packets (CRC)",
    "cross_pod_pct": "Leaves the pod",
    "cross_rail_pct": "Leaves the rail",
    "ecn_marked_pct": "ECN-marked packets",
    "error_pct": "Error rate",
    "front_end_bytes_s": "Front-end traffic",
    "gpu_energy_w": "GPU power, mean from energy",
    "inter_token_p50_ms": "Inter-token latency P50",
    "inter_token_p95_ms": "Inter-token latency P95",
    "inter_token_p99_ms": "Inter-token latency P99",
    "job_bytes_s": "Sent by the job",
    "job_off_leaf_pct": "Leaves the leaves",
    "job_peak": "Busiest host over mean",
    "kernel_utilisation_pct": "Kernel traffic over line rate",
    "kv_cache_pct": "KV cache usage",
    "link_utilisation_pct": "RoCE utilisation",
    "lane_rate_bytes_s": "Rate of a lane",
    "line_rate_bytes_s": "Line rate",
    "links_down": "Times the link went down",
    "lossless_sent_pct": "Sent in the lossless class",
    "mfu_pct": "Model FLOPs utilisation (MFU)",
    "order_kept": "Order of links kept (rank correlation)",
    "out_of_sequence_ppm": "Out of sequence",
    "pause_received_pct": "PFC pause received",
    "pause_sent_pct": "PFC pause sent",
    "pause_storms": "PFC pause storms",
    "pcie_bytes_s": "PCIe traffic",
    "pcie_replays": "PCIe replays",
    "pcie_stalled_pct": "PCIe stalled",
    "post_fec_symbol_error_rate": "Symbol errors after correction",
    "prefix_hit_pct": "Prefix cache hits",
    "pre_fec_bit_error_rate": "Bit errors before correction",
    "queue_ecn_marked_pct": "ECN-marked packets of the queue",
    "rail_balance": "Balance of rails (Jain's index)",
    "rail_balance_efficiency_pct": "Load-balancing efficiency of rails",
    "rail_peak": "Hottest rail over mean",
    "received_utilisation_pct": "Received over line rate",
    "replica_balance": "Balance of replicas (Jain's index)",
    "replica_balance_efficiency_pct": "Load-balancing efficiency of replicas",
    "replica_peak": "Hottest replica over mean",
    "retransmission_ppm": "Retransmissions",
    "sent_utilisation_pct": "Sent over line rate",
    "sm_active_pct": "Multiprocessors active",
    "stragglers": "Stragglers",
    "switch_sent_utilisation_pct": "Switch port sent over line rate",
    "speculative_accepted_pct": "Speculative tokens accepted",
    "tensor_active_pct": "Tensor cores active",
    "uplink_balance": "Balance of uplinks (Jain's index)",
    "uplink_balance_efficiency_pct": "Load-balancing efficiency of uplinks",
    "uplink_members": "Members of the uplink group",
    "uplink_members_up": "Members that are up",
    "uplink_peak": "Hottest uplink over mean",
    "xid": "Last XID error",
}
"""Of measures whose name does not say it in plain words. Reports and the dashboard share it."""
_UNITS: Final = {
    "_pct": "%",
    "_ppm": "ppm",
    "_bytes_s": "bytes/s",
    "_gb_s": "GB/s",
    "_tokens_per_s": "tokens/s",
    "_per_s": "1/s",
    "_per_min": "1/min",
    "_ms": "ms",
    "_s": "s",
    "_w": "W",
    "_c": "°C",
}
"""By how names end; of several that fit the first."""
_NAME: Final = re.compile(
    r"([a-z][a-z0-9]*(?:_[a-z0-9]+)*?)(_(pct|ppm|gb_s|per_s|per_min|ms|s|w|c))?"
)
_PERCENTILE: Final = re.compile(r"p\d+")
_TINY: Final = 1e-6
"""What is smaller, such as a bit error rate, is written as 2.5e-09."""
_UPPER: Final = frozenset({"cpu", "gpu", "kv", "nccl", "ttft"})


def format_title(measure: str) -> str:
    """For people, without the unit. What is no plain name, such as a query, stays as it is."""
    if (own_title := TITLES.get(measure)) is not None:
        return own_title
    match = _NAME.fullmatch(measure)
    if match is None or "_" not in measure:
        return measure
    words = " ".join(map(_format_word, match[1].split("_")))
    return words[:1].upper() + words[1:]


def find_unit(measure: str) -> str:
    """The unit that the name ends with; empty: none."""
    return next((name for end, name in _UNITS.items() if measure.endswith(end)), "")


def format_reading(measure: str, value: float) -> str:
    """Such as `ECN-marked packets 4.25%`."""
    return f"{format_title(measure)} {format_value(measure, value)}"


def format_value(measure: str, value: float) -> str:
    """A value to four digits that say something, with the unit."""
    rounded, measure_unit = float(f"{value:.4g}"), find_unit(measure)
    if 0 < abs(rounded) < _TINY:
        return f"{rounded:.4g}{'' if measure_unit == '%' else ' '}{measure_unit}".strip()
    digits = len(f"{rounded:.10f}".rstrip("0").partition(".")[2])
    return text.format_number(rounded, measure_unit, digits)


def _format_word(word: str) -> str:
    return word.upper() if word in _UPPER or _PERCENTILE.fullmatch(word) else word
