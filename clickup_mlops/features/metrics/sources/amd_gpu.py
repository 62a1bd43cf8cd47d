"""AMD's device-metrics-exporter (ROCm), port 5000, per GPU; with or without its prefix `amd_`.

Source: github.com/ROCm/device-metrics-exporter, its list of metrics (`metricslist.md`).
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from clickup_mlops.features.metrics.derive.defined import defined
from clickup_mlops.features.metrics.derive.formulas import gauge, increase, most, rate, ratio
from clickup_mlops.features.metrics.read.exposition import prefixes
from clickup_mlops.features.metrics.read.scraped import page
from clickup_mlops.features.metrics.scrape import Sample

_GPU: Final = ("hostname", "gpu")
_BLANKS: Final = frozenset([65_535.0, 4_294_967_295.0, 1.8446744073709552e19])
"""All bits set: what the driver says where there is no value."""
_THROTTLED: Final = tuple(
    f"gpu_violation_{reason}_residency_percentage"
    for reason in (
        "ppt",
        "processor_hot",
        "socket_thermal",
        "vr_thermal",
        "hbm_thermal",
    )
)
_MEGABIT: Final = 125_000
"""Bytes."""


def normalise(samples: Iterable[Sample]) -> Iterator[Sample]:
    """Names without the prefix, `gpu_id` as `gpu`, and no blanks. Partitions of a GPU stay one."""
    for sample in samples:
        labels = dict(sample.labels)
        if sample.value not in _BLANKS and "gpu_id" in labels:
            key = {"hostname": labels.get("hostname", ""), "gpu": labels["gpu_id"]}
            key["gpu_partition_id"] = labels.get("gpu_partition_id", "")
            name = sample.name.removeprefix("amd_")
            yield replace(sample, name=name, labels=frozenset(key.items()))


SOURCE = page(
    prefixes("gpu_", "pcie_", "amd_gpu_", "amd_pcie_"),
    (
        defined("gpu_utilisation_pct", gauge("gpu_gfx_activity", of=max), *_GPU),
        defined("memory_active_pct", gauge("gpu_umc_activity", of=max), *_GPU),
        defined(
            "gpu_memory_pct",
            ratio(gauge("gpu_used_vram"), gauge("gpu_total_vram"), factor=100),
            *_GPU,
        ),
        defined(
            "gpu_temperature_c",
            gauge("gpu_junction_temperature", "gpu_edge_temperature", of=max),
            *_GPU,
        ),
        defined(
            "gpu_power_w",
            gauge("gpu_package_power", "gpu_average_package_power", "gpu_power_usage", of=max),
            *_GPU,
        ),
        defined("gpu_energy_w", rate("gpu_energy_consumed", factor=1 / 1e6), *_GPU),
        defined("memory_errors", increase("gpu_ecc_uncorrect_total"), *_GPU),
        defined("pcie_replays", increase("pcie_replay_count"), *_GPU),
        defined("pcie_bytes_s", gauge("pcie_bandwidth", of=max, factor=_MEGABIT), *_GPU),
        defined("throttled_pct", most(*(gauge(name, of=max) for name in _THROTTLED)), *_GPU),
    ),
    normalise,
)
