"""When waiting runs will start, as an interval: runs take shorter or longer than estimated."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from random import Random
from typing import Final

from clickup_mlops.features.schedule.plan.model import Placement, Rules
from clickup_mlops.features.schedule.plan.places import Places

DRAWS: Final = 100
FEWEST: Final = 8
"""With fewer ended runs the spread is assumed."""
ASSUMED: Final = (0.6, 0.8, 0.9, 1.0, 1.0, 1.1, 1.2, 1.5, 2.0)
"""Real length over estimate, as long as too few runs have ended here."""
_LOW, _HIGH = 0.1, 0.9


@dataclass(frozen=True, slots=True)
class Forecast:
    """Position among the waiting runs of its pool, and when it starts with a probability of 80%
    (Unix ms).
    """

    position: int
    low_ms: int
    high_ms: int


def forecast(
    placements: Iterable[Placement], rules: Rules, ratios: Sequence[float], now_ms: int
) -> dict[str, Forecast]:
    """Of each waiting run, by its id.

    Runs start in the order of their windows, when enough GPUs are free, off the peak. How long each
    one takes is drawn from `ratios`: the real lengths of ended runs over their estimates.
    """
    ordered = sorted(placements, key=lambda placement: placement.window.start_ms)
    spread = ratios if len(ratios) >= FEWEST else ASSUMED
    source = Random(len(ordered))
    starts: dict[str, list[int]] = {
        placement.run.id: [] for placement in ordered if placement.run.state == "waiting"
    }
    peaks = Places(rules, now_ms)
    for _ in range(DRAWS):
        for pool in rules.pools:
            in_pool = [placement for placement in ordered if placement.run.pool == pool]
            _Dispatch(rules, peaks, pool, now_ms).run(in_pool, spread, source, starts)
    positions = _positions(ordered)
    return {
        run_id: Forecast(positions[run_id], *_interval(drawn)) for run_id, drawn in starts.items()
    }


@dataclass
class _Dispatch:
    """One pool, once."""

    rules: Rules
    peaks: Places
    pool: str
    now_ms: int

    def run(
        self,
        placements: Sequence[Placement],
        spread: Sequence[float],
        source: Random,
        starts: Mapping[str, list[int]],
    ) -> None:
        """Add a start to each waiting run."""
        free, ends, start = self.rules.pools[self.pool].gpus, list[tuple[int, int]](), self.now_ms
        for placement in placements:
            run, length_ms = (
                placement.run,
                round(placement.window.length_ms * source.choice(spread)),
            )
            if run.state != "waiting":
                start_ms = placement.window.start_ms
                heappush(ends, (max(self.now_ms, start_ms + length_ms), run.gpus))
                free -= run.gpus
                continue
            while ends and (free < run.gpus + self._served(start) or ends[0][0] <= start):
                end_ms, gpus = heappop(ends)
                start, free = max(start, end_ms), free + gpus
            start = self.peaks.off_peak(start)
            starts[run.id].append(start)
            heappush(ends, (start + length_ms, run.gpus))
            free -= run.gpus

    def _served(self, at_ms: int) -> int:
        """GPUs that inference needs then."""
        return self.rules.pools[self.pool].peak_gpus if self.peaks.is_peak(at_ms) else 0


def _positions(ordered: Iterable[Placement]) -> dict[str, int]:
    counts: dict[str, int] = {}
    positions = {}
    for placement in ordered:
        if placement.run.state == "waiting":
            counts[placement.run.pool] = counts.get(placement.run.pool, 0) + 1
            positions[placement.run.id] = counts[placement.run.pool]
    return positions


def _interval(drawn: Sequence[int]) -> tuple[int, int]:
    ordered = sorted(drawn)
    return ordered[int(_LOW * len(ordered))], ordered[int(_HIGH * len(ordered))]
