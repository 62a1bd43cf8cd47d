"""An uplink that is down: the others of its group carry its load."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final

from clickup_mlops.features.metrics.diagnosis.model import Evidence
from clickup_mlops.features.network.diagnosis.fabric import UplinkGroup
from clickup_mlops.features.network.diagnosis.model import (
    ANYWHERE,
    Effect,
    Fault,
    Remedy,
    Step,
    Suspicion,
)
from clickup_mlops.features.network.diagnosis.view import (
    BUSY,
    UPLINK_RECEIVED,
    UPLINK_SENT,
    UPLINK_STATE,
    View,
    effects,
    estimate,
)

_SILENT: Final = 0.01
"""Per cent of the line rate: not even routing protocols make more."""


def _find(view: View) -> Iterable[Suspicion]:
    silent: Counter[int] = Counter()
    for group, _load in view.groups:
        silent.update(at for at, member in enumerate(group.members) if _is_down(view, member))
    for group, load in view.groups:
        down = [
            member
            for at, member in enumerate(group.members)
            if _is_down(view, member) and (silent[at] == 1 or _has_state(view, member))
        ]
        busy = sum(load.values()) / len(load) >= BUSY
        if down and busy and len(down) < len(group.members):
            yield _suspicion(view, group, load, down)


def _has_state(view: View, member: str) -> bool:
    """Without it, the same link silent at several switches is one that the hash leaves out."""
    return view.data.typical(UPLINK_STATE, member) is not None


def _is_down(view: View, member: str) -> bool:
    """By its state; where that is not read, nothing at all goes through it, either way."""
    state = view.data.typical(UPLINK_STATE, member)
    if state is not None:
        return state == 0
    ways = [view.data.high(name, member) for name in (UPLINK_SENT, UPLINK_RECEIVED)]
    return all(level is not None and level < _SILENT for level in ways)


def _suspicion(
    view: View, group: UplinkGroup, load: Mapping[str, float], down: list[str]
) -> Suspicion:
    up = [level for member, level in load.items() if member not in down]
    hosts = view.hosts_by_switch.get(group.switch, frozenset())
    carriers = [port for port in view.busy_ports if port.host in hosts]
    full = max(0.0, (sum(up) / len(up) - 80) / 20) if up else 0.0
    share = len(down) / len(group.members)
    return Suspicion(
        down[0] if len(down) == 1 else group.switch,
        {"uplink_members": len(group.members), "uplink_members_up": len(up)},
        effects("idle", down),
        effects("uneven", [group.switch])
        # Other switches leave its spine out, too, for what goes to this one.
        | {Effect("uneven", ANYWHERE), Effect("marks", ANYWHERE)}
        | {Effect("slow", ANYWHERE), Effect("pauses", ANYWHERE)},
        estimate(view, carriers, [share * full * factor for factor in (0.8, 1.0, 1.2)]),
        f"Uplink group {group.name} of {group.switch}.",
    )


FAULT = Fault(
    "Uplink is down",
    13,
    (UPLINK_SENT,),
    _find,
    Remedy(
        (
            Step("Look at the link from both ends.", "show interfaces status"),
            Step("Reseat or replace the optic, and check that routing has taken it back."),
        ),
        "Nothing was changed.",
        "The link was taken out on purpose, for maintenance.",
        Evidence("A member without any traffic in a busy group", "logic"),
    ),
)
