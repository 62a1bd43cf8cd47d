"""From a change in ClickUp to the priority write: `python benchmarks/events.py [--json]`.

With `--postgres URL` (SQLAlchemy's, of an empty database) the cases run on it, too, each in a
schema of its own.

The whole bot (`clickup-mlops serve`: granian, SQLite, threads) runs in processes of its own beside
the sandbox. New tasks come at a steady rate, spread over ten Lists. The latency is the time
between two entries in the sandbox's own log: task created, priority written.

To compare two versions on a machine that has other work, run them at the same time, each from its
own checkout, with `--rate 20 --seconds 40`: one case. Calls are not scarce: no reading waits.

Baseline in the same run: the two calls that a task needs at least (read it, write its priority),
made one after the other by the client alone.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any

from family import ROOT, cpu_s, environment, rss_mib
from sqlalchemy import create_engine, make_url, text

sys.path.insert(0, str(ROOT))

from clickup_mlops.clickup.client import ClickUp
from clickup_mlops.sandbox import Sandbox, running
from tests.ports import reserve_port

LISTS = 10
RATES = (20, 50, 100)
"""New tasks a second."""
SECONDS = 20
NAMES = (
    "Roll out the vLLM inference endpoint for the ranker",
    "p99 latency of the embedding service doubled in production",
    "Fine-tune the ranker: training run on the March data",
    "Label 500 more conversations for the intent model",
    "Upgrade the GPU operator on the training cluster",
)


@dataclass(frozen=True)
class Figures:
    """What one run showed. Times in ms, calls and CPU per task; CPU and memory are the bot's."""

    case: str
    tasks: int
    p50_ms: float
    p99_ms: float
    reads_per_task: float
    writes_per_task: float
    cpu_ms: float
    rss_mib: float


@contextmanager
def bot(sandbox: Sandbox, **more: str) -> Iterator[subprocess.Popen[bytes]]:
    """The whole bot beside a sandbox, webhook registered, until the block ends."""
    port = reserve_port()
    with tempfile.TemporaryDirectory() as folder:
        settings = {
            "CLICKUP__TOKEN": sandbox.token,
            "CLICKUP__BASE_URL": sandbox.url,
            "AUTOMATIONS__MODE": "on",
            "STORE__URL": f"sqlite:///{folder}/bot.db",
            "SERVER__PORT": str(port),
            "HOOKS__PUBLIC_URL": f"http://127.0.0.1:{port}/hooks/clickup",
            "LOG__LEVEL": "ERROR",
            **more,
        }
        process = subprocess.Popen(
            [sys.executable, "-m", "clickup_mlops", "serve"],
            cwd=folder,
            env=environment(**settings),
        )
        try:
            _wait(lambda: any(hook.status == "active" for hook in sandbox.world.webhooks), 30)
            time.sleep(2)
            yield process
        finally:
            process.terminate()
            process.wait(timeout=30)


def lists(sandbox: Sandbox, count: int) -> list[str]:
    """New Lists in the sandbox, by id."""
    client = ClickUp(sandbox.token, base_url=sandbox.url)
    space = sandbox.control.space_id(next(iter(sandbox.world.spaces)).name)
    return [client.lists.create(f"List {n}", space_id=space).id for n in range(count)]


def create(
    sandbox: Sandbox,
    places: Sequence[str],
    count: int,
    per_s: float,
    *,
    names: Sequence[str] = NAMES,
) -> list[str]:
    """Tasks at a steady rate (0: all at once), by hand of a member."""
    member = sandbox.control.as_user(sandbox.control.members[1].id)
    start, tasks = time.monotonic(), []
    for number in range(count):
        if per_s:
            time.sleep(max(0.0, start + number / per_s - time.monotonic()))
        name = f"{names[number % len(names)]} {number}"
        tasks.append(member.create_task(places[number % len(places)], name))
    return tasks


def await_writes(sandbox: Sandbox, tasks: Sequence[str], seconds: float) -> dict[str, int]:
    """When the bot first wrote each task's priority (ms), once all are written or time is up."""

    def count_writes() -> dict[str, int]:
        writes = sandbox.control.writes(field="priority", actor=sandbox.control.members[0].id)
        return {write.task_id: write.at_ms for write in reversed(writes)}

    _wait(lambda: len(count_writes()) >= len(tasks), seconds)
    return count_writes()


