"""vinted/sonic-exporter, port 9101: interfaces and queues of a switch that runs SONiC.

It has neither marked packets nor PFC by priority: those come with `gnmi`.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from clickup_mlops.features.metrics.read.exposition import prefixes
from clickup_mlops.features.metrics.read.scraped import page
from clickup_mlops.features.metrics.scrape import Sample
from clickup_mlops.features.network.derive import switches
from clickup_mlops.features.network.metric_sources._switch_table import SwitchTable

_BY: Final = ("device", "interface")
_NAMES: Final[Mapping[str, str]] = {
    "interface_operational_status": "is_up",
    "interface_speed_bytes": "rate_bytes_s",
    "interface_transmit_bytes": "tx_bytes",
    "interface_receive_bytes": "rx_bytes",
    "interface_transmit_packets": "tx_packets",
    "interface_receive_packets": "rx_packets",
    "interface_optic_receive_power_dbm": "optic_rx_dbm",
    "interface_optic_transmit_power_dbm": "optic_tx_dbm",
    "interface_transceiver_temperature_celsius": "optic_c",
    "queue_bytes": "queue_bytes",
    "queue_packets": "queue_packets",
    "queue_dropped_packets": "queue_drops",
    "queue_watermark_bytes": "queue_peak_bytes",
}
_ERRORS: Final[Mapping[tuple[str, str], str]] = {
    ("receive", "error"): "rx_errors",
    ("receive", "discard"): "rx_drops",
    ("receive", "pause"): "pause_rx",
    ("transmit", "discard"): "tx_drops",
    ("transmit", "pause"): "pause_tx",
}
_NAME: Final = re.compile(r"sonic_(.+?)(_total)?")
_ERRS: Final = re.compile(r"interface_(receive|transmit)_errs")


def normalise(samples: Iterable[Sample]) -> Iterator[Sample]:
    """Canonical names, with the label `interface` beside the exporter's own."""
    for sample in samples:
        match = _NAME.fullmatch(sample.name)
        labels = dict(sample.labels)
        if match and (name := _canonical(match[1], labels.get("type", ""))):
            labels["interface"] = labels.get("device", "")
            yield Sample(name, frozenset(labels.items()), sample.value, sample.at_ms)


def _canonical(name: str, kind: str) -> str | None:
    if match := _ERRS.fullmatch(name):
        return _ERRORS.get((match[1], kind))
    return _NAMES.get(name)


SOURCE = page(
    prefixes("sonic_interface_", "sonic_queue_"),
    (*switches.interfaces(*_BY), *switches.queues(*_BY, "queue")),
    normalise,
    SwitchTable,
)
