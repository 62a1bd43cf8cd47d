"""The program itself, killed with kill -9 while it moves a board of Monday.com: nothing is lost,
nothing is there twice, and all of it can be removed again.

`CLICKUP_MLOPS_TEST_ITEMS` and `CLICKUP_MLOPS_TEST_PROGRAM_KILLS` make it longer: see `nox -s soak`.
"""

import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.empty import store_at
from tests.features.migration.two_sides import MAPPING, Oracle, Ran, TwoSides, two_sides

ITEMS = int(os.environ.get("CLICKUP_MLOPS_TEST_ITEMS", "60"))
"""Half of them are subitems."""
KILLS = int(os.environ.get("CLICKUP_MLOPS_TEST_PROGRAM_KILLS", "2"))
SEED = "CLICKUP_MLOPS_TEST_SEED"
STARTED_S = 3.0
"""By then the program has read its settings and is at work."""


@pytest.fixture
def chance() -> random.Random:
    """Seeded; pytest shows the seed when the test fails."""
    seed = int(os.environ.get(SEED, random.SystemRandom().randrange(1_000_000)))
    sys.stdout.write(f"{SEED}={seed}\n")
    return random.Random(seed)


@pytest.mark.slow
@pytest.mark.timeout(120 + 30 * KILLS + ITEMS // 10)
def test_kill_9_of_the_program_loses_nothing_and_doubles_nothing(
    tmp_path: Path, chance: random.Random
) -> None:
    """Drafted, moved with interruptions, compared by both sides' own state, and removed."""
    store = os.environ.get("CLICKUP_MLOPS_TEST_PROGRAM_STORE") or store_at(tmp_path / "bot.db")
    with two_sides(tmp_path, store) as sides:
        control = sides.source.control
        filled = control.fill(
            control.add_board("Backlog"), ITEMS // 2, files=1, replies=1, dependency_every=10
        )
        _succeeds(sides.draft())
        sides.provision()
        oracle = Oracle(sides)
        before = oracle.everything()
        steps = ITEMS + filled.updates + filled.replies + filled.files + filled.links
        _killed(sides, steps, chance)
        _succeeds(sides.program("migrate", "run", MAPPING))
        assert oracle.differences() == []
        _succeeds(sides.program("migrate", "verify", MAPPING))
        again = _succeeds(sides.program("migrate", "run", MAPPING))
        assert (again.writes, again.monday_reads) == (0, 0)
        _succeeds(sides.program("migrate", "undo", MAPPING, "--yes"))
        assert oracle.everything() == before


def _succeeds(ran: Ran) -> Ran:
    assert ran.code == 0, (ran.out, ran.err)
    return ran


def _killed(sides: TwoSides, steps: int, chance: random.Random) -> None:
    """Most of the time after a number of calls, so that all parts of the work are cut; also at any
    time, while it starts, reads Monday.com, or finds out what became of the last step.
    """
    ended = 0
    for number in range(KILLS):
        process = sides.start("migrate", "run", MAPPING)
        calls = sides.target.control.stats.total + chance.uniform(0, 1.6 * steps / KILLS)
        seconds = chance.uniform(0.3, STARTED_S) if number % 4 == 0 else 600
        _wait_for(process, sides, calls, seconds)
        ended += process.poll() is not None
        process.kill()
        process.wait()
    sys.stdout.write(f"{KILLS - ended} of {KILLS} were killed\n")
    assert ended <= max(1, KILLS // 4)


def _wait_for(
    process: "subprocess.Popen[str]", sides: TwoSides, calls: float, seconds: float
) -> None:
    """Until one of them; never so long that nothing would be left for the next one."""
    end = time.monotonic() + seconds
    while process.poll() is None and sides.target.control.stats.total < calls:
        if time.monotonic() > end:
            return
        time.sleep(0.001)
