"""From runs and rules to a schedule. The same input gives the same schedule.

Running and pinned runs stay. Then come the runs that have waited for too long; then those with a
window, which keep it if it still fits; then the new ones, in the best of several orders. What is
moved after that is limited: runs that would miss their deadlines, and runs that gain much.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Final

from clickup_mlops.features.schedule.plan import checks, reasons
from clickup_mlops.features.schedule.plan.model import (
    HOUR_MS,
    Placement,
    Problem,
    Rules,
    Run,
    Schedule,
    Window,
)
from clickup_mlops.features.schedule.plan.orders import (
    cost,
    is_starved,
    neighbour,
    orders,
    ranked,
)
from clickup_mlops.features.schedule.plan.places import Places
from clickup_mlops.spelling import format_count

_MOST_TRIES: Final = 2_500
_ROUNDS: Final = 6
"""How often it is planned again at most until nothing changes."""


def plan(runs: Sequence[Run], rules: Rules, now_ms: int) -> Schedule:
    """A window for each run that can have one."""
    placeable, problems = checks.sort_out(runs, rules)
    places = _settled(placeable, rules, now_ms)
    placements = [
        Placement(run, places.windows[run.id], why)
        for run, why in reasons.explain(placeable, places, rules, now_ms)
    ]
    placements.sort(key=lambda placement: (placement.window.start_ms, placement.run.id))
    all_problems = (*problems, *_overfull(placeable, places, rules))
    late = map(_late, filter(_is_late, placements))
    return Schedule(tuple(placements), (*all_problems, *_unplaced(placeable, places, rules), *late))


def _settled(runs: Sequence[Run], rules: Rules, now_ms: int) -> Places:
    """What planning again would not change: a run that moves makes room for others."""
    places, moves = _Planner(runs, rules, now_ms).arrange(), rules.moves
    for _ in range(_ROUNDS):
        moves = rules.moves - _count_moves(runs, places)
        adopted = [_moved_to(run, places) for run in runs]
        settled = _Planner(adopted, replace(rules, moves=max(0, moves)), now_ms).arrange()
        if settled.windows == places.windows:
            break
        places = settled
    return places


def _moved_to(run: Run, places: Places) -> Run:
    return replace(run, window=places.windows.get(run.id, run.window))


@dataclass
class _Planner:
    """One arrangement of these runs."""

    runs: Sequence[Run]
    rules: Rules
    now_ms: int

    def arrange(self) -> Places:
        """All of them that find a place."""
        waiting = [run for run in self.runs if run.state == "waiting"]
        starved = [run for run in waiting if is_starved(run, self.rules, self.now_ms)]
        other_runs = [run for run in waiting if not is_starved(run, self.rules, self.now_ms)]
        with_window = [run for run in other_runs if run.window]
        first = ranked(starved, lambda run: (run.queued_ms,))
        second = ranked(with_window, lambda run: (run.window.start_ms if run.window else 0,))
        new = self._best_order([run for run in other_runs if not run.window], [*first, *second])
        places = self._with_deadlines(first, second, new)
        self._move_up(places, [*first, *second])
        return places

    # -- orders

    def _best_order(self, new: Sequence[Run], before: Sequence[Run]) -> list[Run]:
        """That of least cost, improved by random exchanges: the fewer runs, the more."""
        sequences = [ranked(new, order) for order in orders(self.rules)]
        best = min(sequences, key=lambda sequence: self._cost([*before, *sequence]))
        lowest = self._cost([*before, *best])
        tries = min(_MOST_TRIES, self.rules.placements // max(1, len(before) + len(new)))
        source = Random(len(new))
        for _ in range(tries if len(new) > 1 else 0):
            sequence = ranked_after(neighbour(best, source))
            # Also if it costs the same: only so the search leaves where it stands.
            if (candidate := self._cost([*before, *sequence])) <= lowest:
                best, lowest = sequence, candidate
        return best

    def _cost(self, sequence: Sequence[Run]) -> float:
        return cost(sequence, self._placed(sequence).windows, self.now_ms)

    def _placed(self, sequence: Sequence[Run]) -> Places:
        places = Places(self.rules, self.now_ms)
        for run in self.runs:
            if run.state != "waiting" and run.window:
                places.take(run, run.window)
        windowless = set[str]()
        for run in ranked_after(sequence):
            if not windowless.isdisjoint(run.after):
                windowless.add(run.id)
                continue
            window = self._own_window(run)
            if window is not None and places.fits(run, window):
                places.take(run, window)
            elif places.place(run) is None:
                windowless.add(run.id)
        return places

    def _own_window(self, run: Run) -> Window | None:
        """Where it stands, unless its start has passed; as long as the run is now."""
        window = run.window
        if window is None or window.start_ms + self.rules.grace_ms < self.now_ms:
            return None
        return Window(window.start_ms, window.start_ms + run.length_ms)

    # -- moves

    def _with_deadlines(
        self, first: Sequence[Run], second: Sequence[Run], new: Sequence[Run]
    ) -> Places:
        """Have late runs placed sooner, as far as few enough others are moved by that."""
        places = self._placed([*first, *second, *new])
        late = sorted(self._late(places, [*second, *new]), key=lambda run: run.deadline_ms or 0)
        while late:
            ids = {run.id for run in late}
            later = [run for run in (*second, *new) if run.id not in ids]
            candidate = self._placed([*first, *late, *later])
            if self._is_better(candidate, places):
                return candidate
            late = late[: len(late) // 2]
        return places

    def _late(self, places: Places, runs: Sequence[Run]) -> list[Run]:
        return [run for run in runs if self._late_ms(run, places)]

    def _late_ms(self, run: Run, places: Places) -> int:
        window = places.windows.get(run.id)
        if window is None or run.deadline_ms is None:
            return 0
        return max(0, window.end_ms - run.deadline_ms)

    def _is_better(self, candidate: Places, places: Places) -> bool:
        moves = _count_moves(self.runs, places)
        few = _count_moves(self.runs, candidate) <= max(self.rules.moves, moves)
        waiting = [run for run in self.runs if run.state == "waiting"]
        lower = cost(waiting, candidate.windows, self.now_ms) + 1
        return few and lower <= cost(waiting, places.windows, self.now_ms)

    def _move_up(self, places: Places, runs: Sequence[Run]) -> None:
        """Move runs to earlier starts that gain enough, as long as moves are left."""
        remaining = self.rules.moves - _count_moves(self.runs, places)
        for run in runs:
            if remaining <= 0:
                return
            if run.id not in places.windows or _is_moved(run, places) or self._has_followers(run):
                continue
            before = places.release(run)
            sooner = places.find(run)
            is_worth = sooner and before.start_ms - sooner.start_ms >= self.rules.worth_moving_ms
            places.take(run, sooner if sooner and is_worth else before)
            remaining -= bool(is_worth)

    def _has_followers(self, run: Run) -> bool:
        return any(run.id in dependent.after for dependent in self.runs)


def _count_moves(runs: Iterable[Run], places: Places) -> int:
    return sum(_is_moved(run, places) for run in runs)


def _overfull(runs: Sequence[Run], places: Places, rules: Rules) -> Iterator[Problem]:
    """Pools in which people have placed more than fits."""
    fixed = [run for run in runs if run.state != "waiting" and run.window]
    for pool in rules.pools:
        short = min((places.shortage(run) for run in fixed if run.pool == pool), default=0)
        if short < 0:
            text = f"running and pinned runs need {-short} more GPUs than pool {pool} has"
            yield Problem("", text, "Move a pinned run, or correct its GPUs or its length.")


def _unplaced(runs: Iterable[Run], places: Places, rules: Rules) -> Iterator[Problem]:
    days = rules.horizon_ms // (24 * HOUR_MS)
    windowless = {
        run.id: run for run in runs if run.id not in places.windows and run.state == "waiting"
    }
    for run in windowless.values():
        if names := [windowless[before].name for before in run.after if before in windowless]:
            yield checks.blocked(run, names)
        else:
            hours = format_count(round(run.length_ms / HOUR_MS), "hour")
            yield Problem(
                run.id,
                f"{run.gpus} GPUs of pool {run.pool} are not free for {hours} "
                f"in the next {days} days",
                "Pinned runs, quotas and peak_gpus of the pool take from it.",
            )


def ranked_after(sequence: Sequence[Run]) -> list[Run]:
    """The same sequence, but none before what it waits for."""
    places = {run.id: number for number, run in enumerate(sequence)}
    if not any(run.after for run in sequence):
        return [*sequence]
    return ranked(sequence, lambda run: (places[run.id],))


def _is_moved(run: Run, places: Places) -> bool:
    window = places.windows.get(run.id)
    return bool(run.window and window and window.start_ms != run.window.start_ms)


def _is_late(placement: Placement) -> bool:
    return placement.late_ms > 0 and placement.run.state == "waiting"


def _late(placement: Placement) -> Problem:
    hours = placement.late_ms / HOUR_MS
    return Problem(
        placement.run.id,
        f"ends {hours:.3g} h after its deadline: no earlier window is free",
        "Give it fewer hours or GPUs, a later deadline, or pin other runs to later windows.",
    )
