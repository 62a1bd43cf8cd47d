"""What the bot of the demonstration has seen before it began: two weeks, so that charts show some.

All of it is made up by formulas, the same each time, for the made-up team of the sandbox.
"""

import math
import random
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from clickup_mlops.bot.app import Bot
from clickup_mlops.clickup.model import Task
from clickup_mlops.features.metrics.jobs.rollup import rollup
from clickup_mlops.interfaces.cli._demo import fabric_advice
from clickup_mlops.interfaces.cli._demo.environment import Environment
from clickup_mlops.interfaces.cli._demo.play import settle
from clickup_mlops.store.queries.flow import KNOWN_SINCE
from clickup_mlops.store.tables.history import Series
from clickup_mlops.store.tables.timeline import Entry, Kind

DAY_MS: Final = 86_400_000
STEP_MS: Final = 900_000
DAYS: Final = 14
WEEKS: Final = 10
_FIELDS: Final = {
    "P50 latency ms": ("latency_p50_ms", "ms", 0.35),
    "P99 latency ms": ("latency_p99_ms", "ms", 1.0),
    "Throughput": ("requests_per_s", "1/s", 0.2),
    "Error rate": ("error_pct", "%", 0.001),
    "Waiting requests": ("waiting_requests", "requests", 0.01),
}
_SHOWN: Final = "P99 latency ms"
_PORTS: Final = {
    "link_utilisation_pct": ("%", 55.0),
    "ecn_marked_pct": ("%", 0.4),
    "cnp_sent_per_s": ("1/s", 140.0),
    "pause_received_pct": ("%", 0.05),
    "out_of_sequence_ppm": ("ppm", 3.0),
    "retransmission_ppm": ("ppm", 1.5),
    "bit_error_rate": ("errors/bit", 1e-15),
}
_WORN: Final = (fabric_advice.HOST, "mlx5_1")
"""The port with a bad optic."""
_WORSE: Final = {"bit_error_rate": 4e5}
"""How many times as much this port has of a measure; 6 times of others, but for percentages."""
_GPUS: Final = {"gpu_utilisation_pct": ("%", 82.0), "sm_active_pct": ("%", 61.0)}
_TOOLS: Final = {"alert": "alertmanager", "version": "mlflow"}
_STAGES: Final = ("in progress", "canary", "in review")
_MILESTONE: Final = "Ranker 3 serves all markets"
_STEPS: Final = (
    "Load test of ranker 3",
    "Canary of ranker 3 in one market",
    "Dashboards and alerts of ranker 3",
    "Ranker 3 to 100%",
)


@dataclass(frozen=True, slots=True)
class _Service:
    """A model that serves: the task that stands for it, its latency, and when it got slow."""

    task: str
    latency_ms: float
    slow_from: float
    """Days before now."""
    slow_to: float
    events: Mapping[float, tuple[Kind, str]] = field(default_factory=dict)
    """Kind and text by days before now."""


_SERVICES: Final = (
    _Service(
        "Ranking API over its latency objective during peak",
        170,
        0.4,
        0.0,
        {
            9.0: ("version", "ranker 2.8 registered"),
            8.2: ("deployment", "ranker 2.8 to 100%"),
            0.45: ("deployment", "ranker 2.9 to 10%"),
            0.3: ("alert", "RankerLatencyHigh is firing"),
        },
    ),
    _Service(
        "Canary roll-out of chat 3.2",
        900,
        5.2,
        5.0,
        {
            6.0: ("version", "chat 3.2 registered"),
            5.2: ("deployment", "chat 3.2 to 25%"),
            5.1: ("alert", "ChatErrors is firing"),
            5.0: ("deployment", "chat back to 3.1"),
        },
    ),
    _Service("p99 of the embedding service doubled since Friday", 210, 3.0, 0.0),
)


def write(demo: Environment) -> None:
    """Into the bot's store, from where the dashboard and reports read; and a milestone."""
    bot = demo.bot
    _milestone(demo)
    now, workspace = bot.now_ms(), bot.workspace_id
    tasks = {one.name: one for row in bot.store.mirror.each_open() if (one := Task.parse(row.raw))}
    chance = random.Random(7)
    services = [(one, tasks[one.task]) for one in _SERVICES if one.task in tasks]
    readings = [
        *(one for pair in services for one in _service(*pair, workspace, now, chance)),
        *_fabric(workspace, now, chance),
    ]
    bot.store.history.put(readings)
    _show(demo, readings)
    rollup(bot.store, bot.settings.retention, now)
    lists = sorted({task.list_id for task in tasks.values()})
    finished = [*_finished(workspace, now, lists, chance)]
    happened = [one for pair in services for one in _happened(*pair, workspace, now)]
    bot.store.timeline.put([*happened, *finished])
    for task_id in sorted({one.task_id for one in finished if one.text == _STAGES[1]}):
        bot.store.decisions.put(task_id, {"workload": "inference"}, f"past:{task_id}", now)
    since = now - WEEKS * 7 * DAY_MS
    bot.store.notes.put(KNOWN_SINCE["scope"], KNOWN_SINCE["name"], True, since)
    fabric_advice.write(demo)


