"""snmp_exporter with the module `if_mib`: interfaces of any switch.

One switch is one page, `/snmp?module=if_mib&target=<switch>`. For a fleet name the switches as
targets, and with `relabel` make `__param_target` of `__address__`, and the exporter's address of
that.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from clickup_mlops.features.metrics.read.scraped import page
from clickup_mlops.features.metrics.scrape import Sample
from clickup_mlops.features.network.derive import switches
from clickup_mlops.features.network.metric_sources._switch_table import SwitchTable

_MEGABIT: Final = 125_000
"""Bytes."""
_BIT: Final = 1 / 8
"""Bytes."""
_NAMES: Final[Mapping[str, tuple[str, float]]] = {
    "ifHCInOctets": ("rx_bytes", 1),
    "ifHCOutOctets": ("tx_bytes", 1),
    "ifHighSpeed": ("rate_bytes_s", _MEGABIT),
    "ifHCInUcastPkts": ("rx_packets", 1),
    "ifHCOutUcastPkts": ("tx_packets", 1),
    # These have 32 bits on every interface.
    "ifInDiscards": ("rx_drops_word", 1),
    "ifOutDiscards": ("tx_drops_word", 1),
    "ifInErrors": ("rx_errors_word", 1),
    # Where an interface has no counters of 64 bits.
    "ifInOctets": ("rx_bytes_word", 1),
    "ifOutOctets": ("tx_bytes_word", 1),
    "ifInUcastPkts": ("rx_packets_word", 1),
    "ifOutUcastPkts": ("tx_packets_word", 1),
    "ifSpeed": ("speed_bytes_s", _BIT),
}
"""Canonical names, and the factor to their unit (RFC 2863)."""
_UP: Final = 1
"""Of ifOperStatus."""
_UPTIME: Final = "sysUpTime"
_NO_SPEED: Final = frozenset([("ifHighSpeed", 0.0), ("ifSpeed", 0.0), ("ifSpeed", 2.0**32 - 1)])
"""None, or more than ifSpeed can say."""


def normalise(samples: Iterable[Sample]) -> Iterator[Sample]:
    """Canonical names; an interface is what `ifName` says, or else `ifDescr` or its number. Each
    gets the time for which the switch has been up.
    """
    of_switch = [*samples]
    uptime = next((sample.value for sample in of_switch if sample.name == _UPTIME), None)
    for sample in of_switch:
        labels = dict(sample.labels)
        interface = next(
            (labels[name] for name in ("ifName", "ifDescr", "ifIndex") if labels.get(name)), ""
        )
        key = frozenset({"interface": interface}.items())
        if sample.name == "ifOperStatus":
            yield Sample("is_up", key, float(sample.value == _UP), sample.at_ms)
            if uptime is not None:
                yield Sample("uptime", key, uptime, sample.at_ms)
        elif (sample.name, sample.value) in _NO_SPEED:
            continue
        elif entry := _NAMES.get(sample.name):
            yield Sample(entry[0], key, sample.value * entry[1], sample.at_ms)


SOURCE = page(
    lambda name: name in ("ifOperStatus", _UPTIME) or name in _NAMES,
    switches.interfaces("interface"),
    normalise,
    SwitchTable,
)
