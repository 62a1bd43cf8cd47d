"""Made-up years: each planted bottleneck is found where it is, and none where there is none."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import pytest
import requests

from clickup_mlops.errors import ApiError
from clickup_mlops.features.discovery.conclude import Conclusions
from clickup_mlops.features.discovery.model import Reading, Trace
from clickup_mlops.features.discovery.operations.discover import discover
from clickup_mlops.features.discovery.operations.reading import (
    OLDEST_MS,
    FileCheckpoint,
    classifier,
    read_clickup,
)
from clickup_mlops.features.discovery.read import tool
from clickup_mlops.features.migration.operations.opening import kind_of
from clickup_mlops.features.migration.source import Selection
from clickup_mlops.monday.settings import MondaySettings
from clickup_mlops.sandbox import Sandbox, running
from tests.features.discovery import clickup_world, jira_world, measure
from tests.features.discovery.conftest import bot_of
from tests.features.discovery.worlds import NOW, PLANTS, YEAR, World, build

ROOT = Path(__file__).parents[3]
SEEDS_OF_A_SOAK = range(20)
SMALL, LARGE = 1_600, 20_000
HALF = PLANTS[::2]
BUDGET_CPU_S, BUDGET_MIB, BUDGET_CALLS = 60, 250, 420


@cache
def shared_classifier() -> tool.Classify:
    return classifier()


def read_jira(world: World) -> Reading:
    with tempfile.TemporaryDirectory() as folder:
        files = tuple(jira_world.write(world, Path(folder)))
        source = kind_of("jira").open(Selection(files=files), MondaySettings())
        return tool.read(source, "jira", NOW, shared_classifier())


def located(conclusions: Conclusions) -> set[tuple[str, str]]:
    return {(finding.kind, finding.place) for finding in conclusions.findings}


def check(world: World, reading: Reading) -> None:
    """Recall of one, precision of at least 0.95; of a world without plants, nothing."""
    result, planted = located(discover(reading).conclusions), set(world.planted.items())

    assert len(reading.traces) == len(world.stories)
    assert planted <= result, planted - result
    assert len(result & planted) >= 0.95 * len(result), result - planted


def test_planted_bottlenecks_are_found() -> None:
    """All twelve kinds, and hardly anything beside, in Jira's export of a year."""
    world = build(1, SMALL)
    check(world, read_jira(world))


def test_nothing_is_found_where_nothing_is() -> None:
    world = build(3, SMALL // 2, (), places=8)
    check(world, read_jira(world))


@pytest.mark.soak
@pytest.mark.timeout(600)
@pytest.mark.parametrize("plants", [PLANTS, ()], ids=["planted", "clean"])
@pytest.mark.parametrize("seed", SEEDS_OF_A_SOAK)
def test_planted_bottlenecks_are_found_in_20_large_worlds(
    seed: int, plants: tuple[str, ...]
) -> None:
    world = build(seed, LARGE, plants)
    check(world, read_jira(world))


def test_clickup_and_the_bots_timeline_show_the_same(tmp_path: Path) -> None:
    """Nothing is written, and a page of a hundred tasks costs two calls."""
    world = build(4, 600, HALF, places=len(HALF))
    with running(rate_limit=0) as sandbox, bot_of(sandbox, tmp_path) as bot:
        clickup_world.fill(world, sandbox, bot.store, sandbox.team_id)
        before = writes(sandbox)
        checkpoint = FileCheckpoint(tmp_path / "reading.jsonl")
        reading = read_clickup(bot, NOW - YEAR, NOW, checkpoint)

        check(world, reading)
        assert writes(sandbox) == before
        assert reading.calls <= 2 * len(world.stories) / 100 + 6
        assert not checkpoint.path.exists()


def test_an_interrupted_reading_goes_on(tmp_path: Path) -> None:
    """What was read is not read again, and nothing is there twice."""
    world = build(5, 400, (), places=2)
    with running(rate_limit=0) as sandbox, bot_of(sandbox, tmp_path) as bot:
        clickup_world.write_tasks(world, sandbox)
        checkpoint = FileCheckpoint(tmp_path / "reading.jsonl")
        with pytest.raises(ApiError):
            read_clickup(bot, NOW - YEAR, NOW, Cut(checkpoint.path, sandbox))
        sandbox.faults.clear()
        counting = Counting(checkpoint.path)
        reading = read_clickup(bot, NOW - YEAR, NOW, counting)

    assert sorted({trace.id for trace in reading.traces}) == sorted(
        trace.id for trace in reading.traces
    )
    assert len(reading.traces) == 400
    assert Counting.kept == 200


def test_pages_of_another_week_are_read_again(tmp_path: Path) -> None:
    """Too many tasks have changed since."""
    checkpoint = FileCheckpoint(tmp_path / "reading.jsonl")
    checkpoint.keep([])
    os.utime(checkpoint.path, (1_000, 1_000))

    assert checkpoint.age_ms(1_000_000 + OLDEST_MS) == OLDEST_MS
    assert checkpoint.age_ms(1_000_001 + OLDEST_MS) is None
    assert not checkpoint.path.exists()


class Counting(FileCheckpoint):
    """Counts the tasks that are read anew."""

    kept = 0

    def keep(self, traces: Sequence[Trace]) -> None:
        Counting.kept += len(traces)
        super().keep(traces)


class Cut(FileCheckpoint):
    """Breaks the connection for good after two pages."""

    def __init__(self, path: Path, sandbox: Sandbox) -> None:
        super().__init__(path)
        object.__setattr__(self, "sandbox", sandbox)

    def keep(self, traces: Sequence[Trace]) -> None:
        super().keep(traces)
        if len(self.load()) == 200:
            self.sandbox.faults.add("status", status_code=403, times=1_000)  # type: ignore[attr-defined]


@pytest.mark.soak
@pytest.mark.timeout(600)
def test_20000_tasks_of_clickup_stay_within_the_budget(tmp_path: Path) -> None:
    """60 s of CPU, 250 MiB and 420 calls, in a process of its own."""
    world = build(6, LARGE)
    with running(rate_limit=0) as sandbox:
        with bot_of(sandbox, tmp_path) as bot:
            clickup_world.fill(world, sandbox, bot.store, sandbox.team_id)
        before = writes(sandbox)
        program = [sys.executable, measure.__file__, sandbox.url, sandbox.token, str(tmp_path)]
        ran = subprocess.run(
            program,
            check=True,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env=measure.environment(),
        )
        result = json.loads(ran.stdout)
        assert writes(sandbox) == before
    pairs = {tuple(pair) for pair in result["found"]}
    planted = set(world.planted.items())
    print(result | {"found": len(pairs)})  # noqa: T201

    assert planted <= pairs and len(pairs & planted) >= 0.95 * len(pairs), pairs ^ planted
    assert result["cpu_s"] <= BUDGET_CPU_S
    assert result["mib"] <= BUDGET_MIB
    assert result["calls"] <= BUDGET_CALLS


def writes(sandbox: Sandbox) -> object:
    return requests.get(f"{sandbox.url}/_sandbox/writes", timeout=60).json()
