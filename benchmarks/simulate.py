"""Simulating twelve automations over ten thousand recorded events, beside reading the recordings
alone.

    python benchmarks/simulate.py [EVENTS]

The tasks' texts are the examples of the classifier's own corpus; the automations listen to what
teams listen to: routing, conditions over fields, tags and times, a latch, comments and a schedule.
"""

import random
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from clickup_mlops import logs
from clickup_mlops.automations.load import load
from clickup_mlops.bot.settings import Settings
from clickup_mlops.features.simulation.run import History, simulate
from clickup_mlops.features.simulation.simulation import SimulationContext
from clickup_mlops.features.simulation.tables.recordings import Recorded, Recording, Recordings
from clickup_mlops.routing.classifier import classify
from clickup_mlops.routing.classifier.training.examples import list_corpus_files, read_examples
from clickup_mlops.store import Store

START_MS = 1_795_680_000_000
TASKS = 500
MINUTE_MS = 60_000
HEAD = 'summary = "One of twelve."\nmode = "on"\ncap = 1000000\n'
EXAMPLES = """
[[example]]
name = "acts"
expect = [{}]
[[example]]
name = "stays quiet"
expect = []
"""
ALL = 'on = ["taskCreated", "taskUpdated", "taskStatusUpdated", "taskTagUpdated"]\n'
AUTOMATIONS = [
    ALL + 'do = [{ action = "route" }]',
    ALL
    + "when = 'task.workload == \"training\"'\n"
    + 'do = [{ action = "add_tag", tag = "batch" }]',
    ALL + 'when = \'task.workload == "inference" && task.tier == "incident"\'\n'
    'do = [{ action = "comment", text = "Live: ${task.name}" }]',
    ALL + "when = 'has(task.fields.Load) && task.fields.Load > 80.0'\n"
    "until = '!has(task.fields.Load) || task.fields.Load < 50.0'\n"
    'do = [{ action = "add_tag", tag = "hot" }]\nthen = [{ action = "remove_tag", tag = "hot" }]',
    ALL + "when = '\"hot\" in task.tags'\n" + 'do = [{ action = "comment", text = "Hot" }]',
    ALL + 'when = \'now - task.created > duration("48h") && task.status == "to do"\'\n'
    'do = [{ action = "add_tag", tag = "stale" }]',
    ALL + "when = 'task.assignees.size() == 0'\n" + 'do = [{ action = "add_tag", tag = "nobody" }]',
    ALL
    + "when = 'task.has_due && task.due < now'\n"
    + 'do = [{ action = "add_tag", tag = "late" }]',
    ALL
    + "when = 'task.status == \"complete\"'\n"
    + 'do = [{ action = "remove_tag", tag = "hot" }]',
    ALL + "when = 'task.name.contains(\"GPU\")'\n" + 'do = [{ action = "add_tag", tag = "gpu" }]',
    ALL + "when = 'event.changed.exists(c, c == \"status\")'\n"
    'do = [{ action = "comment", key = "s", text = "Now ${task.status}" }]',
    'schedule = { cron = "0 6 * * *" }\n' + "when = 'task.priority == 0'\n"
    'do = [{ action = "add_tag", tag = "unsorted" }]',
]


def main() -> None:
    """Record made-up days, then time reading them and simulating over them."""
    expected = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    logs.configure("ERROR")
    with TemporaryDirectory() as folder, Store.open(f"sqlite:///{folder}/bot.db") as store:
        for recording in recordings(expected):
            store.table(Recordings).put(recording)
        store.flush()
        loaded = load(automations(Path(folder)))
        classifier = classify.load()
        _ = classifier.classify("Warm up", "")

        def history() -> Iterator[Recording]:
            return store.table(Recordings).since(0)

        read = cpu_s(lambda: sum(1 for _ in history()))
        result: list[Any] = []
        span = History(history, list, START_MS, START_MS + expected * MINUTE_MS)
        spent = cpu_s(
            lambda: result.append(simulate(Settings(), loaded, span, SimulationContext(classifier)))
        )
    print(f"{expected:,} events, {len(loaded)} automations, {TASKS} tasks")
    print(f"reading the recordings   {read:6.2f} s CPU")
    print(f"simulating              {spent:7.2f} s CPU, {1e6 * spent / expected:,.0f} µs an event")
    print(f"actions {len(result[0].did):,}, tasks changed {result[0].changed_tasks:,}")


