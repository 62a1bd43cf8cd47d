"""NVIDIA's UFM Telemetry: ports of all hosts and switches of an InfiniBand fabric.

The Grafana plugin of UFM serves `/labels/enterprise` at port 8982, with names. It reads Telemetry's
own port 9001, whose `/metrics` has GUIDs alone: each node is a switch called by its GUID. Counters
of data are bytes in UFM Enterprise. Source: UFM Enterprise User Manual, High-Frequency (Primary)
Telemetry Fields; github.com/Mellanox/ufm_sdk_3.0, `ufm_telemetry_grafana_plugin` (labels, ports).
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any, Final, Literal

from clickup_mlops.features.metrics.derive.defined import defined
from clickup_mlops.features.metrics.derive.formulas import (
    Measure,
    gauge,
    increase,
    rate,
    ratio,
)
from clickup_mlops.features.metrics.read.scraped import page
from clickup_mlops.features.metrics.read.settings import PageTable
from clickup_mlops.features.metrics.scrape import Sample, Scrape
from clickup_mlops.features.metrics.source import Reader, Source

_PPM: Final = 1e6
_NAMES: Final[Mapping[str, str]] = {
    "PortXmitDataExtended": "tx_bytes",
    "PortRcvDataExtended": "rx_bytes",
    "PortXmitPktsExtended": "tx_packets",
    "PortRcvPktsExtended": "rx_packets",
    "PortXmitDiscardsExtended": "tx_drops",
    "PortRcvErrorsExtended": "rx_errors",
    "LinkDownedCounterExtended": "link_downs",
    "SymbolErrorCounterExtended": "symbol_errors",
    "Normalized_MBOut": "sent_pct",
    "Normalized_CBW": "waits_pct",
}
"""Canonical names. The last two are per cent of what the link carries: what it sends, and what it
could not send for want of credits: links of InfiniBand wait so in normal operation, and it is no
pause by PFC.
"""
_PREFIX: Final = "infiniband_"
_DATA: Final = frozenset(("tx_bytes", "rx_bytes"))
_HOST: Final = ("host", "device", "port")
_SWITCH: Final = ("switch", "interface")


class Settings(PageTable):
    """`[metrics.sources.<name>]` with `kind = "ufm"`."""

    data_unit: Literal["bytes", "words"] = "bytes"
    """What its counters of data count. A UFM Telemetry without UFM Enterprise may count words of 4
    bytes, as ports do: compare `sent_bytes_s` with what a host counts."""


def normalise(samples: Iterable[Sample], data_unit_bytes: int) -> Iterator[Sample]:
    """Canonical names, with `host`, `device` and `port`, or `switch` and `interface`."""
    for sample in samples:
        if name := _canonical(sample.name):
            factor = data_unit_bytes if name in _DATA else 1
            key = frozenset(_place(dict(sample.labels)).items())
            yield Sample(name, key, factor * sample.value, sample.at_ms)


def _canonical(name: str) -> str | None:
    is_prefixed = name.casefold().startswith(_PREFIX)
    return _NAMES.get(name[len(_PREFIX) :] if is_prefixed else name)


def _place(labels: Mapping[str, str]) -> dict[str, str]:
    """`port_id` is GUID and number; a host's description is its name and that of the device."""
    guid, _, number = labels.get("port_id", "").rpartition("_")
    number = number or labels.get("port_num", "")
    if host := labels.get("hostname"):
        device = labels.get("node_desc", "").removeprefix(host).strip()
        return {"host": host, "device": device or guid, "port": number}
    switch = labels.get("device_name") or labels.get("node_guid", "")
    return {"switch": switch, "interface": number}


def _measures(prefix: str, *by: str) -> Iterator[Measure]:
    """Of ports of hosts, or with `switch_` before their names of switches."""
    yield defined(f"{prefix}sent_bytes_s", rate("tx_bytes"), *by)
    yield defined(f"{prefix}received_bytes_s", rate("rx_bytes"), *by)
    yield defined(f"{prefix}sent_utilisation_pct", gauge("sent_pct", of=max), *by)
    yield defined(f"{prefix}credit_wait_pct", gauge("waits_pct", of=max), *by)
    yield defined(f"{prefix}links_down", increase("link_downs"), *by)


_drops, _errors = (
    ratio(increase(part), increase(packets), factor=_PPM)
    for part, packets in (("tx_drops", "tx_packets"), ("rx_errors", "rx_packets"))
)
MEASURES: Final = (
    *_measures("", *_HOST),
    defined("send_loss_ppm", _drops, *_HOST),
    *_measures("switch_", *_SWITCH),
    defined("switch_sent_drops_ppm", _drops, *_SWITCH),
    defined("switch_received_errors_ppm", _errors, *_SWITCH),
    defined("switch_post_fec_errors_per_s", rate("symbol_errors"), *_SWITCH),
)
_PAGES: Final[Mapping[str, Source[Any]]] = {
    unit: page(
        lambda name: _canonical(name) is not None,
        MEASURES,
        partial(normalise, data_unit_bytes=unit_bytes),
        Settings,
    )
    for unit, unit_bytes in (("bytes", 1), ("words", 4))
}


def collect(settings: Settings, reader: Reader, now_ms: int) -> Scrape:
    """The page, or those of several UFMs."""
    return _PAGES[settings.data_unit].collect(settings, reader, now_ms)


SOURCE = Source(Settings, collect, MEASURES)