def _show(demo: Environment, readings: Iterable[tuple[Series, int, float]]) -> None:
    """The newest latency of each service in its field, where a push would have written it: pages,
    reasons and tasks agree.
    """
    newest = {(each.task_id, each.field): value for each, _at_ms, value in readings}
    jonas = demo.clickup.control.as_user("Jonas")
    for (task_id, name), value in newest.items():
        if task_id and name == _SHOWN:
            jonas.set_field(task_id, name, round(value))
    settle(demo)


def _milestone(demo: Environment) -> None:
    """With the tasks that it waits for."""
    control = demo.clickup.control
    (milestone,) = control.add_tasks("Inference", [{"name": _MILESTONE, "custom_item_id": 1}])
    steps = [{"name": name, "parent": milestone} for name in _STEPS]
    control.add_tasks("Inference", steps)
    demo.bot.sources.backfill.run()
    demo.bot.run_until_idle()


def go_on(bot: Bot) -> None:
    """A reading of everything, now: else all falls silent while somebody looks."""
    now = bot.now_ms()
    series = bot.store.history.all([bot.workspace_id])
    bot.store.history.put((one, now, one.last) for one in series if one.last is not None)


def _service(
    one: _Service, task: Task, workspace: str, now_ms: int, chance: random.Random
) -> Iterator[tuple[Series, int, float]]:
    for name, (measure, unit, share) in _FIELDS.items():
        series = Series(workspace, "vllm", measure, f"model={task.id}", task.id, name, unit)
        for at in _times(now_ms):
            value = one.latency_ms * share * _day(at) * chance.uniform(0.93, 1.07)
            if one.slow_to <= (now_ms - at) / DAY_MS <= one.slow_from:
                value *= 0.7 if name == "Throughput" else 1.9
            yield series, at, round(value, 3)


def _fabric(
    workspace: str, now_ms: int, chance: random.Random
) -> Iterator[tuple[Series, int, float]]:
    for host in ("gpu-01", "gpu-02", "gpu-03"):
        for port in ("mlx5_0", "mlx5_1"):
            labels = f"device={port}, host={host}, port=1"
            for measure, (unit, mean) in _PORTS.items():
                series = Series(workspace, "roce", measure, labels, "", "", unit)
                is_worn = (host, port) == _WORN and unit != "%"
                bad = _WORSE.get(measure, 6.0) if is_worn else 1.0
                for at in _times(now_ms):
                    yield series, at, mean * bad * _day(at) * chance.uniform(0.8, 1.2)
        for measure, (unit, mean) in _GPUS.items():
            series = Series(workspace, "dcgm", measure, f"gpu=0, host={host}", "", "", unit)
            for at in _times(now_ms):
                yield series, at, min(100.0, mean * chance.uniform(0.85, 1.15))


def _times(now_ms: int) -> range:
    return range(now_ms - DAYS * DAY_MS, now_ms + 1, STEP_MS)


def _day(at_ms: int) -> float:
    """Days are busy, nights are not."""
    return 1 + 0.3 * math.sin(2 * math.pi * (at_ms % DAY_MS) / DAY_MS - 2)


def _happened(one: _Service, task: Task, workspace: str, now_ms: int) -> Iterator[Entry]:
    for days, (kind, text) in one.events.items():
        at, key = now_ms - int(days * DAY_MS), f"past:{task.id}:{days}"
        yield Entry(key, workspace, task.id, at, kind, text, _TOOLS.get(kind, "argocd"))


def _finished(
    workspace: str, now_ms: int, lists: list[str], chance: random.Random
) -> Iterator[Entry]:
    """Tasks of the weeks before, each from its creation until it was closed. A third of them are
    roll-outs, which have more stages.
    """
    for number in range(WEEKS * 9):
        task_id, place = f"past{number:04}", lists[number % len(lists)]
        stages = _STAGES if number % 3 == 0 else _STAGES[:1]
        at = now_ms - int(chance.uniform(0, WEEKS * 7) * DAY_MS)
        steps = [(at, "complete", "closed")]
        for stage in reversed(stages):
            at -= int(chance.lognormvariate(0.2, 0.7) * DAY_MS)
            steps.append((at, stage, "custom"))
        steps.append((at - int(chance.uniform(0.2, 6) * DAY_MS), "to do", "open"))
        for at_ms, status, kind in steps:
            value = {"to": status, "type": kind, "list": place}
            step: Kind = "created" if kind == "open" else "status"
            key = f"past:{task_id}:{status}"
            yield Entry(key, workspace, task_id, at_ms, step, status, value=value)
