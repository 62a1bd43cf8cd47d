"""What can the bot change for a team? `python benchmarks/impact.py [--weeks N] [--seeds N]`

A team is simulated with SimPy over the sandbox's clock, with the bot and without it; both see the
same arrivals, work and faults. Real are the parts that decide:

- the router (shipped classifier and policy) says which task is first; without it the oldest is;
- the shipped automations are evaluated: `deployment_done` ends a roll-out when the pipeline reports
  it (without it somebody has to look), `training_deferred` holds training back in an incident;
- the scheduler plans training runs on a pool whose GPUs serve inference in peak hours, against
  first come, first served;
- a fabric with planted faults is simulated and read through its exporters' pages; the diagnosis
  finds a fault or not, and its advice is taken after a time.

The published claims stand beside what comes out, with how much that moves if an assumption is
halved or doubled. Tasks are as ClickUp has them, but no call is made to a ClickUp.
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

from clickup_mlops import content
from clickup_mlops.automations.choices import AutomationChoice
from clickup_mlops.automations.conditions.lookups import Lookups
from clickup_mlops.automations.engine import evaluate
from clickup_mlops.automations.load import load as load_automations
from clickup_mlops.automations.model import Action, Automation, Situation
from clickup_mlops.clickup.model import Event, Task
from clickup_mlops.features.network.balance.operations import measured
from clickup_mlops.features.network.diagnosis.diagnose import WINDOW_MS, diagnose
from clickup_mlops.features.network.diagnosis.windows import windows
from clickup_mlops.features.network.observing import observe
from clickup_mlops.features.network.simulate.fabrics import SHAPES
from clickup_mlops.features.network.simulate.hour import SCRAPE_S, scrapes
from clickup_mlops.features.network.simulate.world import World
from clickup_mlops.features.schedule.plan.model import DAY_MS, Pool, Rules, Run, Window
from clickup_mlops.features.schedule.plan.planner import plan
from clickup_mlops.routing.classifier.classify import load
from clickup_mlops.routing.facts import Context
from clickup_mlops.routing.order import compute_position
from clickup_mlops.routing.policy import Policy
from clickup_mlops.routing.router import CachedClassifier, Router
from clickup_mlops.sandbox.core.clock import Clock
from tests.features.schedule.plan.worlds import NOW as PLANNED_MS
from tests.features.schedule.plan.worlds import first_come
from tests.simulated_fabric import PLANTED, fabric_of

HOUR_MS, WEEK_H = 3_600_000, 168
START_MS = 20_600 * 24 * HOUR_MS
AUTOMATIONS = ("deployment_done", "training_deferred")
FAULTS = ("few_flows", "hash_polarisation", "slow_receiver", "half_speed", "ecn_too_high")
FABRIC_SCRAPES, GPUS, PEAK_GPUS = 12, 64, 24
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
    fault_every_h: float = 96
    """Mean time between faults of the fabric."""
    fault_notice_h: float = 24
    """Until somebody finds the cause of a slow fabric, without a diagnosis."""
    fault_fix_h: float = 4
    """Until what is advised is done."""
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


@dataclass(frozen=True)
class Bot:
    """The real parts that decide."""

    router: Router
    automations: tuple[Automation, ...]

    def acts(self, name: str, task: Task, kind: str, now_ms: int, incidents: int) -> bool:
        """Whether this automation does anything about the event."""
        event = Event(f"{task.id}{kind}", "w", kind, task.id, "1", None, None, (), now_ms, {})
        situation = Situation(
            event,
            task,
            now_ms,
            lambda: self.router.route(task, Context(), now_ms),
            lookups=Lookups(incidents=lambda: incidents),
        )
        findings = evaluate(self.automations, situation)
        return any(
            isinstance(finding, Action) and finding.automation == name for finding in findings
        )


@dataclass
class Team:
    """A run: with the bot or without."""

    assumptions: Assumptions
    bot: Bot | None

    def __post_init__(self) -> None:
        self.clock, self.incidents = Clock(), 0
        self.clock.freeze(START_MS)
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
        self.incidents += arrival.kind == "incident"
        with self.engineers.request(priority=self.place(arrival)) as turn:
            yield turn
            self.waits[arrival.kind].append(self.env.now - arrival.at_h)
            yield self.env.timeout(arrival.work_h)
        self.incidents -= arrival.kind == "incident"
        if arrival.kind != "rollout":
            return
        ready_h = self.env.now
        with self.reviewers.request(priority=self.place(arrival)) as turn:
            yield turn
            yield self.env.timeout(arrival.review_h)
        if not self.is_reported(arrival):  # somebody has to see that it is done
            yield self.env.timeout(arrival.notice_h)
        self.cycles.append(self.env.now - ready_h)

    def now_ms(self) -> int:
        """By the sandbox's clock, which follows the simulation."""
        self.clock.set(START_MS + int(self.env.now * HOUR_MS))
        return self.clock.now_ms()

    def place(self, arrival: Arrival) -> Any:
        """Smaller is taken first; what an automation holds back comes last."""
        if self.bot is None:
            return (False, arrival.at_h)
        now_ms, created_ms = self.now_ms(), START_MS + int(arrival.at_h * HOUR_MS)
        task = as_task(arrival, created_ms)
        decision = self.bot.router.route(task, Context(), now_ms)
        is_held = arrival.kind == "training" and self.bot.acts(
            "training_deferred", task, "taskCreated", now_ms, self.incidents
        )
        return (is_held, compute_position(decision, decision.priority, created_ms, task.id))

    def is_reported(self, arrival: Arrival) -> bool:
        """Whether the pipeline's report ends the roll-out."""
        if self.bot is None:
            return False
        task = as_task(arrival, START_MS + int(arrival.at_h * HOUR_MS), "canary")
        kind = "integration:deploy.succeeded"
        return self.bot.acts("deployment_done", task, kind, self.now_ms(), self.incidents)


