"""Rails: the ports of the same place on all hosts go to one leaf, and each rail to its own. Pure.

The place of a port is its rank among the host's devices, as NCCL counts them.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from clickup_mlops.features.network.check.model import Machine, PortSettings, Row

_LEAST: Final = 3
"""Hosts; fewer show no majority."""
_SETTING: Final = "leaf of the rail"


def check_rails(machines: Sequence[Machine]) -> Iterator[Row]:
    """A row for each port on another leaf than its rail, and for each leaf of several rails.

    Nothing of hosts with a single port, or with bonds, which belong to two leaves on purpose.
    """
    hosts = [(machine.name, _rails(machine)) for machine in machines if machine.kind == "host"]
    hosts = [(name, ports) for name, ports in hosts if len(ports) > 1]
    count = min((len(ports) for _, ports in hosts), default=0)
    if len(hosts) < _LEAST:
        return
    usual = [_find_leaf([ports[rail] for _, ports in hosts]) for rail in range(count)]
    for rail, leaf in enumerate(usual):
        if not leaf:
            actual = "LLDP names no switch" if not _has_leaf(hosts, rail) else "several switches"
            yield Row("all hosts", f"rail {rail}", _SETTING, "the same on all", actual, "unknown")
            continue
        yield from _check_rail(hosts, rail, leaf)
    yield from _check_shared(usual)


def _rails(machine: Machine) -> list[PortSettings]:
    ports = [p for p in machine.roce_ports if not p.hardware.bond and not p.hardware.is_virtual]
    return sorted(ports, key=lambda port: (len(port.device), port.device))


def _find_leaf(ports: Sequence[PortSettings]) -> str:
    """The leaf of more than half of them; empty: there is none."""
    leaves = Counter(port.hardware.leaf for port in ports)
    leaf, count = leaves.most_common(1)[0]
    return leaf if 2 * count > len(ports) else ""


def _has_leaf(hosts: Sequence[tuple[str, list[PortSettings]]], rail: int) -> bool:
    return any(ports[rail].hardware.leaf for _, ports in hosts)


def _check_rail(
    hosts: Sequence[tuple[str, list[PortSettings]]], rail: int, leaf: str
) -> Iterator[Row]:
    for name, ports in hosts:
        port = ports[rail]
        actual, where = port.hardware.leaf, f"{port.name} ({port.device})"
        if not actual:
            yield Row(name, where, _SETTING, leaf, "LLDP names no switch", "unknown")
        elif actual == leaf:
            yield Row(name, where, _SETTING, leaf, actual, "pass")
        else:
            fix = f"move its cable to {leaf}"
            yield Row(name, where, _SETTING, f"{leaf}, as rail {rail} of most", actual, "fix", fix)


def _check_shared(usual: Sequence[str]) -> Iterator[Row]:
    rails: dict[str, list[int]] = {}
    for rail, leaf in enumerate(usual):
        if leaf:
            rails.setdefault(leaf, []).append(rail)
    if len(rails) < 2:
        return  # one leaf for all is another design
    for leaf, numbers in rails.items():
        if len(numbers) > 1:
            listed = ", ".join(map(str, numbers))
            fix = f"give rails {listed} a leaf each, or plan without rails"
            yield Row(leaf, "", "rails on a leaf", "one", f"rails {listed}", "fix", fix)
