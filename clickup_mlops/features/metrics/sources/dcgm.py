"""NVIDIA's dcgm-exporter, names of its shipped list and of DCGM's of 2026, per GPU."""

from collections.abc import Iterable, Iterator
from functools import partial
from typing import Final

from clickup_mlops.features.metrics.derive.formulas import (
    Measure,
    gauge,
    increase,
    rate,
    ratio,
    total,
)
from clickup_mlops.features.metrics.read.exposition import prefixes
from clickup_mlops.features.metrics.read.scraped import page
from clickup_mlops.features.metrics.scrape import Labels, Sample, Window

_GPU: Final = ("hostname", "gpu")
_BLANKS: Final = (140_737_488_355_328.0, 9_223_372_036_854_775_792.0)
"""From these on DCGM says why there is no value: not found, not supported, not permitted
(`dcgm_structs.h`)."""
_SHIPPED: Final = {
    "DCGM_FI_DEV_GPU_UTIL_RATIO": "DCGM_FI_DEV_GPU_UTIL",
    "DCGM_FI_DEV_GPU_TEMP_CELSIUS": "DCGM_FI_DEV_GPU_TEMP",
    "DCGM_FI_DEV_BOARD_POWER_WATTS": "DCGM_FI_DEV_POWER_USAGE",
    "DCGM_FI_DEV_XID_ERROR": "DCGM_FI_DEV_XID_ERRORS",
    "DCGM_FI_DEV_PCIE_REPLAY_TOTAL": "DCGM_FI_DEV_PCIE_REPLAY_COUNTER",
    "DCGM_FI_DEV_NVLINK_THROUGHPUT_TOTAL": "DCGM_FI_DEV_NVLINK_BANDWIDTH_TOTAL",
    "DCGM_FI_PROF_GR_ENGINE_UTIL_RATIO": "DCGM_FI_PROF_GR_ENGINE_ACTIVE",
    "DCGM_FI_PROF_TENSOR_UTIL_RATIO": "DCGM_FI_PROF_PIPE_TENSOR_ACTIVE",
    "DCGM_FI_PROF_DRAM_UTIL_RATIO": "DCGM_FI_PROF_DRAM_ACTIVE",
    "DCGM_FI_PROF_SM_UTIL_RATIO": "DCGM_FI_PROF_SM_ACTIVE",
}
_MEMORY_ERRORS: Final = (
    "DCGM_FI_DEV_ECC_DBE_VOL_TOTAL",
    "DCGM_FI_DEV_ECC_DBE_AGG_TOTAL",
    "DCGM_FI_DEV_UNCORRECTABLE_REMAPPED_ROWS",
)
_OF_BOARD: Final = frozenset(
    [
        "DCGM_FI_DEV_POWER_USAGE",
        "DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION",
        "DCGM_FI_DEV_PCIE_REPLAY_COUNTER",
        "DCGM_FI_DEV_NVLINK_BANDWIDTH_TOTAL",
        *_MEMORY_ERRORS,
    ]
)
"""What instances of one GPU all show of the whole board: it counts once."""
_measure = partial(Measure, by=_GPU)
_used, _free, _reserved = (gauge(f"DCGM_FI_DEV_FB_{part}") for part in ("USED", "FREE", "RESERVED"))


def _memory(window: Window) -> float | None:
    """All of it; unknown without that or what is free. Older exporters lack what is reserved."""
    if _free(window) is None:
        return gauge("DCGM_FI_DEV_FB_TOTAL")(window)
    return total(_used, _free, _reserved)(window)


def normalise(samples: Iterable[Sample]) -> Iterator[Sample]:
    """Shipped names, the label `hostname` in small letters (empty without one), and no blanks."""
    boards: dict[tuple[str, Labels], Sample] = {}
    for sample in samples:
        if _blank(sample.value):
            continue
        labels = dict(sample.labels)
        labels["hostname"] = labels.pop("Hostname", labels.get("hostname", ""))
        name = _SHIPPED.get(sample.name, sample.name)
        if name not in _OF_BOARD:
            yield Sample(name, frozenset(labels.items()), sample.value, sample.at_ms)
            continue
        key = frozenset((label, labels.get(label, "")) for label in _GPU)
        board = boards.get((name, key))
        if board is None or sample.value > board.value:
            boards[name, key] = Sample(name, key, sample.value, sample.at_ms)
    yield from boards.values()


def _blank(value: float) -> bool:
    return any(0 <= value - blank < 16 for blank in _BLANKS)


SOURCE = page(
    prefixes("DCGM_FI_", "DCGM_EXP_XID_ERRORS_COUNT"),
    (
        _measure(
            "gpu_utilisation_pct",
            "%",
            "Time in which some kernel ran; says little of efficiency.",
            gauge("DCGM_FI_DEV_GPU_UTIL", of=max),
        ),
        _measure(
            "tensor_active_pct",
            "%",
            "Cycles in which tensor cores worked.",
            gauge("DCGM_FI_PROF_PIPE_TENSOR_ACTIVE", of=max, factor=100),
        ),
        _measure(
            "sm_active_pct",
            "%",
            "Cycles in which multiprocessors worked.",
            gauge("DCGM_FI_PROF_SM_ACTIVE", of=max, factor=100),
        ),
        _measure(
            "memory_active_pct",
            "%",
            "Cycles in which memory was read or written.",
            gauge("DCGM_FI_PROF_DRAM_ACTIVE", of=max, factor=100),
        ),
        _measure(
            "gpu_memory_pct",
            "%",
            "Of the GPU's memory.",
            ratio(_used, _memory, factor=100),
        ),
        _measure("gpu_temperature_c", "°C", "Now.", gauge("DCGM_FI_DEV_GPU_TEMP", of=max)),
        _measure("gpu_power_w", "W", "Now.", gauge("DCGM_FI_DEV_POWER_USAGE", of=max)),
        _measure(
            "gpu_energy_w",
            "W",
            "Mean power, from the energy used.",
            rate("DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION", factor=1 / 1000),
        ),
        _measure(
            "xid", "code", "The last XID error; 0: none.", gauge("DCGM_FI_DEV_XID_ERRORS", of=max)
        ),
        _measure(
            "xid_errors",
            "events",
            "Within the exporter's own window; it counts anew.",
            gauge("DCGM_EXP_XID_ERRORS_COUNT"),
        ),
        _measure(
            "nvlink_bytes_s",
            "bytes/s",
            "Both directions.",
            total(gauge("DCGM_FI_PROF_NVLINK_TX_BYTES"), gauge("DCGM_FI_PROF_NVLINK_RX_BYTES")),
        ),
        _measure(
            "memory_errors",
            "events",
            "Memory errors that were not corrected.",
            increase(*_MEMORY_ERRORS),
        ),
        _measure(
            "pcie_replays", "events", "PCIe retries.", increase("DCGM_FI_DEV_PCIE_REPLAY_COUNTER")
        ),
        _measure(
            "pcie_bytes_s",
            "bytes/s",
            "Both directions.",
            total(gauge("DCGM_FI_PROF_PCIE_TX_BYTES"), gauge("DCGM_FI_PROF_PCIE_RX_BYTES")),
        ),
    ),
    normalise,
)
