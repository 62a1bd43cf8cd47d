"""What was measured of some services and GPUs before the demonstration began, so that charts show
two weeks. All of it is made up by formulas, the same each time, for the team of the sandbox.
"""

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from clickup_mlops.clickup.model import Task
from clickup_mlops.features.metrics.jobs.rollup import rollup
from clickup_mlops.ports.demo.environment import Environment, settle
from clickup_mlops.ports.demo.model import Reading
from clickup_mlops.store.tables.history import Series

DAY_MS: Final = 86_400_000
HOSTS: Final = ("gpu-01", "gpu-02", "gpu-03")
_STEP_MS: Final = 900_000
_DAYS: Final = 14
_FIELDS: Final = {
    "P50 latency ms": ("latency_p50_ms", "ms", 0.35),
    "P99 latency ms": ("latency_p99_ms", "ms", 1.0),
    "Throughput": ("requests_per_s", "1/s", 0.2),
    "Error rate": ("error_pct", "%", 0.001),
    "Waiting requests": ("waiting_requests", "requests", 0.01),
}
"""Measure, unit and share of the latency by field."""
_SHOWN_FIELD: Final = "P99 latency ms"
_GPUS: Final = {"gpu_utilisation_pct": ("%", 82.0), "sm_active_pct": ("%", 61.0)}


@dataclass(frozen=True, slots=True)
class Service:
    """A model that serves: the name of its task, its latency, and when it was slow, in days before
    now.
    """

    task: str
    latency_ms: float
    slow_from: float
    slow_to: float


SERVICES: Final = (
    Service("Ranking API over its latency objective during peak", 170, 0.4, 0.0),
    Service("Canary roll-out of chat 3.2", 900, 5.2, 5.0),
    Service("p99 of the embedding service doubled since Friday", 210, 3.0, 0.0),
)


def readings(demo: Environment) -> Iterator[Reading]:
    """Of each service whose task is open, and of the GPUs."""
    bot, chance = demo.bot, random.Random(7)
    now, workspace = bot.now_ms(), bot.workspace_id
    tasks = [Task.parse(row.raw) for row in bot.store.mirror.each_open()]
    by_name = {task.name: task for task in tasks}
    for service in SERVICES:
        if service.task in by_name:
            yield from _service(service, by_name[service.task].id, workspace, now, chance)
    yield from _gpus(workspace, now, chance)


def finish(demo: Environment) -> None:
    """Show the newest latency of each service in its field, where a push would have written it:
    pages, reasons and tasks agree. And have means of everything for the long charts.
    """
    bot = demo.bot
    jonas = demo.clickup.control.as_user("Jonas")
    for series in bot.store.history.all([bot.workspace_id]):
        if series.task_id and series.field == _SHOWN_FIELD and series.last is not None:
            jonas.set_field(series.task_id, series.field, round(series.last))
    settle(demo)
    rollup(bot.store, bot.settings.retention, bot.now_ms())


def _service(
    service: Service, task_id: str, workspace: str, now_ms: int, chance: random.Random
) -> Iterator[Reading]:
    for name, (measure, unit, share) in _FIELDS.items():
        series = Series(workspace, "vllm", measure, f"model={task_id}", task_id, name, unit)
        for at_ms in times(now_ms):
            value = service.latency_ms * share * day_factor(at_ms) * chance.uniform(0.93, 1.07)
            if service.slow_to <= (now_ms - at_ms) / DAY_MS <= service.slow_from:
                value *= 0.7 if name == "Throughput" else 1.9
            yield series, at_ms, round(value, 3)


def _gpus(workspace: str, now_ms: int, chance: random.Random) -> Iterator[Reading]:
    for host in HOSTS:
        for measure, (unit, mean) in _GPUS.items():
            series = Series(workspace, "dcgm", measure, f"gpu=0, host={host}", "", "", unit)
            for at_ms in times(now_ms):
                yield series, at_ms, min(100.0, mean * chance.uniform(0.85, 1.15))


def times(now_ms: int) -> range:
    """When something was measured: every quarter of an hour for two weeks."""
    return range(now_ms - _DAYS * DAY_MS, now_ms + 1, _STEP_MS)


def day_factor(at_ms: int) -> float:
    """Days are busy, nights are not: between 0.7 and 1.3."""
    return 1 + 0.3 * math.sin(2 * math.pi * (at_ms % DAY_MS) / DAY_MS - 2)
