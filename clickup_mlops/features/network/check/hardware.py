"""Texts of a host's archive -> what its RDMA ports are: link, address, PCIe, NUMA, leaf. Pure.

Formats: sysfs-class-infiniband and sysfs-bus-pci of the Linux kernel's ABI documentation; keys of
`lldpctl -f keyvalue`.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from clickup_mlops.features.network.check.model import Hardware

_GPU_VENDORS: Final = frozenset({"0x10de", "0x1002", "0x1da3"})
"""PCI ids of NVIDIA, AMD and Habana; servers have a display controller of others, too."""
_NVIDIA: Final = "0x10de"
_PEER_MEMORY: Final = frozenset({"nvidia_peermem", "nv_peer_mem"})
_IPV4_MAPPED: Final = "0000:0000:0000:0000:0000:ffff:"
_CHASSIS: Final = re.compile(r"\.chassis\.name=(\S+)")
_COUNTER: Final = re.compile(r"/(?P<name>\w+):(?P<value>\d+)$", re.MULTILINE)
_ERRORS: Final = frozenset(
    {
        "link_downed",
        "link_error_recovery",
        "local_link_integrity_errors",
        "port_rcv_errors",
        "rx_icrc_encapsulated",
        "symbol_error",
    }
)
"""Counters that a healthy cable never raises."""


def read_hardware(texts: Mapping[str, str], device: str, netdev: str) -> Hardware:
    """Of a device and its network device."""
    below = f"rdma/{device}/"

    def text(name: str) -> str:
        return texts.get(f"{below}{name}", "").strip()

    leaf = _CHASSIS.search(texts.get(f"net/{netdev}/lldp", ""))
    return Hardware(
        board=text("board"),
        firmware=text("firmware"),
        state=text("state").rpartition(": ")[2],
        rate=text("rate"),
        gid_index=_find_gid(texts, f"{below}gids/"),
        pcie=_read_pcie(texts, below),
        numa=_read_node(text("numa")),
        gpu_numas=frozenset(_gpu_nodes(texts)),
        has_peer_memory=_has_peer_memory(texts),
        leaf=leaf[1] if leaf else "",
        bond=texts.get(f"net/{netdev}/bond", "").strip(),
        is_virtual=bool(text("virtual")),
        is_infiniband=text("link_layer") == "InfiniBand",
        rising=_find_rising(text("counters_first"), text("counters_last")),
    )


def _find_gid(texts: Mapping[str, str], below: str) -> int | None:
    """Indices are those that NCCL_IB_GID_INDEX takes."""
    entries = {path.removeprefix(below): text for path, text in texts.items() if below in path}
    numbers = sorted(int(name) for name in entries if name.isdecimal())
    routable = (
        number
        for number in numbers
        if entries[str(number)].startswith(_IPV4_MAPPED) and "RoCE v2" in entries[str(number)]
    )
    return next(routable, -1) if numbers else None


def _read_pcie(texts: Mapping[str, str], below: str) -> tuple[str, str] | None:
    slot = [
        " x".join(
            texts.get(f"{below}{when}_link_{part}", "").strip() for part in ("speed", "width")
        )
        for when in ("current", "max")
    ]
    return (slot[0], slot[1]) if all(not part.startswith(" x") for part in slot) else None


def _read_node(text: str) -> int | None:
    """The kernel writes -1 where the firmware says nothing."""
    return int(text) if text.isdecimal() else None


def _gpu_nodes(texts: Mapping[str, str]) -> Iterator[int]:
    for path, vendor in texts.items():
        if path.startswith("gpu/") and path.endswith("/vendor") and vendor.strip() in _GPU_VENDORS:
            node = _read_node(texts.get(f"{path.removesuffix('vendor')}numa", "").strip())
            if node is not None:
                yield node


def _has_peer_memory(texts: Mapping[str, str]) -> bool | None:
    vendors = {text.strip() for path, text in texts.items() if path.endswith("/vendor")}
    if _NVIDIA not in vendors or "machine/modules" not in texts:
        return None
    modules = {line.partition(" ")[0] for line in texts["machine/modules"].splitlines()}
    return bool(modules & _PEER_MEMORY)


def _find_rising(first: str, last: str) -> tuple[str, ...] | None:
    if not first or not last:
        return None
    before, after = (
        {match["name"]: int(match["value"]) for match in _COUNTER.finditer(text)}
        for text in (first, last)
    )
    return tuple(sorted(name for name in _ERRORS if after.get(name, 0) > before.get(name, 0)))
