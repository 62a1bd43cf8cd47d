"""What the dashboard's pages cost: `python benchmarks/dashboard.py [--full] [--url URL]`.

A store with open tasks, models and 90 days of history, written directly. For each page: the best
and the median time to build its sections, how many statements it takes, and how many bytes of
values it holds, as JSON; HTML comes on top. The inference lane alone is the first line. `--full`:
10,000 tasks and 200 models, else a tenth. `--url` measures PostgreSQL, in a schema of its own.
"""

import argparse
import secrets
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

import orjson
from pydantic import SecretStr
from sqlalchemy import ClauseElement, Connection, create_engine, event, make_url, text

from clickup_mlops.bot.app import Bot, build
from clickup_mlops.bot.settings import Settings
from clickup_mlops.clickup.settings import ClickUpSettings
from clickup_mlops.metrics.history import StoreHistory
from clickup_mlops.operations.dashboard.build import all_pages, sections
from clickup_mlops.operations.dashboard.model import DAY_MS, Data, Query
from clickup_mlops.operations.lane import lane
from clickup_mlops.routing.decision import WORKLOADS, Decision
from clickup_mlops.routing.policy import Policy
from clickup_mlops.store import Store, Write
from clickup_mlops.store.database.engine import Database
from clickup_mlops.store.database.prepared import Prepared, Result
from clickup_mlops.store.settings import StoreSettings
from clickup_mlops.store.tables.history import HOUR, RAW, Series
from clickup_mlops.store.tables.mutes import Mute
from clickup_mlops.store.tables.notes import LATCH, WAITS
from clickup_mlops.store.tables.runs import AutomationRun, RunAction
from clickup_mlops.store.tables.timeline import Entry

NOW_MS = 1_800_000_000_000
WORKSPACE = "900"
TASKS, MODELS, DAYS = 10_000, 200, 90
ROUNDS = 9
PART = 500
MEASURES = ("p99_ms", "p50_ms", "throughput", "error_rate", "queue")
RANGE = "90d"
"""What the pages are asked for: the longest."""


class Counting(Prepared):
    """Counts statements, prepared or not."""

    def __init__(self, database: Database) -> None:
        super().__init__(database.engine.dialect)
        self.count = 0
        event.listen(database.engine, "before_cursor_execute", self._counted)

    def run(self, driver: Any, statement: ClauseElement, values: Mapping[str, object]) -> Result:
        """One of ours."""
        self.count += str(statement) != "select 1"
        return super().run(driver, statement, values)

    def _counted(self, *_: object) -> None:
        self.count += 1


def task(number: int) -> dict[str, Any]:
    """A task as ClickUp sends it, of about 3 KB."""
    return {
        "id": f"t{number}",
        "name": f"Roll out the ranker, part {number}",
        "text_content": "Latency is above what was agreed; see the graphs. " * 40,
        "url": f"https://app.clickup.com/t/t{number}",
        "status": {"status": "in progress", "type": "custom"},
        "priority": {"id": f"{number % 4 + 1}"},
        "date_created": f"{NOW_MS - number * 60_000}",
        "date_updated": f"{NOW_MS}",
        "assignees": [{"id": 7, "username": "Ana"}],
        "list": {"id": f"{number % 40}", "name": f"List {number % 40}"},
        "space": {"id": "1"},
        "custom_fields": [],
    }


def fill(store: Store, tasks: int, models: int, days: int) -> None:
    """Everything that pages read."""
    for start in range(0, tasks, PART):
        _tasks(store, range(start, min(tasks, start + PART)))
    _history(store, models, days)
    _timeline(store, tasks, days)
    if not store.database.is_sqlite:
        with store.engine.begin() as connection:
            connection.execute(text("analyze"))


def _tasks(store: Store, numbers: range) -> None:
    store.mirror.put_many(WORKSPACE, map(task, numbers), NOW_MS)
    reasons = ("workload inference: classified by its text (1.00)", "policy: inference.normal")
    for number in numbers:
        name, workload = f"t{number}", "inference" if number % 2 else WORKLOADS[number % 5]
        body = Decision(name, number % 4 + 1, None, workload, "normal", "x", reasons).to_dict()
        for _ in range(3):
            store.decisions.put(name, body, f"k{number}", NOW_MS, wait=False)
        action = RunAction("route", name, "None -> Normal", "done")
        run = ("inference_first", name, f"k{number}", "taskCreated", NOW_MS - number, "done")
        store.runs.put(AutomationRun(*run, (action,)))  # type: ignore[arg-type]
        if number % 10 == 0:
            store.notes.put(WAITS, name, {"for": ["t1"], "as": "other"}, NOW_MS, wait=False)
            store.notes.put(LATCH, f"training_deferred:{name}", True, NOW_MS, wait=False)
        if number % 20 == 0:
            _written(store, name, number)
    store.flush()


def _written(store: Store, name: str, number: int) -> None:
    row = store.journal.begin(
        Write(name, "priority", None, number % 4 + 1, f"k{number}", "inference_first"), NOW_MS
    )
    store.journal.finish(row, "done", NOW_MS, wait=False)
    store.overrides.put(name, 1, 7, NOW_MS, NOW_MS + 9_000 + number, user_name="Ana")
    store.mutes.put(Mute(name, "inference_first", NOW_MS + 9_000 + number))


