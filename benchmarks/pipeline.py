"""The event pipeline from outside, in turns with a baseline: `python benchmarks/pipeline.py`.

A sandbox in a process of its own, a real `clickup-mlops serve`, and new tasks at a steady rate over
HTTP. Latency is the time between two entries of the sandbox's own log: task created, priority
written. CPU and memory are the bot's and its children's.

    --baseline FILE    another bot, in turns with ours: a program that takes the same environment,
                       the least that does the main job with the same durability (SQLite only)
    --postgres URL     the cases on PostgreSQL, too (SQLAlchemy's, of a database that may be filled)
    --rounds N         how often each case is run; medians are shown
    --case NAME        only the cases whose name contains this

The cases: new tasks at 20, 50 and 100 a second on the same two cores; at 50 with every automation,
with the dashboard, and while other programs want ten times the CPU there is; as many as the bot can
do, with the sandbox and the load on one core and the bot on the other; durable acknowledgements of
events, alone and while tasks are handled. Other programs with the same job, such as a flow of
Node-RED, are not run: they keep neither journal nor audit, so their figures mean something else.
"""

import argparse
import http.client
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

from events import LISTS, NAMES, schema
from family import ROOT, cpu_s, environment, rss_mib
from receiver import drive

sys.path.insert(0, str(ROOT))

from clickup_mlops.clickup.webhook import sign
from tests.ports import reserve_port

WARM_S = 3.0
CREATORS = 6
BURNERS = 20
"""Processes that want all the CPU they can get: ten times two cores."""
LONGEST_S = 90.0
"""What is not done by then is left out."""
ACKS, CONNECTIONS = 6_000, 16


@dataclass(frozen=True)
class Case:
    """What is measured. `per_s` 0: as many tasks as the bot can do."""

    name: str
    per_s: float = 0.0
    config: str = ""
    settings: tuple[tuple[str, str], ...] = ()
    is_pinned: bool = False
    is_busy: bool = False
    acks: str = ""
    """`alone` or `while handling`: acknowledgements are counted."""
    database: str = "sqlite"


@dataclass(frozen=True)
class Figures:
    """What a run showed; None where the case does not measure it."""

    bot: str
    p50_ms: float | None = None
    p99_ms: float | None = None
    cpu_ms: float | None = None
    tasks_per_s: float | None = None
    acks_per_s: float | None = None
    rss_mib: float | None = None


def list_cases() -> list[Case]:
    """All of them, in the order of the table."""
    every = "".join(
        f"[automations.by_name.{file.stem}]\nmode = 'on'\n"
        for file in sorted((ROOT / "automations").glob("*.toml"))
    )
    return [
        *(Case(f"{rate}/s", rate) for rate in (20, 50, 100)),
        Case("50/s, every automation", 50, every),
        Case("50/s, dashboard", 50, settings=(("DASHBOARD__ENABLED", "true"),)),
        Case("50/s, busy machine", 50, is_busy=True),
        Case("saturated, a core each", 0, is_pinned=True),
        Case("acks alone", acks="alone"),
        Case("acks while handling", 30, acks="while handling"),
    ]


# -- the sandbox


class World:
    """A sandbox in a process of its own."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        wait_until(lambda: bool(self.get("/_sandbox/members")), 120)
        self.bot, self.member = self.get("/_sandbox/members")[:2]
        places = self.get("/_sandbox/places")
        self.team = next(iter(places["teams"].values()))
        space = next(iter(places["spaces"].values()))
        self.lists = [
            self.get(f"/api/v2/space/{space}/list", {"name": f"Load {number}"})["id"]
            for number in range(LISTS)
        ]

    def get(self, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """The answer to a GET, or to a POST of the body."""
        token = self.bot["token"] if hasattr(self, "bot") else ""
        headers = {"Content-Type": "application/json", "Authorization": token}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, headers)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.loads(answer.read() or b"{}")

    def list_hooks(self) -> list[dict[str, Any]]:
        """The webhooks that are active."""
        hooks = self.get(f"/api/v2/team/{self.team}/webhook")["webhooks"]
        return [hook for hook in hooks if hook["health"]["status"] == "active"]

    def list_times(self, field: str, **query: object) -> dict[str, int]:
        """When this field of each task was first written, ms."""
        more = "".join(f"&{name}={value}" for name, value in query.items())
        writes = self.get(f"/_sandbox/writes?field={field}{more}")
        return {write["task_id"]: write["at_ms"] for write in reversed(writes)}

    def wait_for_priorities(self, tasks: Sequence[str]) -> dict[str, int]:
        """When the bot wrote each task's first priority, ms, once all are written or time is up."""
        end = time.monotonic() + LONGEST_S
        while True:
            times = self.list_times("priority", actor=self.bot["id"])
            if set(tasks) <= times.keys() or time.monotonic() > end:
                return times
            time.sleep(0.5)

    def create(self, count: int, per_s: float) -> list[str]:
        """Tasks by a member, at a steady rate (0: as fast as they are made); their ids."""
        numbers, ids = iter(range(count)), [""] * count
        start, lock = time.monotonic(), threading.Lock()

        def work() -> None:
            connection = http.client.HTTPConnection(self.url.removeprefix("http://"), timeout=60)
            headers = {"Authorization": self.member["token"], "Content-Type": "application/json"}
            while True:
                with lock:
                    number = next(numbers, None)
                if number is None:
                    return
                if per_s:
                    time.sleep(max(0.0, start + number / per_s - time.monotonic()))
                body = json.dumps({"name": f"{NAMES[number % len(NAMES)]} {number}"})
                path = f"/api/v2/list/{self.lists[number % LISTS]}/task"
                connection.request("POST", path, body, headers)
                ids[number] = json.loads(connection.getresponse().read())["id"]

        in_threads([work] * CREATORS)
        return ids