def cpu_s(run: Callable[[], object]) -> float:
    """Seconds of CPU."""
    start = time.process_time()
    run()
    return time.process_time() - start


def automations(folder: Path) -> Path:
    """The twelve automations as files."""
    for number, automation in enumerate(AUTOMATIONS):
        (folder / f"automation_{number:02}.toml").write_text(
            HEAD + automation + EXAMPLES, encoding="utf-8"
        )
    return folder


def recordings(count: int) -> Iterator[Recording]:
    """A minute apart, in 500 tasks: they are made, loaded, tagged, finished, renamed."""
    chance = random.Random(7)
    texts = [example.title for example in read_examples(list_corpus_files())]
    tasks: dict[str, dict[str, Any]] = {}
    for number in range(count):
        at_ms = START_MS + number * MINUTE_MS
        task_id = f"task{chance.randrange(TASKS)}"
        kind, field = chance.choice(KINDS) if task_id in tasks else ("taskCreated", "task_creation")
        task = tasks[task_id] = changed(tasks.get(task_id), task_id, field, chance, texts, at_ms)
        item = {"id": str(number), "type": 1, "field": field, "date": str(at_ms)}
        item |= {"user": {"id": 7}, "parent_id": "1", "before": None, "after": None}
        body = {"event": kind, "task_id": task_id, "webhook_id": "w", "history_items": [item]}
        recorded = Recorded(f"w:{number}:{kind}", body)
        yield Recording(task_id, at_ms, (recorded,), task)


KINDS = [
    *[("taskUpdated", "custom_field")] * 8,
    *[("taskStatusUpdated", "status")] * 5,
    *[("taskTagUpdated", "tag")] * 3,
    *[("taskUpdated", "assignee_add")] * 3,
    ("taskUpdated", "name"),
]
"""Numbers and statuses move most; a title changes once in twenty times."""


def changed(
    old: dict[str, Any] | None,
    task_id: str,
    field: str,
    chance: random.Random,
    texts: list[str],
    at_ms: int,
) -> dict[str, Any]:
    """The task after the change, as ClickUp shows it."""
    task = dict(old or fresh(task_id, chance, texts, at_ms))
    task["date_updated"] = str(at_ms)
    if field == "name":
        task["name"] = chance.choice(texts)
    elif field == "custom_field":
        task["custom_fields"] = [{**task["custom_fields"][0], "value": chance.randrange(100)}]
    elif field == "status":
        status = chance.choice([("to do", "open"), ("in progress", "custom"), ("complete", "done")])
        task["status"] = {"status": status[0], "type": status[1]}
    elif field == "tag":
        task["tags"] = [{"name": chance.choice(["ml", "serving", "q3"])}]
    return task


def fresh(task_id: str, chance: random.Random, texts: list[str], at_ms: int) -> dict[str, Any]:
    """A new task."""
    load_field = {"id": "load", "name": "Load", "type": "number", "type_config": {}}
    return {
        "id": task_id,
        "name": chance.choice(texts),
        "text_content": chance.choice(texts),
        "list": {"id": task_id[-1], "name": "Work"},
        "status": {"status": "to do", "type": "open"},
        "tags": [],
        "assignees": [],
        "custom_fields": [load_field | {"value": 10}],
        "date_created": str(at_ms),
        "date_updated": str(at_ms),
        "due_date": str(at_ms + chance.randrange(10) * 86_400_000),
    }


if __name__ == "__main__":
    main()
