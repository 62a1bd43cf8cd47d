"""Intel's XPU Manager: `/metrics` of its exporter, per GPU.

Source: github.com/intel/xpumanager, `rest/prometheus_exporter`.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Final

from clickup_mlops.features.metrics.derive.defined import defined
from clickup_mlops.features.metrics.derive.formulas import gauge, increase, rate, total
from clickup_mlops.features.metrics.read.exposition import prefixes
from clickup_mlops.features.metrics.read.scraped import page
from clickup_mlops.features.metrics.scrape import Labels, Sample, Window

_GPU: Final = ("hostname", "gpu")
_TILE: Final = "sub_dev"
_OTHERS: Final = (_TILE, "location", "type")


def normalise(samples: Iterable[Sample]) -> Iterator[Sample]:
    """With `hostname` and `gpu`: what is said of a GPU and of its tiles counts once. What is said
    of a card of several GPUs is left out.
    """
    of_gpus = {sample: dict(sample.labels) for sample in samples}
    complete = {
        (sample.name, labels.get("pci_bdf"))
        for sample, labels in of_gpus.items()
        if _TILE not in labels
    }
    for sample, labels in of_gpus.items():
        if "pci_bdf" in labels and (
            _TILE not in labels or (sample.name, labels["pci_bdf"]) not in complete
        ):
            key: dict[str, str] = {name: labels[name] for name in _OTHERS if name in labels}
            key["hostname"] = labels.get("node", "")
            key["gpu"] = labels.get("dev_file") or labels["pci_bdf"]
            yield Sample(sample.name, frozenset(key.items()), sample.value, sample.at_ms)


def _sm_active_pct(window: Window) -> float | None:
    """Of the busiest tile: its units that run and those that wait are added for each tile."""
    by_tile: dict[Labels, float] = defaultdict(float)
    for name in ("xpum_eu_active_ratio", "xpum_eu_stall_ratio"):
        for key, value in window.values(name).items():
            if value >= 0:
                by_tile[key] += value
    return 100 * max(by_tile.values()) if by_tile else None


SOURCE = page(
    prefixes("xpum_"),
    (
        defined("gpu_utilisation_pct", gauge("xpum_engine_ratio", of=max, factor=100), *_GPU),
        defined("sm_active_pct", _sm_active_pct, *_GPU),
        defined(
            "memory_active_pct",
            gauge("xpum_memory_bandwidth_ratio", of=max, factor=100),
            *_GPU,
        ),
        defined("gpu_memory_pct", gauge("xpum_memory_ratio", of=max, factor=100), *_GPU),
        defined(
            "gpu_temperature_c",
            gauge("xpum_temperature_celsius", of=max, where={"location": "gpu"}),
            *_GPU,
        ),
        defined("gpu_power_w", gauge("xpum_power_watts"), *_GPU),
        defined("gpu_energy_w", rate("xpum_energy_joules_total"), *_GPU),
        defined(
            "memory_errors",
            increase("xpum_cache_errors_total", where={"type": "uncorrectable"}),
            *_GPU,
        ),
        defined(
            "pcie_bytes_s",
            total(rate("xpum_pcie_read_bytes_total"), rate("xpum_pcie_write_bytes_total")),
            *_GPU,
        ),
    ),
    normalise,
)