def as_task(arrival: Arrival, created_ms: int, state: str = "to do") -> Task:
    """As ClickUp has it."""
    name = TITLES[arrival.kind].format(f"ranker-{arrival.number % 40}")
    status = {"status": state, "type": "open" if state == "to do" else "custom"}
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


def load_bot() -> Bot:
    """The shipped classifier, policy and automations."""
    choices = {name: AutomationChoice(mode="on") for name in AUTOMATIONS}
    every = load_automations(content.find_folder("automations", None), choices=choices)
    chosen = tuple(automation for automation in every if automation.name in AUTOMATIONS)
    return Bot(Router(Policy(), CachedClassifier(load())), chosen)


def change(assumptions: Assumptions, bot: Bot, weeks: int, seeds: int) -> dict[str, float]:
    """By what part means change with the bot, in the mean of the seeds."""
    changes: dict[str, list[float]] = {}
    for seed in range(seeds):
        arrivals = arrive(assumptions, weeks, seed)
        without, with_bot = Team(assumptions, None), Team(assumptions, bot)
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


@dataclass(frozen=True)
class Fault:
    """What a fault of a fabric does: links' use with it and without, and whether it is found."""

    name: str
    faulty_gbps: float
    healthy_gbps: float
    is_found: bool


def try_faults(seeds: int) -> list[Fault]:
    """Six minutes of a fabric with each fault, read and diagnosed, and of the same one without."""
    shape = SHAPES["clos-1to1"]
    faults = []
    for seed in range(seeds):
        for name in FAULTS:
            faulty, healthy = (World(shape, "training", seed) for _ in range(2))
            PLANTED[name].plant(faulty)
            # The same jobs on both: a fault may need another pattern of traffic.
            for job, twin in zip(faulty.jobs, healthy.jobs, strict=True):
                twin.demand, twin.is_ring, twin.kind = job.demand, job.is_ring, job.kind
            (slow, kinds), (fast, _) = look(faulty), look(healthy)
            faults.append(Fault(name, slow, fast, PLANTED[name].kind in kinds))
    return faults


def look(world: World) -> tuple[float, set[str]]:
    """What its ports send (Gbit/s), and what the diagnosis finds."""
    world.begin()
    readings = [*observe(scrapes(world, FABRIC_SCRAPES), START_MS)]
    fabric, end_ms = fabric_of(world), START_MS + round(1000 * SCRAPE_S * FABRIC_SCRAPES)
    data = windows(readings, end_ms, WINDOW_MS, fabric.name_of)
    return measured(fabric, data).sent_gbps, {
        finding.fault for finding in diagnose(data, fabric).findings
    }


def utilisation_change(assumptions: Assumptions, faults: list[Fault]) -> float:
    """By what part links are busier, in the mean of time. A fault that is not found lasts as long
    as without the bot.
    """
    minutes_h = FABRIC_SCRAPES * SCRAPE_S / 3600
    totals = [0.0, 0.0]
    for fault in faults:
        for place, has_bot in enumerate((False, True)):
            found_h = minutes_h if has_bot and fault.is_found else assumptions.fault_notice_h
            down_h = min(found_h + assumptions.fault_fix_h, assumptions.fault_every_h)
            up_h = assumptions.fault_every_h - down_h
            totals[place] += down_h * fault.faulty_gbps + up_h * fault.healthy_gbps
    return totals[1] / totals[0] - 1


