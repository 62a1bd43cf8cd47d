"""In which order waiting runs get their windows, and which of several orders is the best."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from heapq import heappop, heappush
from random import Random
from typing import Final

from clickup_mlops.features.schedule.plan.model import HOUR_MS, Rules, Run, Window

Order = Callable[[Run], tuple[float, ...]]
LATE_WEIGHT: Final = 100
"""An hour after the deadline weighs as much as so many hours of waiting."""
_UNPLACED: Final = 1e6
"""Hours that a run without a window counts as."""
_PATIENCE: Final[Mapping[int | None, float]] = {1: 0.25, 2: 0.5, 3: 1.0, 4: 1.5}
"""How much of the longest wait a run of each priority has."""


def is_starved(run: Run, rules: Rules, now_ms: int) -> bool:
    """Whether it has waited for so long that it comes before all others."""
    return now_ms - run.queued_ms >= rules.longest_wait_ms


def due_ms(run: Run, rules: Rules) -> float:
    """When it should have ended: its deadline, or when it has waited for long enough."""
    patience = rules.longest_wait_ms * _PATIENCE.get(run.priority, 1.0)
    waited_ms = run.queued_ms + patience + run.length_ms
    return waited_ms if run.deadline_ms is None else min(waited_ms, run.deadline_ms)


def orders(rules: Rules) -> tuple[Order, ...]:
    """Those that are tried: the first is the usual one."""
    return (
        lambda run: (due_ms(run, rules) - run.length_ms, run.queued_ms),
        lambda run: (due_ms(run, rules), run.queued_ms),
        lambda run: (float(run.deadline_ms is None), run.deadline_ms or run.length_ms),
        lambda run: (run.length_ms * run.gpus, run.queued_ms),
        lambda run: (run.queued_ms,),
    )


def cost(runs: Iterable[Run], windows: Mapping[str, Window], now_ms: int) -> float:
    """Hours of waiting from now on, and hours after deadlines times `LATE_WEIGHT`."""
    total = 0.0
    for run in runs:
        window = windows.get(run.id)
        if window is None:
            total += _UNPLACED
            continue
        late_ms = max(0, window.end_ms - run.deadline_ms) if run.deadline_ms is not None else 0
        total += (window.start_ms - now_ms + LATE_WEIGHT * late_ms) / HOUR_MS
    return total


def ranked(runs: Collection[Run], key: Order) -> list[Run]:
    """By the order's key, but none before what it waits for."""
    by_id = {run.id: run for run in runs}
    open_count = {run.id: sum(before in by_id for before in run.after) for run in runs}
    followers: dict[str, list[str]] = {}
    for run in runs:
        for before in run.after:
            followers.setdefault(before, []).append(run.id)
    heap: list[tuple[tuple[float, ...], str]] = []
    for run in runs:
        if not open_count[run.id]:
            heappush(heap, (key(run), run.id))
    return [by_id[run_id] for run_id in _pop_all(heap, by_id, open_count, followers, key)]


def _pop_all(
    heap: list[tuple[tuple[float, ...], str]],
    by_id: Mapping[str, Run],
    open_count: dict[str, int],
    followers: Mapping[str, Sequence[str]],
    key: Order,
) -> Iterator[str]:
    while heap:
        _, run_id = heappop(heap)
        yield run_id
        for follower in followers.get(run_id, ()):
            if follower in open_count:
                open_count[follower] -= 1
                if not open_count[follower]:
                    heappush(heap, (key(by_id[follower]), follower))


def neighbour(sequence: Sequence[Run], source: Random) -> list[Run]:
    """The sequence with two runs exchanged, or one at another place."""
    changed = [*sequence]
    first, second = source.sample(range(len(changed)), 2)
    if source.random() < 0.5:
        changed[first], changed[second] = changed[second], changed[first]
    else:
        changed.insert(second, changed.pop(first))
    return changed
