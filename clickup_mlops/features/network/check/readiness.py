"""What a plan needs to know of each host port: link, address, PCIe, GPUs, errors. Pure.

Settings are a matter of a profile (`rules.py`); these are right or wrong for any fabric.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from shlex import quote
from typing import Final

from clickup_mlops.features.network.check.model import (
    Hardware,
    Machine,
    PortSettings,
    Row,
    State,
)


@dataclass(frozen=True, slots=True)
class _Question:
    """A line for each port that it `applies` to. `actual` None: unknown."""

    setting: str
    expected: Callable[[Hardware], str]
    actual: Callable[[Hardware], str | None]
    is_right: Callable[[Hardware], bool]
    command: Callable[[PortSettings], str]
    applies: Callable[[Hardware], bool] = lambda hardware: not hardware.is_virtual


def _format_nodes(hardware: Hardware) -> str:
    return " or ".join(map(str, sorted(hardware.gpu_numas)))


def _format_gid(hardware: Hardware) -> str | None:
    if hardware.gid_index is None:
        return None
    return f"index {hardware.gid_index}" if hardware.gid_index >= 0 else "none"


def _format_errors(hardware: Hardware) -> str | None:
    if hardware.rising is None:
        return None
    return ", ".join(hardware.rising) or "none"


_QUESTIONS: Final = (
    _Question(
        "link",
        lambda _hardware: "ACTIVE",
        lambda hardware: hardware.state or None,
        lambda hardware: hardware.state == "ACTIVE",
        lambda port: f"ip link set {quote(port.name)} up, else look at its cable and switch port",
    ),
    _Question(
        "RoCEv2 address",
        lambda _hardware: "one of an IPv4 address",
        _format_gid,
        lambda hardware: (hardware.gid_index or 0) >= 0,
        lambda port: f"ip address add <address>/<prefix> dev {quote(port.name)}",
        lambda hardware: not hardware.is_infiniband,
    ),
    _Question(
        "PCIe link",
        lambda hardware: hardware.pcie[1] if hardware.pcie else "the most it can",
        lambda hardware: hardware.pcie[0] if hardware.pcie else None,
        lambda hardware: hardware.pcie is None or hardware.pcie[0] == hardware.pcie[1],
        lambda _port: "put the card into a slot of its width, and look at the BIOS's link speed",
    ),
    _Question(
        "NUMA node",
        lambda hardware: f"{_format_nodes(hardware)}, as the GPUs",
        lambda hardware: None if hardware.numa is None else str(hardware.numa),
        lambda hardware: hardware.numa in hardware.gpu_numas,
        lambda _port: "move the card, or keep the port out of NCCL_IB_HCA",
        lambda hardware: bool(hardware.gpu_numas),
    ),
    _Question(
        "GPUDirect",
        lambda _hardware: "nvidia_peermem loaded, or DMA-BUF",
        lambda hardware: "nvidia_peermem" if hardware.has_peer_memory else None,
        lambda hardware: bool(hardware.has_peer_memory),
        lambda _port: "modprobe nvidia_peermem",
        lambda hardware: hardware.has_peer_memory is not None,
    ),
    _Question(
        "rising errors",
        lambda _hardware: "none",
        _format_errors,
        lambda hardware: not hardware.rising,
        lambda _port: "clean or replace the cable or optic, then read the counters again",
    ),
)
"""The kernel alone does not say whether DMA-BUF is used: without the module it is unknown."""


def check_hosts(machines: Iterable[Machine]) -> Iterator[Row]:
    """A row for each question about each port of each host."""
    for machine in machines:
        for port in machine.ports if machine.kind == "host" else ():
            yield from _check_port(machine.name, port)


def _check_port(machine: str, port: PortSettings) -> Iterator[Row]:
    hardware = port.hardware
    for question in _QUESTIONS:
        if not question.applies(hardware):
            continue
        actual = question.actual(hardware)
        state: State = "unknown"
        if actual is not None:
            state = "pass" if question.is_right(hardware) else "fix"
        yield Row(
            machine,
            f"{port.name} ({port.device})",
            question.setting,
            question.expected(hardware),
            actual or "unknown",
            state,
            question.command(port) if state == "fix" else "",
        )
