"""Intel Gaudi's Prometheus metric exporter, port 41611, per accelerator.

Source: docs.habana.ai, Prometheus Metric Exporter; its labels since 2025 are `id`, `UUID`, and as
`device` the serial number.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from clickup_mlops.features.metrics.derive.defined import defined
from clickup_mlops.features.metrics.derive.formulas import gauge, increase, ratio
from clickup_mlops.features.metrics.read.exposition import prefixes
from clickup_mlops.features.metrics.read.scraped import page
from clickup_mlops.features.metrics.scrape import Sample

_NAMES: Final = ("device_id", "id", "device", "module_id", "index", "UUID", "uuid", "bus_id")
"""Labels that name the accelerator, the best first."""


def normalise(samples: Iterable[Sample]) -> Iterator[Sample]:
    """With the label `gpu`."""
    for sample in samples:
        labels = dict(sample.labels)
        gpu = next((labels[name] for name in _NAMES if labels.get(name)), "")
        yield replace(sample, labels=frozenset((labels | {"gpu": gpu}).items()))


SOURCE = page(
    prefixes("habanalabs_"),
    (
        defined("gpu_utilisation_pct", gauge("habanalabs_utilization", of=max), "gpu"),
        defined(
            "gpu_memory_pct",
            ratio(
                gauge("habanalabs_memory_used_bytes"),
                gauge("habanalabs_memory_total_bytes"),
                factor=100,
            ),
            "gpu",
        ),
        defined("gpu_temperature_c", gauge("habanalabs_temperature_onchip", of=max), "gpu"),
        defined("gpu_power_w", gauge("habanalabs_power_mW", of=max, factor=1 / 1000), "gpu"),
        defined("pcie_replays", increase("habanalabs_pcie_replay_count"), "gpu"),
        defined(
            "memory_errors",
            increase("habanalabs_pending_rows_with_double_bit_ecc_errors"),
            "gpu",
        ),
    ),
    normalise,
)
