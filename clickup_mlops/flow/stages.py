"""How long finished work was in each stage: a stage is a status. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from clickup_mlops.flow.model import FINISHED, Journey
from clickup_mlops.flow.spread import Spread, compute_spread


@dataclass(frozen=True, slots=True)
class Stage:
    """`tasks` of the finished ones were in this status, `times` in all stays together; None: too
    few. `share` (0 to 1) is its part of all time that was spent.
    """

    status: str
    tasks: int
    times: Spread | None
    share: float


def compute_stages(finished: Sequence[Journey]) -> list[Stage]:
    """In the order in which tasks usually come through them. Each journey is finished."""
    spent_ms = [journey.spent_ms(journey.now.start_ms) for journey in finished]
    names = {status for by_status in spent_ms for status in by_status}
    total_ms = sum(ms for by_status in spent_ms for ms in by_status.values())
    unordered = [
        _build_stage(status, [spent[status] for spent in spent_ms if status in spent], total_ms)
        for status in names
    ]
    places = {status: _mean_place(status, finished) for status in names}
    return sorted(unordered, key=lambda stage: (places[stage.status], stage.status))


def _build_stage(status: str, times_ms: list[int], total_ms: int) -> Stage:
    share = sum(times_ms) / total_ms if total_ms else 0.0
    return Stage(status, len(times_ms), compute_spread(times_ms), share)


def _mean_place(status: str, finished: Sequence[Journey]) -> float:
    """The mean part of the way (0 to 1) at which tasks come to it first."""
    ways = (
        [stay.status for stay in journey.stays if stay.kind not in FINISHED] for journey in finished
    )
    return fmean(way.index(status) / len(way) for way in ways if status in way)
