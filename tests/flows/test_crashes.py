"""kill -9, for real: every event that was acknowledged has its effect exactly once.

The sandbox's state and log of writes are the judge.
"""

import os
import random
import sys
import time
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest

from clickup_mlops.sandbox import Sandbox
from clickup_mlops.store import Filter, Store
from tests.empty import store_at
from tests.flows.conftest import INFERENCE, LIST, until
from tests.flows.crash_bots import Nursery
from tests.flows.crash_oracle import CrashRun

KILLS = int(os.environ.get("CLICKUP_MLOPS_TEST_KILLS", "60"))
"""Twice at each of the thirty points."""
SEED = "CLICKUP_MLOPS_TEST_SEED"


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


def audited(store_url: str) -> Counter[str]:
    """Priorities that were written, in a chain of entries that no death has broken."""
    with Store.open(store_url) as store:
        assert store.audit.verify().problem == ""
        entries = store.audit.select(Filter(kind="priority", outcome="done"))
        return Counter(entry.task_id for entry in entries)


@pytest.fixture
def chance() -> random.Random:
    """Seeded; pytest shows the seed when the test fails."""
    seed = int(os.environ.get(SEED, random.SystemRandom().randrange(1_000_000)))
    sys.stdout.write(f"{SEED}={seed}\n")
    return random.Random(seed)


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """An empty store."""
    return store_at(tmp_path / "bot.db")


@pytest.mark.slow
@pytest.mark.timeout(120 + 3 * KILLS)
@pytest.mark.parametrize(
    ("store", "kills"),
    [
        ("sqlite_url", KILLS),
        pytest.param("postgres_url", max(10, KILLS // 10), marks=pytest.mark.services),
    ],
)
@pytest.mark.clickup_sandbox(rate_limit=0, retry_spacing_s=(0.3, 1.0, 5.0, 60.0))
def test_kill_9_at_any_point_loses_nothing_and_repeats_nothing(
    clickup_sandbox: Sandbox,
    tmp_path: Path,
    chance: random.Random,
    request: pytest.FixtureRequest,
    store: str,
    kills: int,
) -> None:
    """Tasks, comments, chat messages, answers, webhooks, priorities. The process is killed before,
    during and after each sort of call, and while it finds out what became of the last one; some
    calls are cut off besides, or act after their caller has gone.
    """
    url = request.getfixturevalue(store)
    with closing(CrashRun(clickup_sandbox, tmp_path, url, chance)) as crashes:
        tally = crashes.run(kills, 60 + 0.5 * kills)

    assert tally.wrong == (Counter(), Counter())
    assert audited(url).total() == tally.created["priorities"]


@pytest.mark.slow
@pytest.mark.services
@pytest.mark.timeout(180)
@pytest.mark.parametrize("kind", ["celery", "procrastinate"])
@pytest.mark.clickup_sandbox(rate_limit=0, retry_spacing_s=(0.1, 0.3, 1.0, 2.0))
def test_one_of_two_workers_is_killed(
    clickup_sandbox: Sandbox, tmp_path: Path, request: pytest.FixtureRequest, kind: str
) -> None:
    """What the dead worker held is done by the other one, once."""
    postgres = request.getfixturevalue("postgres_url")
    engine = {"kind": kind}
    if kind == "celery":
        engine["broker_url"] = request.getfixturevalue("redis_url")
    member = clickup_sandbox.control.as_user(clickup_sandbox.control.members[1].id)
    clickup = {"token": clickup_sandbox.token, "base_url": clickup_sandbox.url, "batch_window": 0}
    nursery = Nursery(tmp_path, clickup=clickup, store={"url": postgres}, engine=engine)
    tasks: list[str] = []
    try:
        nursery.start()
        until(nursery.listens, 60)
        for _ in range(3):
            second_worker = nursery.start(receives=False)
            for _ in range(20):
                tasks.append(member.create_task(LIST, f"{INFERENCE} {len(tasks)}"))
            before = len(clickup_sandbox.control.writes(field="priority"))
            while len(clickup_sandbox.control.writes(field="priority")) < before + 8:
                time.sleep(0.005)
            nursery.kill(second_worker)
        judge(clickup_sandbox, tasks, 90)
    finally:
        nursery.close()
    assert audited(postgres) == Counter(tasks)
