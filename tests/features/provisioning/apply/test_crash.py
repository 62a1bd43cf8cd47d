"""Killed at any call and started again: nothing twice, and the same end."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from clickup_mlops.features.provisioning.apply.run import GRACE_S
from clickup_mlops.features.provisioning.tree import Tree
from tests.features.provisioning.killing import Killed, mortal
from tests.features.provisioning.workbench import (
    SHIPPED,
    Workbench,
    open_work,
    state,
    template,
    workbench,
)
from tests.flows.conftest import until

ROOT = Path(__file__).parents[4]
EVERYTHING = template("everything")
NAMES = sorted(path.stem for path in SHIPPED.glob("*.toml"))
REPRESENTATIVE = "realtime_inference"
"""The shipped template that dies at every single write; the others at some of them."""
COMMAND = [sys.executable, "-m", "clickup_mlops", "provision", "apply", "everything", "--yes"]


def complete_run(want: Tree, folder: Path) -> tuple[Any, int, int]:
    """How it ends if nothing happens, how many calls that takes, and how many of them write."""
    folder.mkdir()
    with workbench(folder) as bench:
        bench.apply(want, experimental=True)
        return state(bench), bench.client.calls, bench.writes()


def until_done(bench: Workbench, want: Tree, *, at: int, after: bool) -> int:
    """Die at each attempt's write number `at`, and start again; how often it died."""
    for deaths in range(1_000):
        try:
            client = mortal(bench.sandbox, at, after=after, writes=True)
            bench.apply(want, client, experimental=True)
        except Killed:
            continue
        return deaths
    raise AssertionError("it never ends")


@pytest.mark.slow
@pytest.mark.parametrize("after", [False, True], ids=["before the effect", "after the effect"])
def test_a_kill_at_each_call_is_survived(tmp_path: Path, after: bool) -> None:
    """For each call in turn: killed there, run again, compared with the whole. Reads have no effect
    to be killed after.
    """
    end, calls, writes = complete_run(EVERYTHING, tmp_path / "whole")

    for call in range(1, (writes if after else calls) + 1):
        folder = tmp_path / str(call)
        folder.mkdir()
        with workbench(folder) as bench:
            with pytest.raises(Killed):
                client = mortal(bench.sandbox, call, after=after, writes=after)
                bench.apply(EVERYTHING, client, experimental=True)
            bench.apply(EVERYTHING, experimental=True)
            assert state(bench) == end, f"killed at call {call}"
            assert open_work(bench.plan(EVERYTHING, experimental=True)) == {}


@pytest.mark.slow
def test_what_was_half_made_may_be_deleted_by_hand(tmp_path: Path) -> None:
    """For each write in turn: killed there, the Space deleted in ClickUp, run again."""
    end, _, writes = complete_run(EVERYTHING, tmp_path / "whole")

    for call in range(1, writes + 1):
        folder = tmp_path / str(call)
        folder.mkdir()
        with workbench(folder) as bench:
            with pytest.raises(Killed):
                bench.apply(EVERYTHING, mortal(bench.sandbox, call, writes=True), experimental=True)
            for space in bench.client.spaces.all(bench.sandbox.team_id):
                if space.name == "ML":
                    bench.client.spaces.delete(space.id)
            bench.apply(EVERYTHING, experimental=True)
            assert state(bench)["spaces"] == end["spaces"], f"killed at write {call}"


LATE = 8
"""How many calls take effect late: every third one that makes something."""
STEP = int(os.environ.get("CLICKUP_MLOPS_TEST_KILL_EVERY", "10"))
"""Which writes kill a shipped template in the check. 1: each, as before a release."""


BOTH = NAMES if STEP == 1 else (REPRESENTATIVE,)
"""Templates that die on both sides of the effect; the others in turns on one of them."""
DEATHS = [
    pytest.param(name, after, id=f"{name}-{'after' if after else 'before'} the effect")
    for number, name in enumerate(NAMES)
    for after in ((False, True) if name in BOTH else (number % 2 == 1,))
]


