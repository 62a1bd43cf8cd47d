"""ECN thresholds: above the one for pauses, so that all is paused; or so low that all is slowed."""

from collections.abc import Iterable, Sequence
from typing import Final

from clickup_mlops.features.metrics.diagnosis.model import Evidence
from clickup_mlops.features.network.diagnosis.fabric import Port
from clickup_mlops.features.network.diagnosis.model import (
    ANYWHERE,
    Effect,
    EffectKind,
    Fault,
    Remedy,
    Step,
    Suspicion,
)
from clickup_mlops.features.network.diagnosis.view import (
    UPLINK_SENT,
    View,
    estimate,
    names,
)

FABRIC: Final = "fabric"
_PAUSED: Final = 1.0
_MARKED: Final = 1.0
_UNMARKED: Final = 0.01
_WIDESPREAD: Final = 0.25
_LEAST: Final = 3
_ROOMY: Final = 75.0
"""Per cent of the line rate that no link exceeds: then marks are too early."""


def _find(view: View) -> Iterable[Suspicion]:
    busy = view.busy_ports
    paused = [port for port in busy if view.low("pause_received_pct", port.name) >= _PAUSED]
    marked = [port for port in busy if view.low("ecn_marked_pct", port.name) >= _MARKED]
    if _is_widespread(paused, busy) and not _hosts_pause(view) and _are_unmarked(view):
        yield _suspicion(view, paused, "pause_received_pct", "pauses", "above the one for pauses")
    elif _is_widespread(marked, busy) and _has_room(view) and not paused:
        yield _suspicion(view, marked, "ecn_marked_pct", "marks", "too low")


def _is_widespread(ports: Sequence[Port], busy: Sequence[Port]) -> bool:
    return len(ports) >= _LEAST and len(ports) >= _WIDESPREAD * len(busy)


def _hosts_pause(view: View) -> bool:
    return any(view.low("pause_sent_pct", port.name) >= _PAUSED for port in view.busy_ports)


def _are_unmarked(view: View) -> bool:
    level = view.median("ecn_marked_pct", names(view.busy_ports))
    return level is not None and level < _UNMARKED


def _has_room(view: View) -> bool:
    """Neither a port nor an uplink is near its line rate, for four fifths of the time."""
    ports = (
        view.data.high(measure, port.name) or 0
        for port in view.busy_ports
        for measure in ("sent_utilisation_pct", "received_utilisation_pct")
    )
    uplinks = (view.data.high(UPLINK_SENT, place) or 0 for place in view.data.places(UPLINK_SENT))
    return max(ports, default=0) < _ROOMY and max(uplinks, default=0) < _ROOMY


def _suspicion(
    view: View, ports: Sequence[Port], measure: str, kind: EffectKind, how: str
) -> Suspicion:
    switches = {port.switch for port in ports}
    all_switches = {port.switch for port in view.busy_ports}
    is_of_switch = len(switches) == 1 and len(all_switches) > 1 and "" not in switches
    typical = view.median(measure, names(ports)) or 0.0
    shares = [
        value / 100 * (1.0 if kind == "pauses" else 5.0)
        for value in view.data.values(measure, ports[0].name)
    ]
    return Suspicion(
        min(switches) if is_of_switch else FABRIC,
        {measure: typical, "ecn_marked_pct": view.median("ecn_marked_pct", names(ports)) or 0.0},
        frozenset(Effect(kind, port.name) for port in ports),
        frozenset({Effect(kind, ANYWHERE), Effect("slow", ANYWHERE)}),
        estimate(view, ports, shares),
        f"The threshold for marks is {how}: {len(ports)} ports.",
    )


FAULT = Fault(
    "ECN thresholds are wrong",
    31,
    ("ecn_marked_pct", "pause_received_pct"),
    _find,
    Remedy(
        (
            Step("Read the thresholds.", "show ecn; show buffer configuration"),
            Step(
                "Set Kmin well below the threshold for pauses (XOFF): 4,000 bytes for each Gbit/s "
                "of the line; Kmax is four times that.",
                "ecnconfig -p <profile> -gmin <bytes> -gmax <bytes> -gdrop 20",
            ),
        ),
        'Set the values that "show ecn" printed before.',
        "The switches count marks, and hosts do not receive them: something clears the bits.",
        Evidence("DCQCN (SIGCOMM 2015) and its published parameters", "paper"),
    ),
)
