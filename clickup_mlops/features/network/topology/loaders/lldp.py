"""LLDP: JSON of `lldpcli -f json show neighbors`, run on hosts or switches.

Whose neighbours they are, the file's name or `host` says. Both of its formats, `json` and `json0`,
are read: with one neighbour or value, `json` leaves out the list around it.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from clickup_mlops.features.network.topology.loader import TopologyError, as_list, parse_json
from clickup_mlops.features.network.topology.model import Link, Switch, Topology

_ADDRESS: Final = "mac"
_SWITCHING: Final = ("Bridge", "Router")


def load(text: str, name: str) -> Topology:
    """Cables, and neighbours that are switches.

    Raises:
        TopologyError: it is something else, or nothing says whose neighbours they are.
    """
    document = parse_json(text)
    if not isinstance(document, dict) or "lldp" not in document:
        hint = "Wanted: the output of `lldpcli -f json show neighbors`."
        raise TopologyError("no neighbours of LLDP", hint=hint)
    if not name:
        raise TopologyError("whose neighbours are they?", hint="Set `host`.")
    links, switches = list[Link](), list[Switch]()
    for lldp in as_list(document["lldp"]):
        for interface, neighbour in _interfaces(lldp.get("interface")):
            chassis, port = _first(neighbour.get("chassis")), _first(neighbour.get("port"))
            peer, entry = _name_of(chassis)
            if peer and (peer_port := _port_name(port)):
                links.append(Link(name, interface, peer, peer_port))
            if peer and _is_switch(entry):
                switches.append(Switch(peer, address=_text(entry.get("mgmt-ip"))))
    return Topology(links=tuple(links), switches=tuple(dict.fromkeys(switches)))


def _interfaces(entries: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """`{"eth0": {…}}` each, or in `json0` `{"name": "eth0", …}`."""
    for entry in as_list(entries):
        if isinstance(entry.get("name"), str):
            yield entry["name"], entry
        else:
            yield from entry.items()


def _name_of(chassis: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    """`{"leaf1": {…}}`, or with `name` beside the rest; empty: it sends no name."""
    if "name" in chassis or "id" in chassis:
        return _text(chassis.get("name")), chassis
    return next(iter(chassis.items()), ("", {}))


def _port_name(port: Mapping[str, Any]) -> str:
    """Its id, or if that is an address its description."""
    name, description = _text(port.get("id")), _text(port.get("descr"))
    is_address = _first(port.get("id")).get("type") == _ADDRESS
    return description or name if is_address else name or description


def _is_switch(chassis: Mapping[str, Any]) -> bool:
    capabilities = as_list(chassis.get("capability"))
    return any(
        capability.get("type") in _SWITCHING and capability.get("enabled")
        for capability in capabilities
    )


def _first(value: Any) -> Mapping[str, Any]:
    """Of one or a list of them; a text has no parts."""
    entries = as_list(value)
    return entries[0] if entries and isinstance(entries[0], dict) else {}


def _text(value: Any) -> str:
    """Of `"x"`, `{"value": "x"}` or a list of them."""
    entry = as_list(value)[:1]
    plain = entry[0] if entry else ""
    return str(plain.get("value", "")) if isinstance(plain, dict) else str(plain)


LOADER: Final = load
