"""What can routing change for a team? `python benchmarks/impact.py [--weeks N] [--seeds N]`

A team is simulated with SimPy: tasks arrive, engineers take the next one, a reviewer approves
roll-outs, and somebody notices that a deployment has ended. Without the bot the next task is the
oldest one. With it, it is the first by the real router (`routing.Router`, with the shipped
classifier and policy), and a report of the pipeline closes the task at once, as the automation
`deployment_done` does. Both see the same arrivals and the same work.

The published claims stand beside what comes out, with how much that moves if an assumption is
halved or doubled. What the simulation does not model is said to be not simulated.
"""

import argparse
import random
import statistics
import sys
from collections.abc import Generator
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import simpy

from clickup_mlops.clickup.model import Task
from clickup_mlops.routing.classifier.classify import load
from clickup_mlops.routing.facts import Context
from clickup_mlops.routing.order import compute_position
from clickup_mlops.routing.policy import Policy
from clickup_mlops.routing.router import CachedClassifier, Router

HOUR_MS, WEEK_H = 3_600_000, 168
START_MS = 20_600 * 24 * HOUR_MS
CLAIMS = {
    "deployment cycle": -0.73,
    "RoCE utilisation": 0.45,
    "tool switches per task": -0.60,
}
TITLES = {
    "incident": "P99 latency of the {} endpoint is over its SLO in production, users get 503",
    "rollout": "Roll out {} to the production serving fleet",
    "training": "Train {} on 64 GPUs with the new corpus",
    "other": "Update the handbook of {}",
}
Process = Generator[simpy.Event, Any, None]


@dataclass(frozen=True)
class Assumptions:
    """Rates a week and lengths in hours. None of them is measured: change them."""

    engineers: float = 6
    reviewers: float = 1
    incidents_a_week: float = 8
    rollouts_a_week: float = 12
    training_a_week: float = 24
    others_a_week: float = 10
    work_h: float = 17
    """Mean work on a task: with the rates above engineers are busy for nine tenths of the time."""
    review_h: float = 3
    notice_h: float = 10
    """Until somebody notices that a deployment has ended, without a report."""
    links_per_task: float = 5
    """Visits of other tools for a task."""
    linked_share: float = 0.35
    """The part of these visits that reports and fields in the task make unnecessary."""


@dataclass(frozen=True)
class Arrival:
    """A task: when it arrives (hours), and how long work and review take."""

    number: int
    at_h: float
    kind: str
    work_h: float
    review_h: float
    notice_h: float


@dataclass
class Team:
    """A run: with the bot or without."""

    assumptions: Assumptions
    router: Router | None

    def __post_init__(self) -> None:
        self.env = simpy.Environment()
        self.engineers = simpy.PriorityResource(self.env, max(1, round(self.assumptions.engineers)))
        self.reviewers = simpy.PriorityResource(self.env, max(1, round(self.assumptions.reviewers)))
        self.cycles: list[float] = []
        self.waits: dict[str, list[float]] = {kind: [] for kind in TITLES}

    def run(self, arrivals: list[Arrival], weeks: int) -> None:
        """All that happens in these weeks."""
        for arrival in arrivals:
            self.env.process(self.live(arrival))
        self.env.run(until=weeks * WEEK_H)

    def live(self, arrival: Arrival) -> Process:
        """A task from its arrival until it is known to be deployed."""
        yield self.env.timeout(arrival.at_h)
        with self.engineers.request(priority=self.place(arrival)) as turn:
            yield turn
            self.waits[arrival.kind].append(self.env.now - arrival.at_h)
            yield self.env.timeout(arrival.work_h)
        if arrival.kind != "rollout":
            return
        ready_h = self.env.now
        with self.reviewers.request(priority=self.place(arrival)) as turn:
            yield turn
            yield self.env.timeout(arrival.review_h)
        if self.router is None:  # somebody has to see that it is done
            yield self.env.timeout(arrival.notice_h)
        self.cycles.append(self.env.now - ready_h)

    def place(self, arrival: Arrival) -> Any:
        """Smaller is taken first."""
        if self.router is None:
            return (arrival.at_h,)
        now_ms = START_MS + int(self.env.now * HOUR_MS)
        created_ms = START_MS + int(arrival.at_h * HOUR_MS)
        task = as_task(arrival, created_ms)
        decision = self.router.route(task, Context(), now_ms)
        return compute_position(decision, decision.priority, created_ms, task.id)