@contextmanager
def running_world(cores: set[int]) -> Iterator[World]:
    """A sandbox without a rate limit, until the block ends."""
    port = reserve_port()
    command = ["-m", "clickup_mlops", "sandbox", "serve", "--port", str(port), "--rate-limit", "0"]
    with running([*command, "--json"], cores, cwd=str(ROOT)):
        yield World(port)


@contextmanager
def running_bot(
    world: World, case: Case, baseline: Path | None, url: str, cores: set[int]
) -> Iterator[tuple[int, int]]:
    """Our bot, or the baseline, with its webhook registered; its process id and port."""
    port = reserve_port()
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "config.toml").write_text(case.config, encoding="utf-8")
        settings = {
            "CLICKUP__TOKEN": world.bot["token"],
            "CLICKUP__BASE_URL": world.url,
            "AUTOMATIONS__MODE": "on",
            "STORE__URL": url or f"sqlite:///{folder}/bot.db",
            "SERVER__PORT": str(port),
            "HOOKS__PUBLIC_URL": f"http://127.0.0.1:{port}/hooks/clickup",
            "LOG__LEVEL": "ERROR",
            **dict(case.settings),
        }
        command = [str(baseline)] if baseline else ["-m", "clickup_mlops", "serve"]
        with running(command, cores, cwd=folder, env=environment(**settings)) as process:
            wait_until(lambda: bool(world.list_hooks()), 120)
            time.sleep(2)
            yield process.pid, port


@contextmanager
def running(
    command: Sequence[str], cores: set[int], **options: Any
) -> Iterator[subprocess.Popen[bytes]]:
    """A Python process on these cores, until the block ends."""
    process = subprocess.Popen(
        [sys.executable, *command],
        stdout=subprocess.DEVNULL,
        **options,
    )
    os.sched_setaffinity(process.pid, cores)  # before it has a second thread
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            process.kill()


# -- the cases


def measure(case: Case, baseline: Path | None, url: str, seconds: float) -> Figures:
    """One run of one bot."""
    every = os.sched_getaffinity(0)
    first, last = ({min(every)}, {max(every)}) if case.is_pinned else (every, every)
    os.sched_setaffinity(0, first)  # the load is made by this process
    try:
        with ExitStack() as block:
            world = block.enter_context(running_world(first))
            pid, port = block.enter_context(running_bot(world, case, baseline, url, last))
            for _ in range(BURNERS if case.is_busy else 0):
                block.enter_context(running(["-c", "while True: pass"], every))
            name = "baseline" if baseline else "ours"
            if case.acks:
                return measure_acks(case, name, world, port)
            return measure_tasks(case, name, world, pid, seconds)
    finally:
        os.sched_setaffinity(0, every)


def measure_tasks(case: Case, name: str, world: World, pid: int, seconds: float) -> Figures:
    """From a task's creation to its priority, without the first seconds."""
    per_s = case.per_s or 400.0
    world.create(int((case.per_s or 50.0) * WARM_S), case.per_s or 50.0)
    before_s = cpu_s(pid)
    ids = world.create(int(per_s * seconds), case.per_s)
    wait_for_priorities = world.wait_for_priorities(ids)
    time.sleep(1)  # what is still stored of them
    spent_s = cpu_s(pid) - before_s
    born = world.list_times("task_creation")
    waits = sorted(
        wait_for_priorities[task] - born[task] for task in ids if task in wait_for_priorities
    )
    took_ms = max(wait_for_priorities[task] for task in ids if task in wait_for_priorities) - min(
        born[task] for task in ids
    )
    return Figures(
        name,
        p50_ms=statistics.median(waits),
        p99_ms=waits[int(len(waits) * 0.99)],
        cpu_ms=spent_s / len(ids) * 1000,
        tasks_per_s=len(waits) / max(1, took_ms) * 1000,
        rss_mib=rss_mib(pid),
    )


def measure_acks(case: Case, name: str, world: World, port: int) -> Figures:
    """Events about real tasks on kept connections, each on disk before its answer."""
    (hook,) = world.list_hooks()
    tasks = world.create(100, 20.0)
    bodies = [build_event(hook["id"], tasks[number % 100], number) for number in range(ACKS)]
    requests = [build_request(port, body, hook["secret"]) for body in bodies]
    stop = threading.Event()

    def load() -> None:
        while case.per_s and not stop.is_set():
            world.create(int(case.per_s), case.per_s)

    thread = threading.Thread(target=load)
    thread.start()
    time.sleep(1)
    try:
        wall_s, _ = drive(port, requests, CONNECTIONS)
    finally:
        stop.set()
        thread.join()
    return Figures(name, acks_per_s=ACKS / wall_s)


