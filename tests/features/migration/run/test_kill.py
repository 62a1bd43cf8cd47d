"""kill -9, for real: every item, comment, file and entry is in ClickUp exactly once."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, cast

import pytest

from clickup_mlops.sandbox.clickup.state.time.entries import TimeEntry
from tests.features.migration.bench import Bench
from tests.features.migration.bench import bench as made
from tests.features.migration.run.nursery import large

KILLS = int(os.environ.get("CLICKUP_MLOPS_TEST_KILLS", "40"))
CALLS_PER_ITEM = 3.4
"""Of a run that nobody kills."""
SEED = "CLICKUP_MLOPS_TEST_SEED"
ROOT = Path(__file__).parents[4]


@pytest.fixture
def chance() -> random.Random:
    """Seeded; pytest shows the seed when the test fails."""
    seed = int(os.environ.get(SEED, random.SystemRandom().randrange(1_000_000)))
    sys.stdout.write(f"{SEED}={seed}\n")
    return random.Random(seed)


class Nursery:
    """Starts runs and kills them."""

    def __init__(self, bench: Bench, folder: Path, items: int) -> None:
        command = [sys.executable, "-m", "tests.features.migration.run.nursery", str(items)]
        self._process = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self._done = folder / "done"
        self._calls = lambda: bench.control.stats.total
        self._order: dict[str, Any] = {
            "url": bench.sandbox.url,
            "token": bench.sandbox.token,
            "team_id": bench.sandbox.team_id,
            "store": str(folder / "bot.db"),
        }

    def life(self, calls: float, seconds: float, late: float, workers: int) -> bool:
        """Let a run live for so many calls, at most so long, and a moment more; whether it was
        killed.
        """
        order, answer = cast("IO[str]", self._process.stdin), cast("IO[str]", self._process.stdout)
        last = self._calls() + calls
        order.write(json.dumps({**self._order, "workers": workers}) + "\n")
        order.flush()
        pid = int(answer.readline())
        end = time.monotonic() + seconds
        while time.monotonic() < end and self._calls() < last and not self._done.exists():
            time.sleep(0.001)
        time.sleep(late)
        if self._done.exists():
            return False
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        return True

    def close(self) -> None:
        """End it."""
        cast("IO[str]", self._process.stdin).close()
        self._process.wait(10)


@pytest.mark.slow
@pytest.mark.timeout(180 + 5 * KILLS)
def test_kill_9_at_any_point_loses_nothing_and_doubles_nothing(
    tmp_path: Path, chance: random.Random
) -> None:
    """Killed at random points, while it starts, works, and finds out what became of the last step;
    with one and with several workers. Lives are counted in calls: a fast machine does not end the
    work before it was killed.
    """
    count = 6 * KILLS
    most = 3 * CALLS_PER_ITEM * count / KILLS
    with made(tmp_path, large(count)) as workbench:
        nursery = Nursery(workbench, tmp_path, count)
        try:
            kills = 0
            while nursery.life(
                chance.uniform(0, most),
                chance.choice((0.1, 30, 30, 30)),
                chance.uniform(0, 0.01),
                chance.choice((1, 4)),
            ):
                kills += 1
        finally:
            nursery.close()
        sys.stdout.write(f"{kills} kills\n")
        assert kills >= KILLS // 2
        assert "failed=[]" in (tmp_path / "done").read_text()
        judge(workbench)
        workbench.control.reset_counts()
        assert workbench.complete().done.total() == 0
        assert workbench.writes() == 0


def judge(bench: Bench) -> None:
    """Compare the workspace with the source."""
    source = bench.source
    tasks = bench.state()["tasks"]
    assert Counter(entry["id"] for entry in tasks) == Counter(item.id for item in source.item_list)
    by_id = {entry["id"]: entry for entry in tasks}
    for item in source.item_list:
        cells, task = item.cells, by_id[item.id]
        assert task["parent"] == (item.parent_id or "")
        assert task["waits for"] == (cells["waits"].value if "waits" in cells else [])
    again = ("Ada: again", ["Ada: again"]), ("Ada: again", [])
    with_updates = {update.item_id for update in source.update_list}
    with_files = {asset.item_id for asset in source.asset_list}
    for item_id, task in by_id.items():
        assert task["comments"] == (sorted(again) if item_id in with_updates else [])
        assert task["files"] == ([("log.txt", 3)] if item_id in with_files else [])
    entries = [time_entry.start for time_entry in bench.world.table(TimeEntry)]
    expected = [item.cells["time"].value[0][0] for item in source.item_list if "time" in item.cells]
    assert Counter(entries) == Counter(expected)