def schedule_changes(seeds: int) -> dict[str, float]:
    """The real plan against first come, first served, on a pool that serves inference by day."""
    peaks = tuple(
        Window(PLANNED_MS + day * DAY_MS + 8 * HOUR_MS, PLANNED_MS + day * DAY_MS + 18 * HOUR_MS)
        for day in range(90)
    )
    rules = Rules({"a": Pool("a", GPUS, PEAK_GPUS)}, peaks=peaks)
    sums = {"wait": [0.0, 0.0], "peak": [0.0, 0.0], "late": [0.0, 0.0]}
    for seed in range(seeds):
        chance = random.Random(seed)
        runs = [
            Run(
                f"r{number}",
                f"run {number}",
                chance.choice([8, 8, 16, 32]),
                chance.randint(2, 24) * HOUR_MS,
                "a",
                queued_ms=PLANNED_MS - chance.randint(0, 24) * HOUR_MS,
                deadline_ms=PLANNED_MS + chance.randint(30, 200) * HOUR_MS
                if chance.random() < 0.3
                else None,
            )
            for number in range(40)
        ]
        # First come knows no peaks: whoever waits takes the GPUs that inference would need.
        before = first_come(runs, replace(rules, peaks=()))
        after = {
            placed.run.id: placed.window for placed in plan(runs, rules, PLANNED_MS).placements
        }
        for place, planned in enumerate((before, after)):
            for run in runs:
                window = planned[run.id]
                sums["wait"][place] += window.start_ms - run.queued_ms
                late = 0 if run.deadline_ms is None else max(0, window.end_ms - run.deadline_ms)
                sums["late"][place] += late
            sums["peak"][place] += lacking_gpu_hours(runs, planned, peaks)
    names = {
        "wait": "run waiting (schedule)",
        "peak": "GPU h inference lacks",
        "late": "hours after deadlines",
    }
    return {names[key]: (now + 1) / (old + 1) - 1 for key, (old, now) in sums.items()}


def lacking_gpu_hours(
    runs: list[Run], planned: dict[str, Window], peaks: tuple[Window, ...]
) -> float:
    """What inference lacks of its GPUs in peak hours, by the hour."""
    lacking = 0.0
    for peak in peaks:
        for at_ms in range(peak.start_ms, peak.end_ms, HOUR_MS):
            used = sum(
                run.gpus
                for run in runs
                if planned[run.id].start_ms <= at_ms < planned[run.id].end_ms
            )
            lacking += max(0, used - (GPUS - PEAK_GPUS))
    return lacking


def main() -> None:
    """Print the claims beside what comes out, and how sensitive that is."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--weeks", type=int, default=12)
    parser.add_argument("--seeds", type=int, default=3)
    options = parser.parse_args()
    bot, base, faults = load_bot(), Assumptions(), try_faults(options.seeds)
    result = change(base, bot, options.weeks, options.seeds)
    unnoticed = replace(base, notice_h=1e-6)  # routing alone: everybody sees an end at once
    alone = change(unnoticed, bot, options.weeks, options.seeds)["deployment cycle"]
    result["RoCE utilisation"] = utilisation_change(base, faults)
    detected = [fault for fault in faults if fault.is_found]
    print(f"{'':26}{'claimed':>9}{'simulated':>11}")
    for name, value in (result | schedule_changes(options.seeds)).items():
        claim = f"{CLAIMS[name]:+.0%}" if name in CLAIMS else "-"
        without = {"deployment cycle": alone, "RoCE utilisation": value}.get(name, 0.0)
        verdict = judge(value, CLAIMS[name], without) if name in CLAIMS else ""
        print(f"{name:26}{claim:>9}{value:>+11.0%}  {verdict}")
    print(f"{'cycle, by routing alone':26}{'-':>9}{alone:>+11.0%}")
    print(f"\nFaults of the fabric that the diagnosis found: {len(detected)} of {len(faults)}.")
    print("Most of the cycle's change is the assumption `notice_h`: that somebody has to look.")
    print("Tool switches follow from the assumption `linked_share` alone: nothing is simulated.")
    sensitivity(base, result, bot, faults, options.weeks, options.seeds)


def judge(value: float, claim: float, alone: float) -> str:
    """Whether a claim comes out, and by what."""
    if abs(value) < abs(claim) or value * claim < 0:
        return "does not come out"
    return "comes out" if abs(alone) >= abs(claim) else "comes out by assumption alone"


def sensitivity(
    base: Assumptions,
    result: dict[str, float],
    bot: Bot,
    faults: list[Fault],
    weeks: int,
    seeds: int,
) -> None:
    """How far the deployment cycle and the use of links move with each assumption."""
    cycle, busy = result["deployment cycle"], result["RoCE utilisation"]
    print(f"\ndeployment cycle {cycle:+.0%}, RoCE utilisation {busy:+.0%}, if an assumption is")
    print(f"{'':26}{'halved':>9}{'doubled':>11}")
    for field in fields(base):
        if field.name == "linked_share":
            continue
        value = getattr(base, field.name)
        moved = [replace(base, **{field.name: value * factor}) for factor in (0.5, 2)]
        if field.name.startswith("fault"):
            columns = [f"{utilisation_change(varied, faults):+.0%}" for varied in moved]
        else:
            effects = (change(varied, bot, weeks, seeds) for varied in moved)
            columns = [f"{effect['deployment cycle']:+.0%}" for effect in effects]
        print(f"{field.name:26}{columns[0]:>9}{columns[1]:>11}")


if __name__ == "__main__":
    main()
