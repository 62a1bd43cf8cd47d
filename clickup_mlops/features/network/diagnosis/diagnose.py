"""All faults over a window -> findings: effects are attached to their cause. Pure."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Final

from clickup_mlops import registry
from clickup_mlops.features.metrics.quantity import quantities
from clickup_mlops.features.network.diagnosis import faults as room
from clickup_mlops.features.network.diagnosis.fabric import Fabric
from clickup_mlops.features.network.diagnosis.model import (
    ANYWHERE,
    Diagnosis,
    Effect,
    EffectKind,
    Fault,
    Finding,
    Suspicion,
    Unknown,
)
from clickup_mlops.features.network.diagnosis.view import RATE, View
from clickup_mlops.features.network.diagnosis.windows import Windows

WINDOW_MS: Final = 600_000
"""How much of the past is looked at."""
ARTEFACT: Final = "counter_artefact"
"""The fault whose places say nothing else."""
_SYMPTOMS: Final[Mapping[EffectKind, tuple[str, float]]] = {
    "pauses": ("pause_received_pct", 0.5),
    "marks": ("ecn_marked_pct", 0.3),
    "loss": ("retransmission_ppm", 5.0),
}
"""What effects are shown of a finding: the measure, and from which level on."""


@cache
def faults() -> Mapping[str, Fault]:
    """Each kind by its name, causes first."""
    by_name: Mapping[str, Fault] = registry.find(room, "FAULT")
    return dict(sorted(by_name.items(), key=lambda pair: (pair[1].order, pair[0])))


def diagnose(data: Windows, fabric: Fabric) -> Diagnosis:
    """What is wrong, the costliest first, and what cannot be told from these data."""
    completed = fabric.completed(data.places(RATE))
    unknown = tuple(_unknown(data, completed))
    findings: list[Finding] = []
    explained: set[Effect] = set()
    credible = data
    for name, fault in faults().items():
        view = View(credible.last(fault.hold_s * 1000), completed)
        if any(_missing(fault, credible, completed)):
            continue
        causes = [
            suspicion for suspicion in fault.find(view) if not _is_effect(suspicion, explained)
        ]
        for suspicion in causes:
            explained |= suspicion.signs | suspicion.explains
        findings += (_finding(name, fault, suspicion, view, data) for suspicion in causes)
        if name == ARTEFACT:
            wrong = frozenset(suspicion.place for suspicion in causes)
            credible, completed = credible.without(wrong), completed.without(wrong)
    ranked = sorted(findings, key=lambda finding: (-finding.lost.mean, finding.key))
    return Diagnosis(tuple(ranked), unknown)


def _missing(fault: Fault, data: Windows, fabric: Fabric) -> Iterator[str]:
    """What it needs and nothing measures."""
    yield from (measure for measure in fault.needs if not _is_measured(measure, data, fabric))
    if fault.any_of and not any(_is_measured(name, data, fabric) for name in fault.any_of):
        yield " or ".join(fault.any_of)


def _is_measured(measure: str, data: Windows, fabric: Fabric) -> bool:
    """Readings of ports that the fabric lacks do not count."""
    places = data.places(measure)
    is_of_ports = quantities()[measure].scope == "port"
    return bool(places) and not (is_of_ports and fabric.by_name.keys().isdisjoint(places))


def _unknown(data: Windows, fabric: Fabric) -> Iterator[Unknown]:
    for name, fault in faults().items():
        if missing := tuple(_missing(fault, data, fabric)):
            yield Unknown(name, fault.title, missing)


def _is_effect(suspicion: Suspicion, explained: set[Effect]) -> bool:
    return bool(suspicion.signs) and all(
        sign in explained or Effect(sign.kind, ANYWHERE) in explained for sign in suspicion.signs
    )


def _finding(name: str, fault: Fault, suspicion: Suspicion, view: View, data: Windows) -> Finding:
    """The view is of the time that it must have held; its courses are of all `data`."""
    courses = {
        measure: track
        for measure in suspicion.numbers
        if (track := data.track(measure, suspicion.measured_at(measure)))
    }
    days = {
        measure: data.past(measure).get(suspicion.measured_at(measure), ()) for measure in courses
    }
    return Finding(
        name,
        fault.title,
        suspicion.place,
        suspicion.numbers,
        fault.remedy,
        suspicion.lost,
        _victims(suspicion, view),
        suspicion.detail,
        suspicion.undecided,
        courses,
        {measure: means for measure, means in days.items() if means},
        suspicion.places,
    )


def _victims(suspicion: Suspicion, view: View) -> Mapping[EffectKind, tuple[str, ...]]:
    """Where else it is seen, by symptom."""
    by_kind: dict[EffectKind, tuple[str, ...]] = {}
    places: dict[EffectKind, set[str]] = defaultdict(set)
    for effect in suspicion.explains:
        places[effect.kind].add(effect.place)
    for kind, of in places.items():
        if kind in _SYMPTOMS and (suffering := _suffering(kind, of, view)):
            by_kind[kind] = tuple(suffering)
    return by_kind


def _suffering(kind: EffectKind, places: set[str], view: View) -> Sequence[str]:
    measure, level = _SYMPTOMS[kind]
    chosen = view.data.places(measure) if ANYWHERE in places else places
    return sorted(place for place in chosen if (view.data.typical(measure, place) or 0) >= level)
