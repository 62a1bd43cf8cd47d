"""Uplinks that the topology lacks, or lists and no switch has: their group is then misjudged."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from statistics import fmean
from typing import Final

from clickup_mlops.features.metrics.diagnosis.model import Evidence
from clickup_mlops.features.network.diagnosis.model import Fault, Remedy, Step, Suspicion
from clickup_mlops.features.network.diagnosis.view import (
    BUSY,
    UPLINK_SENT,
    UPLINK_STATE,
    View,
    effects,
)

_ALIKE: Final = (0.5, 1.5)
"""Of the group's mean: a link that carries so much is one of those over which flows are spread."""
_AGGREGATE: Final = re.compile(r"(port-?channel|po|ae|bond|bundle-ether|eth-trunk|lag)-?\d", re.I)
"""Names of interfaces that count what their members carry: SONiC, Arista, Cisco, Juniper, Linux."""


def _find(view: View) -> Iterable[Suspicion]:
    by_switch = _interfaces_by_switch(view)
    unlisted = [name for switch in by_switch for name in _unlisted(view, switch, by_switch[switch])]
    absent = [
        member
        for group in view.fabric.groups
        for member in group.members
        if by_switch.get(group.switch) and member not in by_switch[group.switch]
    ]
    if not (unlisted or absent):
        return
    switches = sorted({name.partition("/")[0] for name in (*unlisted, *absent)})
    yield Suspicion(
        switches[0] if len(switches) == 1 else "fabric",
        {UPLINK_SENT: view.data.mean(UPLINK_SENT, unlisted[0]) or 0.0} if unlisted else {},
        effects("reading", [f"topology of {switch}" for switch in switches]),
        detail=" ".join(_sentences(unlisted, absent)),
    )


def _interfaces_by_switch(view: View) -> Mapping[str, frozenset[str]]:
    """Of each switch with a group of uplinks all interfaces that are measured."""
    by_switch: dict[str, set[str]] = defaultdict(set)
    for measure in (UPLINK_SENT, UPLINK_STATE):
        for place in view.data.places(measure):
            by_switch[place.partition("/")[0]].add(place)
    switches = {group.switch for group in view.fabric.groups}
    return {switch: frozenset(by_switch[switch]) for switch in sorted(switches & by_switch.keys())}


def _unlisted(view: View, switch: str, interfaces: frozenset[str]) -> Iterator[str]:
    """Interfaces that the topology does not know and that carry as much as the uplinks. Nothing can
    be said of a switch whose ports to hosts, or members of aggregates, are not all known.
    """
    groups = [load for group, load in view.groups if group.switch == switch]
    hosts = [port.interface for port in view.fabric.ports if port.switch == switch]
    if not (groups and hosts and all(hosts)) or _has_unknown_members(view, switch):
        return
    usual = fmean(level for load in groups for level in load.values())
    least, most = (share * usual for share in _ALIKE)
    unknown = interfaces - view.fabric.interfaces
    for name in sorted(name for name in unknown if not _is_aggregate(name)):
        level = view.data.mean(UPLINK_SENT, name)
        if usual >= BUSY and level is not None and least <= level <= most:
            yield name


def _has_unknown_members(view: View, switch: str) -> bool:
    """Whether a listed uplink is an aggregate of which no group says what belongs to it."""
    groups = [group for group in view.fabric.groups if group.switch == switch]
    aggregates = {name for group in groups for name in group.members if _is_aggregate(name)}
    return bool(aggregates - {f"{switch}/{group.name}" for group in groups})


def _is_aggregate(name: str) -> bool:
    return _AGGREGATE.match(name.partition("/")[2]) is not None


def _sentences(unlisted: Sequence[str], absent: Sequence[str]) -> Iterator[str]:
    if unlisted:
        yield f"In no group, but loaded as their uplinks are: {', '.join(unlisted)}."
    if absent:
        yield f"Listed, but their switch has no such interface: {', '.join(absent)}."


FAULT = Fault(
    "Topology lacks uplinks, or lists others",
    1,
    (UPLINK_SENT,),
    _find,
    Remedy(
        (
            Step("Which interfaces does a route to another leaf have?", "show ip route"),
            Step("What is at their other ends?", "show lldp table"),
            Step("Correct the topology, and check it.", "clickup-mlops network topology"),
        ),
        "Restore the former topology.",
        "The interface leads out of the fabric: then name its neighbour in the topology.",
        Evidence("Switches count traffic on interfaces that the topology lacks", "logic"),
    ),
)