def as_task(arrival: Arrival, created_ms: int) -> Task:
    """As ClickUp has it."""
    name = TITLES[arrival.kind].format(f"ranker-{arrival.number % 40}")
    status = {"status": "to do", "type": "open"}
    return Task.parse(
        {"id": f"t{arrival.number}", "name": name, "status": status, "date_created": created_ms}
    )


def arrive(assumptions: Assumptions, weeks: int, seed: int) -> list[Arrival]:
    """The same for both runs."""
    chance = random.Random(seed)
    rates = {
        "incident": assumptions.incidents_a_week,
        "rollout": assumptions.rollouts_a_week,
        "training": assumptions.training_a_week,
        "other": assumptions.others_a_week,
    }
    arrivals = []
    for kind, rate in rates.items():
        at_h = chance.expovariate(rate / WEEK_H)
        while at_h < weeks * WEEK_H:
            lengths = (assumptions.work_h, assumptions.review_h, assumptions.notice_h)
            drawn = (chance.expovariate(1 / length) for length in lengths)
            arrivals.append(Arrival(len(arrivals), at_h, kind, *drawn))
            at_h += chance.expovariate(rate / WEEK_H)
    return arrivals


def change(assumptions: Assumptions, router: Router, weeks: int, seeds: int) -> dict[str, float]:
    """By what part means change with the bot, in the mean of the seeds."""
    changes: dict[str, list[float]] = {}
    for seed in range(seeds):
        arrivals = arrive(assumptions, weeks, seed)
        without, with_bot = (Team(assumptions, each) for each in (None, router))
        for team in (without, with_bot):
            team.run(arrivals, weeks)
        pairs = {
            "deployment cycle": (without.cycles, with_bot.cycles),
            "incident waiting": (without.waits["incident"], with_bot.waits["incident"]),
            "training waiting": (without.waits["training"], with_bot.waits["training"]),
        }
        for name, (before, now) in pairs.items():
            old, new = (statistics.fmean(values or [0.0]) for values in (before, now))
            changes.setdefault(name, []).append((new + 0.1) / (old + 0.1) - 1)
    result = {name: statistics.fmean(values) for name, values in changes.items()}
    return result | {"tool switches per task": -assumptions.linked_share}


def main() -> None:
    """Print the claims beside what comes out, and how sensitive that is."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--weeks", type=int, default=12)
    parser.add_argument("--seeds", type=int, default=3)
    options = parser.parse_args()
    router = Router(Policy(), CachedClassifier(load()))
    base = Assumptions()
    result = change(base, router, options.weeks, options.seeds)
    unnoticed = replace(base, notice_h=1e-6)  # routing alone: everybody sees an end at once
    alone = change(unnoticed, router, options.weeks, options.seeds)["deployment cycle"]
    print(f"{'':26}{'claimed':>9}{'simulated':>11}")
    for name, value in result.items():
        claim = f"{CLAIMS[name]:+.0%}" if name in CLAIMS else "-"
        verdict = ""
        if name in CLAIMS:
            verdict = judge(value, CLAIMS[name], alone if name == "deployment cycle" else 0.0)
        print(f"{name:26}{claim:>9}{value:>+11.0%}  {verdict}")
    print(f"{'RoCE utilisation':26}{CLAIMS['RoCE utilisation']:>+9.0%}{'not simulated':>15}")
    print(f"{'cycle, by routing alone':26}{'-':>9}{alone:>+11.0%}")
    print("\nMost of the cycle's change is the assumption `notice_h`: that somebody has to look.")
    print("Tool switches follow from the assumption `linked_share` alone: nothing is simulated.")
    sensitivity(base, result, router, options.weeks, options.seeds)


def judge(value: float, claim: float, alone: float) -> str:
    """Whether a claim comes out, and by what."""
    if abs(value) < abs(claim):
        return "does not come out"
    return "comes out" if abs(alone) >= abs(claim) else "comes out by assumption alone"


def sensitivity(
    base: Assumptions, result: dict[str, float], router: Router, weeks: int, seeds: int
) -> None:
    """How far the deployment cycle moves with each assumption."""
    print(f"\ndeployment cycle {result['deployment cycle']:+.0%}, if an assumption is")
    print(f"{'':26}{'halved':>9}{'doubled':>11}")
    for field in fields(base):
        if field.name in ("links_per_task", "linked_share"):
            continue
        value = getattr(base, field.name)
        moved = [
            change(replace(base, **{field.name: value * factor}), router, weeks, seeds)
            for factor in (0.5, 2)
        ]
        columns = [f"{each['deployment cycle']:+.0%}" for each in moved]
        print(f"{field.name:26}{columns[0]:>9}{columns[1]:>11}")


if __name__ == "__main__":
    main()