def build_event(hook: str, task: str, number: int) -> bytes:
    """A change that no automation acts on: acknowledging is measured, not what follows."""
    item = {
        "id": f"9{number:018d}",
        "type": 1,
        "date": str(time.time_ns() // 10**6),
        "field": "time_estimate",
        "parent_id": "901200000001",
        "user": {"id": 183, "username": "Jordan Doe"},
        "before": None,
        "after": str(number),
    }
    event = {"event": "taskTimeEstimateUpdated", "history_items": [item], "task_id": task}
    return json.dumps(event | {"webhook_id": hook}, separators=(",", ":")).encode()


def build_request(port: int, body: bytes, secret: str) -> bytes:
    """A delivery as bytes."""
    head = (
        f"POST /hooks/clickup HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
        f"Content-Type: application/json\r\nX-Signature: {sign(body, secret)}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


# -- the table


def take_medians(runs: Sequence[Figures]) -> Figures:
    """Of each figure."""
    medians: dict[str, Any] = {}
    for field in fields(Figures)[1:]:
        values = [value for run in runs if (value := getattr(run, field.name)) is not None]
        medians[field.name] = round(statistics.median(values), 2) if values else None
    return replace(runs[0], **medians)


def show(case: Case, figures: Figures, baseline: Figures | None) -> None:
    """A row for a bot; for ours with the ratio to the baseline's CPU, or acknowledgements."""

    def cell(value: float | None, places: int = 0) -> str:
        return "-" if value is None else f"{value:.{places}f}"

    ratio = None
    if baseline and figures.cpu_ms and baseline.cpu_ms:
        ratio = figures.cpu_ms / baseline.cpu_ms
    elif baseline and figures.acks_per_s and baseline.acks_per_s:
        ratio = figures.acks_per_s / baseline.acks_per_s
    print(
        f"{case.name:24} {case.database:11} {figures.bot:8} {cell(figures.p50_ms):>7}"
        f" {cell(figures.p99_ms):>7} {cell(figures.cpu_ms, 2):>7} {cell(figures.tasks_per_s):>7}"
        f" {cell(figures.acks_per_s):>7} {cell(figures.rss_mib):>5} {cell(ratio, 2):>8}",
        flush=True,
    )


def run(case: Case, baseline: Path | None, url: str, seconds: float, rounds: int) -> dict[str, Any]:
    """Both bots in turns; shown, and returned as JSON-ready data."""
    runs: dict[str, list[Figures]] = {"baseline": [], "ours": []}
    bots = [baseline, None] if baseline and not url else [None]
    for number in range(rounds):
        for bot in bots if number % 2 else reversed(bots):
            with schema(url) if url else nothing() as address:
                figures = measure(case, bot, address, seconds)
            runs[figures.bot].append(figures)
    medians = {name: take_medians(result) for name, result in runs.items() if result}
    for figures in medians.values():
        show(case, figures, medians.get("baseline") if figures.bot == "ours" else None)
    return {"case": case.name, "database": case.database} | {
        name: asdict(figures) for name, figures in medians.items()
    }


def main() -> None:
    """Read the options, run the cases, print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--baseline", type=Path)
    parser.add_argument("--postgres", default="")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--case", default="")
    parser.add_argument("--json", type=Path, help="write the figures to this file, too")
    chosen = parser.parse_args()
    baseline = chosen.baseline.resolve() if chosen.baseline else None
    print(
        f"{'case':24} {'database':11} {'bot':8} {'p50 ms':>7} {'p99 ms':>7} {'CPU ms':>7}"
        f" {'tasks/s':>7} {'acks/s':>7} {'MiB':>5} {'to base':>8}"
    )
    cases = [(case, "") for case in list_cases() if chosen.case in case.name]
    if chosen.postgres:
        cases += [(replace(case, database="postgresql"), chosen.postgres) for case, _ in cases]
    table = [run(case, baseline, url, chosen.seconds, chosen.rounds) for case, url in cases]
    if chosen.json:
        chosen.json.write_text(json.dumps(table, indent=2) + "\n", encoding="utf-8")


@contextmanager
def nothing() -> Iterator[str]:
    """In place of an address: each bot makes a file of its own."""
    yield ""


def in_threads(functions: Sequence[Callable[[], None]]) -> None:
    """Run them at the same time."""
    threads = [threading.Thread(target=function) for function in functions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def wait_until(is_done: Callable[[], bool], seconds: float) -> None:
    """Return when it is done; until then errors of connections are none. Ends the program when the
    time is up.
    """
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if is_done():
                return
        except OSError:
            pass
        time.sleep(0.2)
    raise SystemExit(f"what should take seconds is not done after {seconds:g} s")


if __name__ == "__main__":
    main()