def measure(case: str, per_s: float, seconds: int = SECONDS, **more: str) -> Figures:
    """One run at this rate."""
    with running(rate_limit=0, delivery_workers=16) as sandbox:
        places = lists(sandbox, LISTS)
        with bot(sandbox, **more) as process:
            sandbox.control.reset_counts()
            before_s = cpu_s(process.pid)
            tasks = create(sandbox, places, int(per_s * seconds), per_s)
            outcome = await_writes(sandbox, tasks, 60)
            sandbox.control.deliveries.wait_idle()
            spent_s = cpu_s(process.pid) - before_s
            born = {w.task_id: w.at_ms for w in sandbox.control.writes(field="task_creation")}
            waits = sorted(outcome[task] - born[task] for task in tasks if task in outcome)
            stats = sandbox.control.stats
            return Figures(
                case=case,
                tasks=len(waits),
                p50_ms=statistics.median(waits),
                p99_ms=waits[int(len(waits) * 0.99)],
                reads_per_task=round(stats.calls("GET") / len(tasks), 3),
                writes_per_task=round(stats.calls("PUT") / len(tasks), 3),
                cpu_ms=round(spent_s / len(tasks) * 1000, 2),
                rss_mib=round(rss_mib(process.pid), 1),
            )


def baseline(count: int = 200) -> Figures:
    """A read and a write for each task, one after the other, and nothing else."""
    with running(rate_limit=0) as sandbox:
        tasks = create(sandbox, lists(sandbox, 1), count, 0)
        client = ClickUp(sandbox.token, base_url=sandbox.url)
        waits, began_s = [], time.thread_time()  # the sandbox's threads do not count
        for task in tasks:
            start = time.perf_counter()
            client.tasks.get(task)
            client.tasks.update(task, priority=2)
            waits.append((time.perf_counter() - start) * 1000)
        waits.sort()
        return Figures(
            "client alone (baseline)",
            count,
            round(statistics.median(waits), 1),
            round(waits[int(count * 0.99)], 1),
            1.0,
            1.0,
            round((time.thread_time() - began_s) / count * 1000, 2),
            0.0,
        )


def main(argv: Sequence[str] | None = None) -> None:
    """Run all cases and print them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON line for each case")
    parser.add_argument("--postgres", metavar="URL", help="run the cases on this database, too")
    parser.add_argument("--rate", type=float, help="only this many tasks a second")
    parser.add_argument("--seconds", type=int, default=SECONDS, help="how long each case takes")
    arguments = parser.parse_args(argv)
    as_json = arguments.json
    seconds, rates = arguments.seconds, [arguments.rate] if arguments.rate else RATES
    if not arguments.rate:
        _show(baseline(), as_json)
    for rate in rates:
        _show(measure(f"{rate:g}/s", rate, seconds), as_json)
    for rate in rates if arguments.postgres else ():
        with schema(arguments.postgres) as url:
            _show(measure(f"{rate:g}/s, PostgreSQL", rate, seconds, STORE__URL=url), as_json)


@contextmanager
def schema(url: str) -> Iterator[str]:
    """The database's address with a new schema in front, which is dropped at the end."""
    engine, name = create_engine(url), f"events_{os.getpid()}"
    with engine.begin() as connection:
        connection.execute(text(f"create schema {name}"))
    try:
        options = {"options": f"-csearch_path={name}"}
        yield make_url(url).update_query_dict(options).render_as_string(hide_password=False)
    finally:
        with engine.begin() as connection:
            connection.execute(text(f"drop schema {name} cascade"))


def _show(figures: Figures, as_json: bool) -> None:
    if as_json:
        print(json.dumps(asdict(figures)), flush=True)
        return
    print(
        f"{figures.case:30} {figures.tasks:5} tasks  p50 {figures.p50_ms:6.0f} ms"
        f"  p99 {figures.p99_ms:6.0f} ms  reads/task {figures.reads_per_task:5.2f}"
        f"  writes/task {figures.writes_per_task:4.2f}"
        f"  CPU/task {figures.cpu_ms:5.2f} ms  RSS {figures.rss_mib:4.0f} MiB",
        flush=True,
    )


def _wait(is_done: Any, seconds: float) -> None:
    end = time.monotonic() + seconds
    while not is_done() and time.monotonic() < end:
        time.sleep(0.05)


if __name__ == "__main__":
    main()
