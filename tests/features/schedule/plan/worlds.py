"""Runs and rules for tests, small and large, and the best cost that any schedule has."""

import random
from collections.abc import Sequence
from dataclasses import replace
from itertools import permutations

from hypothesis import strategies as st

from clickup_mlops.features.schedule.plan.model import (
    DAY_MS,
    HOUR_MS,
    Pool,
    Rules,
    Run,
    Schedule,
    Window,
)
from clickup_mlops.features.schedule.plan.orders import cost
from clickup_mlops.features.schedule.plan.places import Places

NOW = 1_764_547_200_000  # Monday 2025-12-01, 00:00 UTC
PEAKS = tuple(
    Window(NOW + day * DAY_MS + 8 * HOUR_MS, NOW + day * DAY_MS + 18 * HOUR_MS)
    for day in range(-1, 60)
)


def rules(gpus: int = 16, peak_gpus: int = 0, **more) -> Rules:
    """One pool `a`, with peak hours every day."""
    return Rules({"a": Pool("a", gpus, peak_gpus)}, **({"peaks": PEAKS} | more))


def run(name: str, gpus: int = 8, hours: float = 4, **more) -> Run:
    """A run of pool `a` that has just come."""
    run = Run(name, f"run {name}", gpus, round(hours * HOUR_MS), "a", queued_ms=NOW)
    return replace(run, **more)


def at(hour: float, hours: float) -> Window:
    """So many hours after `NOW`."""
    return Window(NOW + round(hour * HOUR_MS), NOW + round((hour + hours) * HOUR_MS))


@st.composite
def worlds(draw: st.DrawFn) -> tuple[list[Run], Rules]:
    """Up to 14 runs of two pools, in all states; some depend on others."""
    pools = {name: Pool(name, draw(st.integers(4, 16)), draw(st.integers(0, 2))) for name in "ab"}
    runs: list[Run] = []
    for number in range(draw(st.integers(1, 14))):
        state = draw(st.sampled_from(["waiting"] * 5 + ["pinned", "running"]))
        length = draw(st.integers(1, 30))
        window = draw(st.none() | st.integers(0, 60).map(lambda hour: at(hour, 1)))
        if state == "running":
            window = at(-1, 1)
        after = (f"r{draw(st.integers(0, number - 1))}",) if number and draw(st.booleans()) else ()
        start = window or (at(draw(st.integers(0, 40)), 1) if state == "pinned" else None)
        runs.append(
            Run(
                f"r{number}",
                f"run {number}",
                draw(st.integers(1, 4)),
                length * HOUR_MS,
                draw(st.sampled_from("ab")),
                draw(st.sampled_from(["vision", "speech"])),
                NOW - draw(st.integers(0, 100)) * HOUR_MS,
                draw(st.none() | st.integers(1, 200).map(lambda hour: NOW + hour * HOUR_MS)),
                draw(st.sampled_from([None, 1, 2, 3, 4])),
                after if state == "waiting" else (),
                start and Window(start.start_ms, start.start_ms + length * HOUR_MS),
                state,
            )
        )
    quotas = draw(st.sampled_from([{}, {"vision": 4}]))
    horizon_ms = draw(st.sampled_from([2, 90])) * DAY_MS
    moves = draw(st.integers(0, 20))
    return runs, Rules(pools, quotas, PEAKS, moves=moves, horizon_ms=horizon_ms, placements=500)


def adopted(runs: Sequence[Run], schedule: Schedule) -> list[Run]:
    """The runs with the windows that the schedule gave them."""
    windows = {placement.run.id: placement.window for placement in schedule.placements}
    return [replace(run, window=windows.get(run.id, run.window)) for run in runs]


def first_come(runs: Sequence[Run], rules: Rules) -> dict[str, Window]:
    """What teams do without a plan: in the order of arrival, each as soon as it fits, no matter
    what waits behind it.
    """
    places, start = Places(rules, NOW), NOW
    for run in sorted(runs, key=lambda run: run.queued_ms):
        late = replace(run, deadline_ms=None)
        window = places.find(late)
        assert window
        # Nobody overtakes: the queue's head blocks it.
        while window.start_ms < start:
            late_start = Places(rules, start)
            late_start.windows, late_start._pools = places.windows, places._pools
            late_start._quotas = places._quotas
            window = late_start.find(late)
        places.take(run, window)
        start = window.start_ms
    return dict(places.windows)


def small_case(seed: int) -> tuple[list[Run], Rules]:
    """Six runs that compete for eight GPUs."""
    source = random.Random(seed)
    runs = [
        run(
            f"r{number}",
            source.choice([1, 2, 4, 4, 8]),
            source.randint(1, 20),
            queued_ms=NOW - source.randint(0, 40) * HOUR_MS,
            deadline_ms=NOW + source.randint(10, 60) * HOUR_MS if source.random() < 0.5 else None,
        )
        for number in range(6)
    ]
    return runs, rules(8, source.choice([0, 2]))


def lowest_cost(runs: Sequence[Run], rules: Rules) -> float:
    """Of all schedules: of each one there is a sequence in which placing every run as early as
    possible gives none that starts later, whatever the peaks are.
    """
    return min(_cost_in_sequence(sequence, rules) for sequence in permutations(runs))


def _cost_in_sequence(sequence: Sequence[Run], rules: Rules) -> float:
    places = Places(rules, NOW)
    for run in sequence:
        places.place(run)
    return cost(sequence, places.windows, NOW)
