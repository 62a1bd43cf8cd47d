"""How good and how fast the schedule is: against first come, the optimum, and a constraint solver.

    python benchmarks/schedule.py            # 2,000 runs; 30 small cases against the optimum
    python benchmarks/schedule.py --cp-sat   # with OR-Tools' CP-SAT, if `ortools` is installed

Costs are hours of waiting and, a hundred times as heavy, hours after deadlines. CPU is of this
process.
"""

import argparse
import random
import resource
import sys
import time
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from clickup_mlops.features.schedule.plan.model import DAY_MS, HOUR_MS, Pool, Rules, Run, Window
from clickup_mlops.features.schedule.plan.orders import LATE_WEIGHT, cost
from clickup_mlops.features.schedule.plan.planner import plan
from tests.features.schedule.plan.worlds import NOW, adopted, first_come, lowest_cost, small_case


def large(count: int, pools: int, seed: int = 1) -> tuple[list[Run], Rules]:
    """Runs of 1 to 32 GPUs and 1 to 48 hours; a third has a deadline; peaks every day."""
    source, names = random.Random(seed), [f"pool-{number}" for number in range(pools)]
    peaks = tuple(
        Window(NOW + day * DAY_MS + 8 * HOUR_MS, NOW + day * DAY_MS + 18 * HOUR_MS)
        for day in range(365)
    )
    runs = [
        Run(
            f"r{number}",
            f"run {number}",
            source.choice([1, 2, 4, 8, 8, 16, 32]),
            source.randint(1, 48) * HOUR_MS,
            source.choice(names),
            source.choice(["vision", "speech", "ranking"]),
            NOW - source.randint(0, 48) * HOUR_MS,
            NOW + source.randint(10, 400) * HOUR_MS if source.random() < 0.33 else None,
        )
        for number in range(count)
    ]
    quotas = {"vision": 32 * pools}
    return runs, Rules({n: Pool(n, 64, 8) for n in names}, quotas, peaks, horizon_ms=900 * DAY_MS)


def windows_of(runs: list[Run], rules: Rules) -> dict[str, Window]:
    """Where the plan puts them."""
    return {placed.run.id: placed.window for placed in plan(runs, rules, NOW).placements}


def late_hours(runs: list[Run], windows: dict[str, Window]) -> float:
    """After their deadlines, in total."""
    return sum(
        max(0, windows[run.id].end_ms - run.deadline_ms) / HOUR_MS
        for run in runs
        if run.deadline_ms is not None
    )


def utilisation(runs: list[Run], windows: dict[str, Window], rules: Rules) -> float:
    """GPU hours of the runs over those of the pools until the last one ends."""
    end = max(window.end_ms for window in windows.values())
    used = sum(run.gpus * run.length_ms for run in runs)
    return used / (sum(pool.gpus for pool in rules.pools.values()) * (end - NOW))


def print_speed() -> None:
    """A first plan, and planning again with the windows that it gave."""
    for count, pools in ((200, 1), (2_000, 4)):
        runs, rules = large(count, pools)
        began = time.process_time()
        schedule = plan(runs, rules, NOW)
        first = time.process_time() - began
        placed, began = adopted(runs, schedule), time.process_time()
        again = plan(placed, rules, NOW + 60_000)
        remainder = time.process_time() - began
        print(
            f"{count:5} runs: {first:.2f} s CPU; again {remainder:.2f} s, {len(again.moves)} moves"
        )
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"highest memory {peak:.0f} MiB")


def print_against_first_come() -> None:
    """Lateness and utilisation."""
    for count, pools in ((60, 1), (400, 2)):
        runs, rules = large(count, pools, seed=2)
        ours, queue = windows_of(runs, rules), first_come(runs, rules)
        for name, windows in (("plan", ours), ("first come", queue)):
            print(
                f"{count:4} runs, {name:10}: {late_hours(runs, windows):8.0f} h late, "
                f"{100 * utilisation(runs, windows, rules):5.1f} % used, "
                f"cost {cost(runs, windows, NOW):,.0f}"
            )


