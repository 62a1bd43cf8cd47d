"""Settings of hosts against each other: what most have, and who differs. Pure.

Without a profile this is all that can be said; with one, it finds a profile that half follow.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final

from clickup_mlops.features.network.check.model import Machine, PortSettings, Row

_Reader = Callable[[PortSettings], str | None]
_MOST: Final = 0.5
"""A value counts as usual if more than this share of the ports has it."""
_LEAST: Final = 3
"""Fewer ports show no majority."""


def _priorities(port: PortSettings) -> str | None:
    if port.priorities is None:
        return None
    return ", ".join(f"{dscp}: {priority}" for dscp, priority in sorted(port.priorities.items()))


def _lossless(port: PortSettings) -> str | None:
    return None if port.lossless is None else ", ".join(map(str, sorted(port.lossless))) or "none"


def _flags(flags: Iterable[tuple[int, bool]]) -> str | None:
    return ", ".join(str(priority) for priority, is_on in sorted(flags) if is_on) or None


_SETTINGS: Final[dict[str, _Reader]] = {
    "MTU": lambda port: None if port.mtu is None else str(port.mtu),
    "trust": lambda port: port.trust,
    "PFC priorities": _lossless,
    "priority by DSCP": _priorities,
    "RDMA traffic class": lambda port: (
        None if port.traffic_class is None else str(port.traffic_class)
    ),
    "ECN reaction priorities": lambda port: _flags(port.reacts.items()),
    "CNP DSCP": lambda port: None if port.cnp_dscp is None else str(port.cnp_dscp),
    "link rate": lambda port: port.hardware.rate or None,
    "index of the RoCEv2 address": lambda port: (
        None if port.hardware.gid_index is None else str(port.hardware.gid_index)
    ),
}
"""What must be the same on all hosts of a fabric; None: not known."""


def compare_hosts(machines: Iterable[Machine]) -> list[Row]:
    """A row for each port that differs from most, and one for each setting that is not known or
    has no majority. Hosts are those of one fabric.
    """
    hosts = [machine for machine in machines if machine.kind == "host"]
    roce = [(host.name, port) for host in hosts for port in host.roce_ports]
    rows = [row for name, read in _SETTINGS.items() for row in _compare(name, roce, read)]
    return [*rows, *_compare_firmware([(host.name, port) for host in hosts for port in host.ports])]


def _compare_firmware(ports: Sequence[tuple[str, PortSettings]]) -> Iterator[Row]:
    """Of the boards of each kind: another kind has another firmware."""
    for board in sorted({port.hardware.board for _, port in ports}):
        alike = [(machine, port) for machine, port in ports if port.hardware.board == board]
        setting = f"firmware of {board}" if board else "firmware"
        yield from _compare(setting, alike, lambda port: port.hardware.firmware or None)


def _compare(
    setting: str, ports: Sequence[tuple[str, PortSettings]], read: _Reader
) -> Iterator[Row]:
    values = [(machine, port.name, read(port)) for machine, port in ports]
    counts = Counter(value for _, _, value in values if value is not None)
    if len(values) < _LEAST:
        return
    usual, count = counts.most_common(1)[0] if counts else ("", 0)
    if count <= _MOST * len(values):
        actual = f"{len(counts)} different values" if counts else "not read"
        yield Row("all hosts", "", setting, "the same on all", actual, "unknown")
        return
    for machine, port, value in values:
        if value is None:
            yield Row(machine, port, setting, usual, "not read", "unknown")
        elif value != usual:
            yield Row(machine, port, setting, f"{usual}, as most", value, "fix")
