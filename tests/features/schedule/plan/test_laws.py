"""What holds for every schedule."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from clickup_mlops.features.schedule.plan.model import DAY_MS, HOUR_MS, Placement, Rules, Run
from clickup_mlops.features.schedule.plan.orders import cost
from clickup_mlops.features.schedule.plan.planner import plan
from tests.features.schedule.plan.worlds import (
    NOW,
    PEAKS,
    adopted,
    at,
    first_come,
    lowest_cost,
    rules,
    run,
    small_case,
    worlds,
)

World = tuple[list[Run], Rules]
FEW = settings(
    max_examples=max(1, settings.default.max_examples // 4) if settings.default else 12,
    phases=[Phase.explicit, Phase.generate],
)
"""A plan takes a tenth of a second; a failure shows all that is needed without being shrunk."""


def used(placements: Iterable[Placement], at_ms: int) -> int:
    """GPUs that these runs use at a time."""
    return sum(
        placement.run.gpus
        for placement in placements
        if placement.window.start_ms <= at_ms < placement.window.end_ms
    )


@FEW
@given(worlds())
def test_no_pool_and_no_quota_is_ever_exceeded_by_what_is_placed(world: World) -> None:
    """At each start of a run that was placed; inference's GPUs are left alone in peak hours."""
    runs, rules = world
    placements = plan(runs, rules, NOW).placements

    for placement in placements:
        at_ms, placed_run = placement.window.start_ms, placement.run
        if placed_run.state != "waiting":
            continue
        pool = rules.pools[placed_run.pool]
        in_pool = [placement for placement in placements if placement.run.pool == placed_run.pool]
        in_project = [
            placement for placement in placements if placement.run.project == placed_run.project
        ]
        is_peak = any(peak.start_ms <= at_ms < peak.end_ms for peak in PEAKS)
        assert used(in_pool, at_ms) <= pool.gpus - (pool.peak_gpus if is_peak else 0)
        assert used(in_project, at_ms) <= rules.quotas.get(placed_run.project, 1_000)


@FEW
@given(worlds())
def test_running_and_pinned_runs_stay_where_they_are(world: World) -> None:
    """Whatever that costs the others."""
    runs, rules = world
    placements = {p.run.id: p for p in plan(runs, rules, NOW).placements}

    for each in runs:
        if each.state != "waiting":
            assert placements[each.id].window == each.window


@FEW
@given(worlds())
def test_each_run_is_placed_or_has_one_problem(world: World) -> None:
    """And no run has two windows, or starts in the past."""
    runs, rules = world
    schedule = plan(runs, rules, NOW)

    placed = [placement.run.id for placement in schedule.placements]
    problems = [problem.run_id for problem in schedule.problems if problem.run_id]
    assert len(set(placed)) == len(placed) and len(set(problems)) == len(problems)
    assert {run.id for run in runs} == {*placed, *problems}
    for placement in schedule.placements:
        window = placement.run.window
        if placement.run.state == "waiting" and (window is None or placement.is_move):
            assert placement.window.start_ms >= NOW


@FEW
@given(worlds())
def test_a_run_starts_in_the_peak_only_for_its_deadline(world: World) -> None:
    """A window that was given before stays."""
    runs, rules = world

    for placement in plan(runs, rules, NOW).placements:
        at_ms, placed_run = placement.window.start_ms, placement.run
        is_new = placed_run.window is None or placement.is_move
        is_peak = any(peak.start_ms <= at_ms < peak.end_ms for peak in PEAKS)
        if placed_run.state == "waiting" and is_peak and is_new:
            assert placed_run.deadline_ms is not None and placement.late_ms == 0


@FEW
@given(worlds())
def test_a_run_starts_after_what_it_waits_for(world: World) -> None:
    """And not at all while that has no window."""
    runs, rules = world
    placements = {p.run.id: p for p in plan(runs, rules, NOW).placements}

    for placement in placements.values():
        for before in placement.run.after:
            assert placement.window.start_ms >= placements[before].window.end_ms


@FEW
@given(worlds())
def test_planning_again_changes_nothing(world: World) -> None:
    """Once the windows are adopted, also a minute later; unless moves were left over."""
    runs, rules = world
    rules = replace(rules, moves=100)
    schedule = plan(runs, rules, NOW)

    assert plan(adopted(runs, schedule), rules, NOW + 60_000).moves == ()


def test_new_runs_are_placed_once_and_stay(seeds: range = range(20)) -> None:
    """A plan of runs without windows is stable at once."""
    for seed in seeds:
        runs, rules = small_case(seed)
        schedule = plan(runs, rules, NOW)
        assert plan(adopted(runs, schedule), rules, NOW + 60_000).moves == ()


@given(st.lists(st.tuples(st.integers(1, 8), st.integers(1, 10)), max_size=6))
def test_a_deadline_that_can_be_kept_alone_is_kept_before_runs_without_one(
    other_windows: Sequence[tuple[int, int]],
) -> None:
    """Whatever else is new."""
    runs = [run(f"o{number}", gpus, hours) for number, (gpus, hours) in enumerate(other_windows)]
    urgent = run("urgent", 8, 4, deadline_ms=NOW + 5 * HOUR_MS)

    placements = plan([*runs, urgent], rules(8), NOW).placements
    (placement,) = [placement for placement in placements if placement.run.id == "urgent"]
    assert placement.late_ms == 0