def print_against_optimum() -> None:
    """30 cases of six runs, all 720 sequences of each."""
    ratios = []
    for seed in range(30):
        runs, rules = small_case(seed)
        best = lowest_cost(runs, rules)
        ratios.append((cost(runs, windows_of(runs, rules), NOW) + 1) / (best + 1))
    exact = sum(ratio < 1.0001 for ratio in ratios)
    print(f"30 small cases: {exact} optimal, worst {100 * (max(ratios) - 1):.1f} % above")


def cp_sat(runs: list[Run], rules: Rules, seconds: float) -> dict[str, Window] | None:
    """What CP-SAT finds in that time, on a grid of 15 minutes; None: nothing."""
    from ortools.sat.python import cp_model

    step = rules.step_ms
    horizon = 40 * DAY_MS // step
    model, starts, costs = cp_model.CpModel(), {}, []
    by_pool: dict[str, list[tuple[object, int]]] = {name: [] for name in rules.pools}
    by_project: dict[str, list[tuple[object, int]]] = {name: [] for name in rules.quotas}
    peaks = [
        (max(0, (peak.start_ms - NOW) // step), (peak.end_ms - NOW) // step)
        for peak in rules.peaks
        if peak.end_ms - NOW > 0 and (peak.start_ms - NOW) // step < horizon
    ]
    off_peak, at = [], 0
    for begin, end in peaks:
        if begin > at:
            off_peak.append([at, begin - 1])
        at = end
    off_peak.append([at, horizon])
    for run in runs:
        length = run.length_ms // step
        # With a deadline the peak is open, as in the plan.
        domain = cp_model.Domain.FromIntervals(
            off_peak if run.deadline_ms is None else [[0, horizon]]
        )
        start = model.new_int_var_from_domain(domain, run.id)
        interval = model.new_fixed_size_interval_var(start, length, f"i{run.id}")
        starts[run.id] = start
        by_pool[run.pool].append((interval, run.gpus))
        if run.project in by_project:
            by_project[run.project].append((interval, run.gpus))
        costs.append(start)
        if run.deadline_ms is not None:
            late = model.new_int_var(0, 2 * horizon, f"l{run.id}")
            model.add(late >= start + length - (run.deadline_ms - NOW) // step)
            costs.append(LATE_WEIGHT * late)
    for name, pool in rules.pools.items():
        reserved = [
            (
                model.new_fixed_size_interval_var(begin, end - begin, f"p{name}{begin}"),
                pool.peak_gpus,
            )
            for begin, end in peaks
        ]
        used = by_pool[name] + (reserved if pool.peak_gpus else [])
        model.add_cumulative([i for i, _ in used], [g for _, g in used], pool.gpus)
    for name, used in by_project.items():
        if used:
            model.add_cumulative([i for i, _ in used], [g for _, g in used], rules.quotas[name])
    model.minimize(sum(costs))
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds, solver.parameters.num_workers = seconds, 2
    if solver.solve(model) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None
    return {
        run.id: Window(
            NOW + solver.value(starts[run.id]) * step,
            NOW + solver.value(starts[run.id]) * step + run.length_ms,
        )
        for run in runs
    }


def print_against_cp_sat(seconds: float) -> None:
    """Without peaks: there the plan follows rules of its own."""
    for count, seed in ((12, 1), (12, 2), (30, 3), (30, 4), (60, 5), (120, 6), (400, 7)):
        runs, rules = large(count, 1, seed)
        rules = replace(rules, peaks=())
        began = time.process_time()
        ours = cost(runs, windows_of(runs, rules), NOW)
        ours_s = time.process_time() - began
        began = time.perf_counter()
        solution = cp_sat(runs, rules, seconds)
        line = f"{count:4} runs: plan {ours:,.0f} in {ours_s:.2f} s CPU; CP-SAT "
        if solution is None:
            line += f"nothing in {seconds:g} s"
        else:
            theirs = cost(runs, solution, NOW)
            line += (
                f"{theirs:,.0f} in {time.perf_counter() - began:.0f} s, ratio {ours / theirs:.3f}"
            )
        print(line, flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cp-sat", action="store_true")
    parser.add_argument("--seconds", type=float, default=30, help="for CP-SAT, with 2 workers")
    arguments = parser.parse_args()
    if arguments.cp_sat:
        print_against_cp_sat(arguments.seconds)
    else:
        print_speed()
        print_against_first_come()
        print_against_optimum()
