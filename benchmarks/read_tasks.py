"""Reading 10,000 tasks of one list: `python benchmarks/read_tasks.py [--json] [--tasks N]`.

The sandbox runs in a process of its own on the same machine; only the reading process is measured.
Baseline in the same run: bare `requests` and `orjson` over the same pages, one after the other,
with nothing done to what came. Each case is read three times; the fastest counts.
"""

import argparse
import json
import multiprocessing
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from multiprocessing.connection import Connection
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import orjson
import requests

from clickup_mlops.clickup.client import ClickUp

ROUNDS = 3
TEXT = "The p99 latency of the ranker doubled after the roll-out; batches wait for the tokenizer. "


@dataclass(frozen=True)
class Figures:
    """What one case cost. CPU is of the reading process alone."""

    case: str
    tasks: int
    wall_s: float
    cpu_s: float


@dataclass(frozen=True)
class Address:
    """Where the tasks are."""

    url: str
    token: str
    list_id: str


def serve(pipe: Connection, count: int) -> None:
    """A process of its own: a sandbox with many tasks, until the pipe is closed."""
    from clickup_mlops.sandbox import running

    with running(rate_limit=0) as sandbox:
        control = sandbox.control
        for number in range(6):
            control.create_field(f"Metric {number}", "number")
        bodies = (
            {"name": f"Task {n}", "description": TEXT * 4, "priority": n % 4 + 1, "tags": ["gpu"]}
            for n in range(count)
        )
        control.add_tasks("Tasks", bodies)
        pipe.send(Address(sandbox.url, sandbox.token, control.list_id("Tasks")))
        pipe.recv()


@contextmanager
def served(count: int) -> Iterator[Address]:
    """The address of a sandbox with that many tasks."""
    spawn = multiprocessing.get_context("spawn")
    ours, theirs = spawn.Pipe()
    process = spawn.Process(target=serve, args=(theirs, count), daemon=True)
    process.start()
    try:
        yield ours.recv()
    finally:
        ours.send(None)
        process.join(10)


def bare(at: Address) -> int:
    """Requests and orjson alone: how many tasks came."""
    session, page, tasks = requests.Session(), 0, 0
    session.headers["Authorization"] = at.token
    while True:
        answer = session.get(f"{at.url}/api/v2/list/{at.list_id}/task", params={"page": page})
        body = orjson.loads(answer.content)
        tasks, page = tasks + len(body["tasks"]), page + 1
        if body["last_page"]:
            return tasks


def ours(at: Address) -> int:
    """The client, reading of each task what routing always reads."""
    with ClickUp(at.token, base_url=at.url) as clickup:
        result = clickup.tasks.in_list(at.list_id)
        looked_at = [(t.id, t.name, t.is_open, t.priority, t.updated_ms, t.list_id) for t in result]
    return len(looked_at)


def measure(case: str, read: Callable[[Address], int], at: Address) -> Figures:
    """The fastest of some rounds."""
    rounds = []
    for _ in range(ROUNDS):
        wall, cpu = time.perf_counter(), time.process_time()
        tasks = read(at)
        rounds.append((time.perf_counter() - wall, time.process_time() - cpu))
    wall_s, cpu_s = min(rounds)
    return Figures(case, tasks, wall_s, cpu_s)


def main(argv: Sequence[str] | None = None) -> None:
    """Run both cases and print them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON line for each case")
    parser.add_argument("--tasks", type=int, default=10_000)
    options = parser.parse_args(argv)
    with served(options.tasks) as at:
        cases = [
            measure("bare requests + orjson (baseline)", bare, at),
            measure("clickup.tasks.in_list", ours, at),
        ]
    for figures in cases:
        if options.json:
            print(json.dumps(asdict(figures)))
        else:
            print(
                f"{figures.case:34} {figures.tasks:6} tasks  {figures.wall_s:6.2f} s wall"
                f"  {figures.cpu_s:6.2f} s CPU"
            )


if __name__ == "__main__":
    main()