@pytest.mark.parametrize("urgent_hours", [2, 6])
def test_no_run_starves(urgent_hours: int) -> None:
    """A run that needs all GPUs starts, though urgent runs with deadlines come every two hours."""
    whole_pool = run("all", 16, 6)
    its_rules = rules(16, peaks=(), longest_wait_ms=24 * HOUR_MS)
    runs, now, started = [whole_pool], NOW, {}
    for step in range(60):
        now = NOW + step * 2 * HOUR_MS
        runs.append(
            run(
                f"u{step}",
                8,
                urgent_hours,
                queued_ms=now,
                priority=1,
                deadline_ms=now + (urgent_hours + 1) * HOUR_MS,
            )
        )
        runs = adopted(runs, plan(runs, its_rules, now))
        for waiting in runs:
            if waiting.window and waiting.window.start_ms < now + 2 * HOUR_MS:
                started.setdefault(waiting.id, waiting.window.start_ms)
        runs = [
            replace(run, state="running" if run.id in started else "waiting")
            for run in runs
            if run.id not in started or (run.window and run.window.end_ms > now)
        ]
        if "all" in started:
            break
    assert started["all"] <= NOW + (24 + 2 * urgent_hours + 4) * HOUR_MS


def test_a_new_run_moves_no_other_one() -> None:
    """It takes what is free."""
    runs = [run(f"r{number}", 8, 4) for number in range(6)]
    placed = adopted(runs, plan(runs, rules(), NOW))

    assert plan([*placed, run("new", 16, 4)], rules(), NOW).moves == ()


def test_a_deadline_moves_as_many_others_as_may_be_moved() -> None:
    """And not one more."""
    runs = [run(f"r{number}", 16, 2) for number in range(3)]
    placed = adopted(runs, plan(runs, rules(peaks=()), NOW))
    urgent = run("urgent", 16, 4, deadline_ms=NOW + 4 * HOUR_MS)

    moved = plan([*placed, urgent], rules(peaks=(), moves=3), NOW)
    assert moved.late_ms == 0 and 1 <= len(moved.moves) <= 3
    stuck = plan([*placed, urgent], rules(peaks=(), moves=1), NOW)
    assert stuck.moves == () and stuck.late_ms > 0
    assert "after its deadline" in stuck.problems[0].text


def test_a_run_that_ended_early_lets_others_move_up() -> None:
    """Those that gain much; the limit holds."""
    waiting = [run(f"r{number}", 16, 4, window=at(20 + 4 * number, 4)) for number in range(4)]

    schedule = plan(waiting, rules(peaks=(), moves=2), NOW)
    assert [placement.run.id for placement in schedule.moves] == ["r0", "r1"]
    assert [placement.window.start_ms for placement in schedule.moves] == [NOW, NOW + 4 * HOUR_MS]


def test_a_run_that_did_not_start_is_placed_again() -> None:
    """After an hour of grace."""
    late = run("late", window=at(-0.5, 4))
    assert plan([late], rules(), NOW).moves == ()
    (move,) = plan([replace(late, window=at(-2, 4))], rules(), NOW).moves
    assert move.window.start_ms == NOW


SAMPLE = [0, 7, 13]


@pytest.mark.parametrize(
    "seed", [s if s in SAMPLE else pytest.param(s, marks=pytest.mark.soak) for s in range(30)]
)
def test_small_cases_are_nearly_as_good_as_the_optimum(seed: int) -> None:
    """Within 3% of the lowest cost of all schedules, and never worse than first come."""
    runs, its_rules = small_case(seed)
    schedule = plan(runs, its_rules, NOW)
    windows = {placement.run.id: placement.window for placement in schedule.placements}

    achieved = cost(runs, windows, NOW)
    assert achieved <= 1.03 * lowest_cost(runs, its_rules) + 0.25
    assert achieved <= cost(runs, first_come(runs, its_rules), NOW)


def test_runs_that_wait_for_each_other_have_one_problem_each() -> None:
    """So has what waits for them; all others are placed."""
    chicken, egg = run("chicken", after=("egg",)), run("egg", after=("chicken",))
    farm = run("farm", after=("egg",))

    schedule = plan([chicken, egg, farm, run("free")], rules(), NOW)
    assert [placement.run.id for placement in schedule.placements] == ["free"]
    assert {problem.run_id: problem.text for problem in schedule.problems} == {
        "chicken": 'waits for "run egg", which waits for it',
        "egg": 'waits for "run chicken", which waits for it',
        "farm": 'waits for "run egg", which is not placed',
    }


def test_a_run_that_waits_for_one_without_a_window_gets_none() -> None:
    """Also one that has a window, and those that wait for it; what frees the GPUs is far away."""
    pinned = run("pinned", 16, 400, state="pinned", window=at(0, 400))
    first, second = run("first", 8), run("second", 1, after=("first",), window=at(2, 4))
    third = run("third", 1, after=("second",))

    schedule = plan([pinned, first, second, third], rules(20, horizon_ms=10 * DAY_MS), NOW)
    assert [placement.run.id for placement in schedule.placements] == ["pinned"]
    assert {problem.run_id: problem.text for problem in schedule.problems} == {
        "first": "8 GPUs of pool a are not free for 4 hours in the next 10 days",
        "second": 'waits for "run first", which is not placed',
        "third": 'waits for "run second", which is not placed',
    }


def test_a_pool_of_zero_is_one_problem_for_all_its_runs() -> None:
    """Not one for each."""
    (problem,) = plan([run("a", 1), run("b", 1)], rules(0), NOW).problems
    assert problem.text == "pool a has no GPUs: 2 runs not placed"
