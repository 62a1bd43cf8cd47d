"""The same uplinks stay idle at every switch, although there are many flows."""

from collections.abc import Iterable, Mapping, Sequence
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
    UPLINK_SENT,
    View,
    effects,
    estimate,
)
from clickup_mlops.spelling import format_count

_IDLE: Final = 0.1
"""Of the mean."""
_LEAST_SHARE: Final = 0.25
_LEAST_GROUPS: Final = 2
_AGREEMENT: Final = 0.75


def _find(view: View) -> Iterable[Suspicion]:
    busy = [(group, load) for group, load in view.groups if sum(load.values()) / len(load) >= BUSY]
    idle = [_idle(group, load) for group, load in busy]
    if len(busy) < _LEAST_GROUPS:
        return
    usual = max(idle, key=idle.count)
    members = len(busy[0][0].members)
    if len(usual) >= _LEAST_SHARE * members and idle.count(usual) >= max(
        _LEAST_GROUPS, _AGREEMENT * len(idle)
    ):
        yield _suspicion(view, busy, usual, members)


def _idle(group: UplinkGroup, load: Mapping[str, float]) -> frozenset[int]:
    """The positions of the members that carry next to nothing."""
    mean = sum(load.values()) / len(load)
    return frozenset(
        position
        for position, member in enumerate(group.members)
        if load.get(member, mean) < _IDLE * mean
    )


def _suspicion(
    view: View,
    busy: Sequence[tuple[UplinkGroup, Mapping[str, float]]],
    idle: frozenset[int],
    members: int,
) -> Suspicion:
    hottest = max(max(load.values()) for _group, load in busy)
    share = len(idle) / members * max(0.0, min(1.0, (hottest - 70) / 30))
    return Suspicion(
        "fabric",
        {"uplink_members": members, "uplink_peak": members / (members - len(idle))},
        effects("uneven", [group.switch for group, _load in busy]),
        frozenset({Effect(kind, ANYWHERE) for kind in ("marks", "slow", "pauses", "uneven")}),
        estimate(view, view.back_end, [share * factor for factor in (0.7, 1.0, 1.3)]),
        f"{len(idle)} of {members} uplinks idle, alike at all of "
        f"{format_count(len(busy), 'switch', 'switches')}.",
    )


FAULT = Fault(
    "ECMP is polarised",
    50,
    (UPLINK_SENT,),
    _find,
    Remedy(
        (
            Step("Compare the hash of all switches.", "show switch-hash global"),
            Step(
                "Give each tier another algorithm, or another seed where it can be set.",
                "config switch-hash global ecmp-hash-algorithm CRC_CCITT",
            ),
            Step("What would other ways give?", "clickup-mlops network balance"),
        ),
        "Set the former algorithm or seed.",
        "Another job heats other links: then it is luck, not polarisation.",
        Evidence("Alibaba HPN (SIGCOMM 2024)", "engineering report"),
    ),
)