def _history(store: Store, models: int, days: int) -> None:
    """A day of raw points a minute apart for some, and the hours of all days for all series."""
    found = [
        Series(WORKSPACE, "llm", measure, f"model=m{number}", f"t{number}", measure, "ms")
        for number in range(models)
        for measure in MEASURES
    ]
    store.history.put([(one, NOW_MS - 60_000, 1.0) for one in found])
    rows = [
        {"s": one.id, "step": step, "at": at_ms}
        for one in store.history.all([WORKSPACE])
        for step, every, since in ((RAW, 600_000, DAY_MS), (HOUR, HOUR, days * DAY_MS))
        for at_ms in range(NOW_MS - since, NOW_MS - 60_000, every)
    ]
    with store.engine.begin() as connection:
        connection.execute(text(_POINTS), rows)


_POINTS = (
    "insert into point (series_id, step_ms, at_ms, count, mean, low, high) "
    "values (:s, :step, :at, 1, 300, 200, 400)"
)


def _timeline(store: Store, tasks: int, days: int) -> None:
    """Each task was created, moved on and reported about in these days."""
    span = days * DAY_MS
    entries = [
        Entry(
            f"{kind}:{number}",
            WORKSPACE,
            f"t{number}",
            NOW_MS - span + number * span // tasks,
            kind,
            kind,
            value={"to": "in progress", "type": "custom"},
        )
        for number in range(tasks)
        for kind in ("created", "status", "priority")
    ]
    for start in range(0, len(entries), PART):
        store.timeline.put(entries[start : start + PART])


@contextmanager
def bot_at(url: str) -> Iterator[Bot]:
    """A bot that makes no call."""
    settings = Settings.model_construct(
        clickup=ClickUpSettings(token=SecretStr("pk_benchmark"), workspace_id=WORKSPACE),
        store=StoreSettings(url=SecretStr(url)),
    )
    with build(settings, clock=lambda: NOW_MS) as bot:
        yield bot


def pages(bot: Bot) -> Iterator[tuple[str, Callable[[], object]]]:
    """What is measured, by name: the overview of each page, and a page about its first target."""
    history = StoreHistory(
        bot.store, WORKSPACE, NOW_MS, raw_ms=2 * DAY_MS, five_minutes_ms=30 * DAY_MS
    )
    data = Data(bot, history)
    yield (
        "the inference lane, 25 places",
        lambda: lane(bot.store, Policy(), "inference", NOW_MS, 25),
    )
    for key, page in all_pages().items():
        if not page.sections:
            continue
        targets = page.type.targets(data)[:1] if page.type.targets else []
        for target in ("", *(found for found, _name in targets)):
            query = Query(NOW_MS, target, RANGE, may=frozenset({"undo", "replay"}))
            name = f"{key}/{target}" if target else key
            yield name, lambda page=page, query=query: [*sections(page, data, query)]  # type: ignore[misc]


def measure(url: str, size: float) -> None:
    """Fill the store, and print a line for each page."""
    with _empty(url) as address, bot_at(address) as bot:
        tasks, models = int(TASKS * size), int(MODELS * size)
        fill(bot.store, tasks, models, DAYS)
        counting = Counting(bot.store.database)
        bot.store.database.prepared = counting
        print(f"{tasks:,} open tasks, {models} models, {DAYS} days")
        print(f"{'':34} {'best':>9} {'median':>9} {'statements':>11} {'bytes':>9}")
        for name, run in pages(bot):
            _print(name, run, counting)


def _print(name: str, run: Callable[[], object], counting: Counting) -> None:
    before, made = counting.count, run()
    statements = counting.count - before
    times = sorted(_seconds(run) * 1000 for _ in range(ROUNDS))
    size = len(_json(made))
    middle = statistics.median(times)
    print(f"{name:34} {times[0]:6.1f} ms {middle:6.1f} ms {statements:11} {size:9,}")


def _seconds(run: Callable[[], object]) -> float:
    begun = time.perf_counter()
    run()
    return time.perf_counter() - begun


def _json(made: object) -> bytes:
    if not isinstance(made, list):
        return b""
    return orjson.dumps([asdict(one) for one in made], default=str)


@contextmanager
def _empty(url: str) -> Iterator[str]:
    if not url:
        with tempfile.TemporaryDirectory() as folder:
            yield f"sqlite:///{folder}/bot.db"
        return
    schema, admin = f"dashboard_{secrets.token_hex(4)}", create_engine(url)
    _run(admin.begin, f"create schema {schema}")
    try:
        address = make_url(url).update_query_dict({"options": f"-csearch_path={schema}"})
        yield address.render_as_string(hide_password=False)
    finally:
        _run(admin.begin, f"drop schema {schema} cascade")
        admin.dispose()


def _run(begin: Callable[[], Any], statement: str) -> None:
    connection: Connection
    with begin() as connection:
        connection.execute(text(statement))


def main(argv: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--full", action="store_true", help="10,000 tasks and 200 models")
    parser.add_argument("--url", default="", help="SQLAlchemy URL of a PostgreSQL database")
    chosen = parser.parse_args(argv)
    measure(chosen.url, 1 if chosen.full else 0.1)


if __name__ == "__main__":
    main()
