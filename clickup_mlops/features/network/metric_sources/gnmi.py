"""gNMI by way of gnmic's Prometheus output: OpenConfig interfaces and queues, and SONiC's counters
(PFC by priority, ECN-marked packets, watermarks).

One page has many switches: `source` is the switch. States and speeds of ports are texts, which its
output has with `strings-as-labels: true`.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from clickup_mlops.features.metrics.read.scraped import page
from clickup_mlops.features.metrics.scrape import Sample
from clickup_mlops.features.network.derive import switches

_BY: Final = ("switch", "interface")
_OPENCONFIG: Final[Mapping[str, str]] = {
    "interface_state_oper_status": "is_up",
    "interface_ethernet_state_port_speed": "rate_bytes_s",
    "interface_state_counters_in_octets": "rx_bytes",
    "interface_state_counters_out_octets": "tx_bytes",
    "interface_state_counters_in_unicast_pkts": "rx_packets",
    "interface_state_counters_out_unicast_pkts": "tx_packets",
    "interface_state_counters_in_discards": "rx_drops",
    "interface_state_counters_out_discards": "tx_drops",
    "interface_state_counters_in_errors": "rx_errors",
    "interface_state_counters_carrier_transitions": "link_downs",
    "interface_ethernet_state_counters_in_mac_pause_frames": "pause_rx",
    "interface_ethernet_state_counters_out_mac_pause_frames": "pause_tx",
    "output_queues_queue_state_transmit_octets": "queue_bytes",
    "output_queues_queue_state_transmit_pkts": "queue_packets",
    "output_queues_queue_state_dropped_pkts": "queue_drops",
    "output_queues_queue_state_ecn_marked_pkts": "queue_marked",
    "output_queues_queue_state_max_queue_len": "queue_peak_bytes",
}
"""Ends of paths in OpenConfig, with `_` for `/` and `-` (openconfig.net, interfaces and qos)."""
_SAI: Final[Mapping[str, str]] = {
    "PORT_STAT_IF_IN_OCTETS": "rx_bytes",
    "PORT_STAT_IF_OUT_OCTETS": "tx_bytes",
    "PORT_STAT_IF_IN_UCAST_PKTS": "rx_packets",
    "PORT_STAT_IF_OUT_UCAST_PKTS": "tx_packets",
    "PORT_STAT_IF_IN_DISCARDS": "rx_drops",
    "PORT_STAT_IF_OUT_DISCARDS": "tx_drops",
    "PORT_STAT_IF_IN_ERRORS": "rx_errors",
    "PORT_STAT_IF_IN_FEC_NOT_CORRECTABLE_FRAMES": "fec_errors",
    "QUEUE_STAT_BYTES": "queue_bytes",
    "QUEUE_STAT_PACKETS": "queue_packets",
    "QUEUE_STAT_DROPPED_PACKETS": "queue_drops",
    "QUEUE_STAT_WRED_ECN_MARKED_PACKETS": "queue_marked",
    "QUEUE_STAT_SHARED_WATERMARK_BYTES": "queue_peak_bytes",
    "INGRESS_PRIORITY_GROUP_STAT_SHARED_WATERMARK_BYTES": "buffer_peak_bytes",
    "PFC_WD_QUEUE_STATS_DEADLOCK_DETECTED": "queue_storms",
}
"""Counters of SONiC's COUNTERS_DB, without `SAI_` (opencompute.org, SAI); the last is that of its
PFC watchdog (github.com/sonic-net/sonic-swss, `pfcactionhandler.h`).
"""
_SPEED: Final = re.compile(r"SPEED_(\d+)GB")
_GIGABIT: Final = 125_000_000
"""Bytes."""
_SAI_NAME: Final = re.compile(r"(?:^|_)(?:SAI_|(?=PFC_WD_))(\w+)$")
_PFC: Final = re.compile(r"PORT_STAT_PFC_(\d)_(RX|TX)_(PKTS|PAUSE_DURATION_US)")
_IN_NAME: Final = re.compile(r"(?:^|_)(Ethernet\d+)(?:[_:](\d+))?_(?:SAI|PFC_WD)_")
_SWITCH: Final = ("switch", "source", "target", "target_name")
_INTERFACE: Final = ("interface_name", "interface_id", "interface", "name", "port")
_QUEUE: Final = ("queue_name", "queue", "queue_id")
_PRIORITY_GROUP: Final = ("priority_group", "pg", "queue")


def normalise(samples: Iterable[Sample]) -> Iterator[Sample]:
    """Canonical names, with switch, interface, queue and priority as labels."""
    for sample in samples:
        labels, more = dict(sample.labels), dict[str, str]()
        name = _openconfig(sample.name)
        if match := _SAI_NAME.search(sample.name):
            name, more = _sai(match[1])
        if name is None or (value := _value(name, labels, sample.value)) is None:
            continue
        key = _place(sample.name, labels, name) | more
        yield Sample(name, frozenset(key.items()), value, sample.at_ms)


def _openconfig(name: str) -> str | None:
    """By whole parts of the path: a subinterface counts the same packets as its interface."""
    path = f"_{name}"
    ends = (canonical for end, canonical in _OPENCONFIG.items() if path.endswith(f"_{end}"))
    return next(ends, None)


def _value(name: str, labels: Mapping[str, str], value: float) -> float | None:
    """Of a text, which gnmic gives as a label, while the value is always 1; such a label is also
    on each counter that comes in the same message. A link that goes down and comes back makes two
    carrier transitions.
    """
    if name == "link_downs":
        return value // 2
    if name == "rate_bytes_s":
        speed = _SPEED.search(labels.get("port_speed", ""))
        return float(speed[1]) * _GIGABIT if speed else None
    if name == "is_up" and (status := labels.get("oper_status")):
        return float(status == "UP")
    return value


def _sai(counter: str) -> tuple[str | None, dict[str, str]]:
    if match := _PFC.fullmatch(counter):
        end = "_us" if match[3].endswith("US") else ""
        return f"pause_{match[2].lower()}{end}", {"priority": match[1]}
    return _SAI.get(counter), {}


def _place(name: str, labels: Mapping[str, str], canonical: str) -> dict[str, str]:
    """Where it is measured; SONiC's paths have the interface in the name."""
    switch = _first(labels, _SWITCH).rpartition(":")[0] or _first(labels, _SWITCH)
    interface = _first(labels, _INTERFACE)
    if not interface and (match := _IN_NAME.search(name)):
        interface = match[1]
        labels = {**labels, **({"queue": match[2]} if match[2] else {})}
    place = {"switch": switch, "interface": interface}
    if canonical.startswith("queue_"):
        place["queue"] = _first(labels, _QUEUE)
    elif canonical.startswith("buffer_"):
        place["priority"] = _first(labels, _PRIORITY_GROUP)
    return place


def _first(labels: Mapping[str, str], names: tuple[str, ...]) -> str:
    return next((labels[name] for name in names if labels.get(name)), "")


def _is_wanted(name: str) -> bool:
    return _SAI_NAME.search(name) is not None or _openconfig(name) is not None


SOURCE = page(
    _is_wanted,
    (
        *switches.interfaces(*_BY),
        *switches.queues(*_BY, "queue"),
        *switches.buffers(*_BY, "priority"),
    ),
    normalise,
)
