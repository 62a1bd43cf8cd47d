"""SONiC: a switch's `config_db.json`: its ports, neighbours, port channels and place.

Source: github.com/sonic-net/SONiC, wiki Configuration (DEVICE_METADATA, PORT, DEVICE_NEIGHBOR,
DEVICE_NEIGHBOR_METADATA, PORTCHANNEL_MEMBER).
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any, Final

from clickup_mlops.features.network.topology.loader import TopologyError, parse_json
from clickup_mlops.features.network.topology.model import (
    Switch,
    SwitchPort,
    Topology,
    UplinkGroup,
)

_TIERS: Final = (("tor", "tor"), ("leaf", "leaf"), ("spine", "spine"), ("core", "core"))
_MEGABIT: Final = 1_000
"""Of a gigabit."""


def load(text: str, name: str) -> Topology:
    """A switch with its ports. Port channels are groups of uplinks of kind `lag`.

    Raises:
        TopologyError: it is no configuration of SONiC.
    """
    tables = parse_json(text)
    if not isinstance(tables, dict) or "PORT" not in tables:
        raise TopologyError("no config_db.json: it has no table PORT")
    metadata = tables.get("DEVICE_METADATA", {}).get("localhost", {})
    switch = metadata.get("hostname") or name
    neighbours = tables.get("DEVICE_NEIGHBOR_METADATA", {})
    return Topology(
        switches=(
            Switch(switch, _tier(metadata), vendor="sonic"),
            *_switches(neighbours),
        ),
        switch_ports=tuple(_ports(switch, tables)),
        groups=tuple(_channels(switch, tables.get("PORTCHANNEL_MEMBER", {}))),
    )


def _tier(metadata: Mapping[str, Any]) -> str:
    """Of a type such as `ToRRouter`, `LeafRouter` or `SpineRouter`."""
    kind = str(metadata.get("type", "")).casefold()
    return next((tier for word, tier in _TIERS if word in kind), "")


def _switches(neighbours: Mapping[str, Any]) -> Iterator[Switch]:
    for name, metadata in neighbours.items():
        if tier := _tier(metadata):
            yield Switch(name, tier, address=str(metadata.get("mgmt_addr", "")))


def _ports(switch: str, tables: Mapping[str, Any]) -> Iterator[SwitchPort]:
    neighbours = tables.get("DEVICE_NEIGHBOR", {})
    for interface, port in tables["PORT"].items():
        neighbour, speed = neighbours.get(interface, {}), port.get("speed", "")
        status = port.get("admin_status")
        yield SwitchPort(
            switch,
            interface,
            port.get("alias", ""),
            float(speed) / _MEGABIT if str(speed).isdecimal() else None,
            # What is up here may still have no link; what is down has none.
            False if status == "down" else None,
            neighbour.get("name", ""),
            neighbour.get("port", ""),
        )


def _channels(switch: str, members: Mapping[str, Any]) -> Iterator[UplinkGroup]:
    channels: dict[str, list[str]] = defaultdict(list)
    for key in members:
        channel, _, interface = key.partition("|")
        channels[channel].append(interface)
    for channel, interfaces in channels.items():
        yield UplinkGroup(switch, channel, tuple(interfaces), "lag")


LOADER: Final = load
