"""NetBox: answers of its API or exports of them: devices, interfaces and cables.

One file for each, or `url` of `/api/dcim/interfaces/?limit=0` and the like. Source:
netboxlabs.com/docs, REST API (`dcim/devices`, `dcim/interfaces`, `dcim/cables`).
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from clickup_mlops.features.network.topology.loader import TopologyError, as_list, parse_json
from clickup_mlops.features.network.topology.merge import is_switch_port
from clickup_mlops.features.network.topology.model import (
    Host,
    HostPort,
    Link,
    Role,
    Switch,
    SwitchPort,
    Topology,
)

_TIERS: Final = ("super_spine", "spine", "leaf", "tor", "core")
_ROLES: Final[Mapping[str, Role]] = {
    "back_end": "back_end",
    "backend": "back_end",
    "compute": "back_end",
    "front_end": "front_end",
    "frontend": "front_end",
    "storage": "storage",
    "management": "management",
    "mgmt": "management",
    "oob": "management",
}
"""By a tag of an interface."""
_KILOBIT: Final = 1_000_000
"""Of a gigabit."""


def load(text: str, name: str) -> Topology:
    """Whatever of it is there. Devices whose role names a tier are switches, others are hosts.

    Raises:
        TopologyError: it is none of these lists.
    """
    document = parse_json(text)
    results = document.get("results") if isinstance(document, dict) else document
    if not isinstance(results, list):
        raise TopologyError("no list of NetBox: it has no results")
    links, hosts, switches = list[Link](), list[Host](), list[Switch]()
    ports, switch_ports = list[HostPort](), list[SwitchPort]()
    for entry in results:
        if "a_terminations" in entry:
            links += _cable(entry)
        elif "device_type" in entry:
            device = _device(entry)
            (switches if isinstance(device, Switch) else hosts).append(device)  # type: ignore[arg-type]
        elif "device" in entry:
            links += _connected(entry)
            _add_interface(entry, ports, switch_ports)
    return Topology(
        tuple(hosts), tuple(ports), (), tuple(switches), tuple(switch_ports), links=tuple(links)
    )


def _device(entry: Mapping[str, Any]) -> Host | Switch:
    slug = _slug(entry.get("role") or entry.get("device_role"))
    tier = next((tier for tier in _TIERS if tier in slug), "")
    pod = _name(entry.get("location")) or _name(entry.get("site"))
    address = str((entry.get("primary_ip") or {}).get("address", "")).partition("/")[0]
    if tier or "switch" in slug:
        return Switch(entry["name"], tier, pod, address)
    return Host(entry["name"], pod, _name(entry.get("rack")))


def _add_interface(
    entry: Mapping[str, Any], ports: list[HostPort], switch_ports: list[SwitchPort]
) -> None:
    device, interface, speed = entry["device"]["name"], entry["name"], entry.get("speed")
    gbit_s = speed / _KILOBIT if speed else None
    is_up = None if entry.get("enabled", True) else False
    if is_switch_port(interface):
        switch_ports.append(SwitchPort(device, interface, gbit_s=gbit_s, is_up=is_up))
        return
    has_cable = bool(entry.get("cable") or entry.get("mark_connected"))
    mac = str(entry.get("mac_address") or "")
    ports.append(
        HostPort(
            device,
            interface,
            role=_role(entry),
            gbit_s=gbit_s,
            is_up=is_up,
            is_cabled=has_cable if "cable" in entry else None,
            mac=mac,
        )
    )


def _role(entry: Mapping[str, Any]) -> Role:
    if entry.get("mgmt_only"):
        return "management"
    tags = (_slug(tag) for tag in as_list(entry.get("tags")))
    return next((_ROLES[tag] for tag in tags if tag in _ROLES), "")


def _connected(entry: Mapping[str, Any]) -> Iterator[Link]:
    for far in as_list(entry.get("connected_endpoints")):
        if isinstance(far.get("device"), dict):
            yield Link(entry["device"]["name"], entry["name"], far["device"]["name"], far["name"])


def _cable(entry: Mapping[str, Any]) -> Iterator[Link]:
    near, far = (as_list(entry.get(f"{side}_terminations")) for side in "ab")
    for one_end, other_end in zip(near, far, strict=False):
        a, b = one_end.get("object", {}), other_end.get("object", {})
        if isinstance(a.get("device"), dict) and isinstance(b.get("device"), dict):
            yield Link(a["device"]["name"], a["name"], b["device"]["name"], b["name"])


def _slug(value: Any) -> str:
    return str((value or {}).get("slug", "")).replace("-", "_") if isinstance(value, dict) else ""


def _name(value: Any) -> str:
    return str(value.get("name", "")) if isinstance(value, dict) else ""


LOADER: Final = load
