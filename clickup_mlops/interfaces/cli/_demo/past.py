"""What the bot of the demonstration has seen before it began, so that pages and charts show some.

All of it is made up by formulas, the same each time, for the made-up team of the sandbox.
"""

import random
from collections.abc import Iterator, Mapping
from typing import Final

from clickup_mlops.bot.app import Bot
from clickup_mlops.clickup.model import Task
from clickup_mlops.interfaces.cli._demo.environment import demos
from clickup_mlops.ports.demo.environment import Environment
from clickup_mlops.store.queries.flow import KNOWN_SINCE
from clickup_mlops.store.timeline_rows import Entry, Kind

DAY_MS: Final = 86_400_000
WEEKS: Final = 10
_TOOLS: Final = {"alert": "alertmanager", "version": "mlflow"}
_STAGES: Final = ("in progress", "canary", "in review")
_MILESTONE: Final = "Ranker 3 serves all markets"
_STEPS: Final = (
    "Load test of ranker 3",
    "Canary of ranker 3 in one market",
    "Dashboards and alerts of ranker 3",
    "Ranker 3 to 100%",
)
_EVENTS: Final[Mapping[str, Mapping[float, tuple[Kind, str]]]] = {
    "Ranking API over its latency objective during peak": {
        9.0: ("version", "ranker 2.8 registered"),
        8.2: ("deployment", "ranker 2.8 to 100%"),
        0.45: ("deployment", "ranker 2.9 to 10%"),
        0.3: ("alert", "RankerLatencyHigh is firing"),
    },
    "Canary roll-out of chat 3.2": {
        6.0: ("version", "chat 3.2 registered"),
        5.2: ("deployment", "chat 3.2 to 25%"),
        5.1: ("alert", "ChatErrors is firing"),
        5.0: ("deployment", "chat back to 3.1"),
    },
}
"""Kind and text by days before now, by the name of the task."""


def write(demo: Environment) -> None:
    """Into the bot's store, from where the dashboard and reports read; and a milestone."""
    _milestone(demo)
    _history(demo)
    _timeline(demo)
    for feature in demos().values():
        feature.finish_past(demo)


def _history(demo: Environment) -> None:
    features = demos().values()
    readings = [reading for feature in features for reading in feature.past_readings(demo)]
    demo.bot.store.history.put(readings)


def _timeline(demo: Environment) -> None:
    store, now, workspace = demo.bot.store, demo.bot.now_ms(), demo.bot.workspace_id
    tasks = [Task.parse(row.raw) for row in store.mirror.each_open()]
    lists = sorted({task.list_id for task in tasks})
    finished = [*_finished(workspace, now, lists, random.Random(7))]
    happened = [entry for task in tasks for entry in _happened(task, workspace, now)]
    store.timeline.put([*happened, *finished])
    for task_id in sorted({entry.task_id for entry in finished if entry.text == _STAGES[1]}):
        store.decisions.put(task_id, {"workload": "inference"}, f"past:{task_id}", now)
    since = now - WEEKS * 7 * DAY_MS
    store.notes.put(KNOWN_SINCE["scope"], KNOWN_SINCE["name"], True, since)


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
    bot.store.history.put(
        (measurement, now, measurement.last)
        for measurement in series
        if measurement.last is not None
    )


def _happened(task: Task, workspace: str, now_ms: int) -> Iterator[Entry]:
    for days, (kind, text) in _EVENTS.get(task.name, {}).items():
        at_ms, key = now_ms - int(days * DAY_MS), f"past:{task.id}:{days}"
        yield Entry(key, workspace, task.id, at_ms, kind, text, _TOOLS.get(kind, "argocd"))


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