@pytest.mark.slow
@pytest.mark.parametrize(("name", "after"), DEATHS)
def test_a_shipped_template_survives_dying_again_and_again(
    tmp_path: Path, name: str, after: bool
) -> None:
    """Each attempt gets some writes further, until all are done; and the end is the same."""
    step = 1 if name == REPRESENTATIVE else STEP
    want = template(name, SHIPPED)
    end, _, _ = complete_run(want, tmp_path / "whole")

    with workbench(tmp_path) as bench:
        deaths = until_done(bench, want, at=step if after else step + 1, after=after)

        assert state(bench) == end
        assert open_work(bench.plan(want, experimental=True)) == {}
        assert deaths >= bench.writes() // (step + 1) - 1


@pytest.mark.parametrize("cut", ["cut_before", "cut_after"])
def test_a_broken_line_at_each_write_makes_no_double(
    bench: Workbench, tmp_path: Path, cut: str
) -> None:
    """No crash at all: what got no answer is looked for before it is made again."""
    end, _, _ = complete_run(EVERYTHING, tmp_path / "whole")
    for method in ("POST", "PUT"):
        bench.control.faults.add(cut, method=method, times=1)

    plan = bench.plan(EVERYTHING, experimental=True)
    for skip in range(0, plan.calls, 2):
        bench.control.faults.add(cut, method="POST", times=1, skip=skip)
    bench.apply(EVERYTHING, experimental=True)

    assert state(bench) == end
    assert bench.control.faults.list_pending() != []


@pytest.mark.parametrize("skip", [0, 1], ids=["a page", "a page in a page"])
def test_a_page_whose_answer_is_lost_is_found_where_it_is(bench: Workbench, skip: int) -> None:
    """At the top of its Doc or below its parent."""
    bench.control.faults.add("cut_after", method="POST", path="*/pages", skip=skip)

    bench.apply(EVERYTHING, experimental=True)

    assert bench.control.faults.list_pending() == []
    (doc,) = state(bench)["docs"]
    assert [(name, above) for name, _, above in doc["pages"]] == [
        ("Numbers", "Runbook"),
        ("Runbook", None),
    ]


def test_what_takes_effect_after_its_line_broke_makes_no_double(
    bench: Workbench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """ClickUp does what was asked while we wait, before we look: objects and their parts."""
    end, _, _ = complete_run(EVERYTHING, tmp_path / "whole")
    for _ in range(LATE):
        bench.control.faults.add("cut_late", method="POST", wait_s=0.2, skip=2)
    waits: list[float] = []

    def wait(seconds: float) -> None:
        waits.append(seconds)
        until(lambda: bench.control.stats.total == bench.client.transport.wire.send.calls)

    monkeypatch.setattr(bench, "wait", wait)
    bench.apply(EVERYTHING, experimental=True)

    assert state(bench) == end
    assert bench.control.faults.list_pending() == []
    assert set(waits) == {GRACE_S}


@pytest.mark.slow
def test_a_killed_process_goes_on_where_it_stopped(tmp_path: Path) -> None:
    """SIGKILL in the middle of a real `provision apply`, then once to the end."""
    end, _, _ = complete_run(EVERYTHING, tmp_path / "whole")
    with workbench(tmp_path) as bench:
        environment = _environment(bench, tmp_path)
        _killed_after(bench, 7, environment, tmp_path)
        outcome = subprocess.run(
            _command(), env=environment, cwd=tmp_path, capture_output=True, text=True
        )

        assert outcome.returncode in (0, 2), outcome.stderr
        assert state(bench) == end


def _command() -> list[str]:
    return [
        *COMMAND,
        "--experimental-field-create",
        "--templates",
        str(ROOT / "tests/cases/provision/templates"),
    ]


def _environment(bench: Workbench, folder: Path) -> dict[str, str]:
    return os.environ | {
        "PYTHONPATH": str(ROOT),
        "CLICKUP_MLOPS_CLICKUP__TOKEN": bench.sandbox.token,
        "CLICKUP_MLOPS_CLICKUP__BASE_URL": bench.sandbox.url,
        "CLICKUP_MLOPS_STORE__URL": f"sqlite:///{folder / 'process.db'}",
    }


def _killed_after(bench: Workbench, writes: int, environment: dict[str, str], folder: Path) -> None:
    """Start it, wait for a few more writes, kill it."""
    goal = bench.writes() + writes
    running = subprocess.Popen(_command(), env=environment, cwd=folder)
    while running.poll() is None and bench.writes() < goal:
        time.sleep(0.001)
    running.send_signal(signal.SIGKILL)
    running.wait()
