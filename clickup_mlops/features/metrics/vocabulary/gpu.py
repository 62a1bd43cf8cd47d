"""GPUs and other accelerators, whoever made them."""

from typing import Final

from clickup_mlops.features.metrics.quantity import Quantity

QUANTITIES: Final = (
    Quantity(
        "gpu_utilisation_pct",
        "%",
        "gpu",
        "Time in which some kernel ran; says little of efficiency.",
    ),
    Quantity("tensor_active_pct", "%", "gpu", "Cycles in which matrix units worked."),
    Quantity("sm_active_pct", "%", "gpu", "Cycles in which multiprocessors worked."),
    Quantity("memory_active_pct", "%", "gpu", "Cycles in which memory was read or written."),
    Quantity("mfu_pct", "%", "job", "Model FLOPs over those that the accelerators could do."),
    Quantity("gpu_memory_pct", "%", "gpu", "Used part of the memory."),
    Quantity("gpu_temperature_c", "°C", "gpu", "Temperature now."),
    Quantity("gpu_power_w", "W", "gpu", "Power now."),
    Quantity("gpu_energy_w", "W", "gpu", "Mean power, from the energy used."),
    Quantity("xid", "code", "gpu", "The last XID error; 0: none."),
    Quantity("xid_errors", "events", "gpu", "XID errors within the window."),
    Quantity("memory_errors", "events", "gpu", "Memory errors that were not corrected."),
    Quantity("pcie_replays", "events", "gpu", "PCIe retries.", "both"),
    Quantity("pcie_bytes_s", "bytes/s", "gpu", "PCIe traffic.", "both"),
    Quantity("nvlink_bytes_s", "bytes/s", "gpu", "Traffic of links to other GPUs.", "both"),
    Quantity("throttled_pct", "%", "gpu", "Time in which clocks were held down."),
)
