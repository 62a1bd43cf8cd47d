"""How long finished work was in each stage: a stage is a status. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from clickup_mlops.flow.model import FINISHED, Journey
from clickup_mlops.flow.spread import Spread, spread


@dataclass(frozen=True, slots=True)
class Stage:
    """`tasks` of the finished ones were in this status, `times` in all stays together; None: too
    few. `share` (0 to 1) is its part of all time that was spent.
    """

    status: str
    tasks: int
    times: Spread | None
    share: float


def stages(finished: Sequence[Journey]) -> list[Stage]:
    """In the order in which tasks usually come through them. Each journey is finished."""
    spent = [one.spent_ms(one.now.start_ms) for one in finished]
    names = {status for one in spent for status in one}
    total = sum(ms for one in spent for ms in one.values())
    found = [
        _stage(status, [one[status] for one in spent if status in one], total) for status in names
    ]
    places = {status: _place(status, finished) for status in names}
    return sorted(found, key=lambda one: (places[one.status], one.status))


def _stage(status: str, times_ms: list[int], total_ms: int) -> Stage:
    share = sum(times_ms) / total_ms if total_ms else 0.0
    return Stage(status, len(times_ms), spread(times_ms), share)


def _place(status: str, finished: Sequence[Journey]) -> float:
    """The mean part of the way (0 to 1) at which tasks come to it first."""
    ways = ([stay.status for stay in one.stays if stay.kind not in FINISHED] for one in finished)
    return fmean(way.index(status) / len(way) for way in ways if status in way)
