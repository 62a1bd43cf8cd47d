"""kill -9, for real: every event that was acknowledged has its effect exactly once.

The sandbox's log of writes is the judge.
"""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from clickup_mlops.sandbox import Sandbox
from clickup_mlops.store import Filter, Store
from clickup_mlops.web.server import free_port
from tests.flows.conftest import INFERENCE, LIST

ROOT = Path(__file__).parents[2]
KILLS = 200


class Nursery:
    """Starts bots in processes of their own and kills them."""

    def __init__(self, sandbox: Sandbox, store_url: str, **engine: Any) -> None:
        self.port = free_port("127.0.0.1", 0)
        self._settings = {
            "clickup": {"token": sandbox.token, "base_url": sandbox.url, "patience": 0},
            "store": {"url": store_url},
            "hooks": {"public_url": f"http://127.0.0.1:{self.port}/hooks/clickup"},
            "automations": {"mode": "on"},
            "engine": {"lease": 1, "backoff": 0.2, "sweep_every": 0.2, "workers": 4} | engine,
        }
        self._process = subprocess.Popen(
            [sys.executable, "-W", "ignore", Path(__file__).with_name("crash_nursery.py")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            text=True,
        )
        self._living: set[int] = set()

    def start(self, *, receives: bool = True) -> int:
        """A new bot; its process id."""
        assert self._process.stdin and self._process.stdout
        order = {"settings": self._settings, "port": self.port if receives else 0}
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        while not (line := self._process.stdout.readline().strip()).isdigit():
            assert self._process.poll() is None, "the nursery ended"
        self._living.add(int(line))
        return int(line)

    def kill(self, pid: int) -> None:
        """Without warning."""
        os.kill(pid, signal.SIGKILL)
        self._living.discard(pid)

    def close(self) -> None:
        """Kill what is left."""
        for pid in list(self._living):
            self.kill(pid)
        self._process.kill()
        self._process.wait()


def judge(sandbox: Sandbox, tasks: list[str], seconds: float) -> None:
    """Wait for the last effect, then count: one write of a priority for each task, no more."""
    bot = sandbox.control.members[0].id
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        counts = Counter(w.task_id for w in sandbox.control.writes(field="priority", actor=bot))
        if len(counts) >= len(tasks):
            break
        time.sleep(0.2)
    time.sleep(2)  # anything that would be done twice is done by now
    counts = Counter(w.task_id for w in sandbox.control.writes(field="priority", actor=bot))
    acked = {d.task_id for d in sandbox.control.delivery_log() if d.outcome == "delivered"}
    assert acked
    assert {task: counts[task] for task in tasks} == dict.fromkeys(tasks, 1)


def audited(store_url: str, tasks: list[str]) -> None:
    """The audit has each write once, in a chain that no death has broken."""
    with Store.open(store_url) as store:
        assert store.audit.verify().problem == ""
        done = store.audit.select(Filter(kind="priority", outcome="done"))
        assert Counter(entry.task_id for entry in done) == Counter(tasks)


@pytest.fixture
def sqlite_url(tmp_path: Path) -> Iterator[str]:
    yield f"sqlite:///{tmp_path / 'bot.db'}"


@pytest.mark.slow
@pytest.mark.timeout(400)
@pytest.mark.clickup_sandbox(rate_limit=0, retry_spacing_s=(0.1, 0.3, 1.0, 2.0))
def test_kill_9_at_200_random_points_loses_nothing_and_repeats_nothing(
    clickup_sandbox: Sandbox, sqlite_url: str
) -> None:
    """The one process is killed with events in flight, again and again."""
    seed = random.SystemRandom().randrange(1_000_000)
    sys.stdout.write(f"seed {seed}\n")  # pytest shows it when the test fails
    chance = random.Random(seed)
    member = clickup_sandbox.control.as_user(clickup_sandbox.control.members[1].id)
    # Slower writes: more of them are under way when the process dies.
    clickup_sandbox.control.faults.add("slow", method="PUT", times=None, wait_s=0.03)
    nursery = Nursery(clickup_sandbox, sqlite_url)
    tasks: list[str] = []
    try:
        for _ in range(KILLS):
            pid = nursery.start()
            for _ in range(3):
                tasks.append(member.create_task(LIST, f"{INFERENCE} {len(tasks)}"))
            time.sleep(chance.uniform(0, 0.15))
            nursery.kill(pid)
        nursery.start()
        judge(clickup_sandbox, tasks, 120)
    finally:
        nursery.close()
    audited(sqlite_url, tasks)


@pytest.mark.slow
@pytest.mark.services
@pytest.mark.timeout(180)
@pytest.mark.parametrize("kind", ["celery", "procrastinate"])
@pytest.mark.clickup_sandbox(rate_limit=0, retry_spacing_s=(0.1, 0.3, 1.0, 2.0))
def test_one_of_two_workers_is_killed(
    clickup_sandbox: Sandbox, request: pytest.FixtureRequest, kind: str
) -> None:
    """What the dead worker held is done by the other one, once."""
    postgres = request.getfixturevalue("postgres_url")
    engine = {"kind": kind}
    if kind == "celery":
        engine["broker_url"] = request.getfixturevalue("redis_url")
    member = clickup_sandbox.control.as_user(clickup_sandbox.control.members[1].id)
    nursery = Nursery(clickup_sandbox, postgres, **engine)
    tasks: list[str] = []
    try:
        nursery.start()
        for _ in range(3):
            other = nursery.start(receives=False)
            for _ in range(20):
                tasks.append(member.create_task(LIST, f"{INFERENCE} {len(tasks)}"))
            before = len(clickup_sandbox.control.writes(field="priority"))
            while len(clickup_sandbox.control.writes(field="priority")) < before + 8:
                time.sleep(0.005)
            nursery.kill(other)
        judge(clickup_sandbox, tasks, 90)
    finally:
        nursery.close()
    audited(postgres, tasks)
