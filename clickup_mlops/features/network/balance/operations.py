"""Predictions for a fabric, and the comparison afterwards with what was measured. No calls."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from clickup_mlops.features.network.balance.model import Pattern, Prediction
from clickup_mlops.features.network.balance.predict import choices, predict
from clickup_mlops.features.network.balance.traffic import traffic
from clickup_mlops.features.network.diagnosis.fabric import Fabric
from clickup_mlops.features.network.diagnosis.view import SENT, UPLINK_STATE, View, spread
from clickup_mlops.features.network.diagnosis.windows import Windows
from clickup_mlops.store.tables.notes import Notes

SCOPE: Final = "network_balance"
"""Scope of the note about the last prediction that was recorded."""
_NAME: Final = "last"
_RECENT_MS: Final = 180_000
"""What counts as now."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What the fabric carries: what back-end ports send together, and the hottest uplink over the
    mean of its group, of the most uneven group; None: no group is measured.
    """

    sent_gbps: float
    uplink_peak: float | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Before a change, what was predicted of it, and now. `expected_gbps` follows from the rate."""

    prediction: Mapping[str, Any]
    before: Measured
    now: Measured
    expected_gbps: float


def predictions(
    fabric: Fabric, data: Windows, *, pattern: Pattern, pairs: int, seeds: int
) -> list[Prediction]:
    """Of all choices, the fastest first.

    Raises:
        InputError: the topology lacks something.
    """
    recent = data.last(_RECENT_MS)
    shares, down = _sent_shares(recent), _down(fabric, recent)
    results = [
        predict(
            name,
            traffic(
                fabric,
                shares,
                pattern=pattern,
                pairs=pairs,
                orders_by_leaf=choice.orders_by_leaf,
                down=down,
            ),
            seeds,
        )
        for name, choice in choices().items()
    ]
    return sorted(results, key=lambda result: (-result.rate, result.peak, result.choice))


def _sent_shares(data: Windows) -> Mapping[str, float]:
    """Of each port that is measured, what it sends over what the busiest sends: in its
    communication a job wants the whole line rate, and jobs communicate for different shares of
    the time. Empty: nothing is measured, and all count alike.
    """
    sent_by_place = {place: data.typical(SENT, place) or 0.0 for place in data.places(SENT)}
    most = max(sent_by_place.values(), default=0.0)
    return {place: level / most for place, level in sent_by_place.items()} if most else {}


def _down(fabric: Fabric, data: Windows) -> Collection[str]:
    """Uplinks that are down by what their switches say."""
    members = (member for group in fabric.groups for member in group.members)
    return {member for member in members if data.typical(UPLINK_STATE, member) == 0}


def measured(fabric: Fabric, data: Windows) -> Measured:
    """Of the last three minutes of the data. Uplinks that are down count no more than in what is
    predicted.
    """
    recent = data.last(_RECENT_MS)
    view = View(recent, fabric.completed(data.places(SENT)))
    peaks = [spread(load.values())[1] for _group, load in view.groups if len(load) > 1]
    sent_gbps = sum(view.sent_gbps(port.name) for port in view.back_end)
    return Measured(sent_gbps, max(peaks, default=None))


def record(notes: Notes, prediction: Prediction, before: Measured, now_ms: int) -> None:
    """Keep a prediction and what was measured before it is tried."""
    notes.put(SCOPE, _NAME, {"prediction": asdict(prediction), "before": asdict(before)}, now_ms)


def compare(notes: Notes, now: Measured, current: Sequence[Prediction]) -> Comparison | None:
    """What the recorded choice gave; None: none is recorded."""
    note = notes.get(SCOPE, _NAME)
    if note is None:
        return None
    prediction, before = note.value["prediction"], Measured(**note.value["before"])
    usual = next((entry.rate for entry in current if entry.choice == "ecmp_5tuple"), 1.0)
    factor = prediction["rate"] / usual if usual else 1.0
    return Comparison(prediction, before, now, before.sent_gbps * factor)
