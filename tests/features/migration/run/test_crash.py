"""Killed at any call and started again, or left without an answer: nothing twice, nothing lost."""

import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from clickup_mlops.errors import PlanLimit, Unauthorized, UncertainWrite
from clickup_mlops.features.migration.run.model import Options
from clickup_mlops.features.migration.run.run import run
from clickup_mlops.features.migration.tables.migration_steps import BEGUN
from tests.features.migration.bench import Bench, item
from tests.features.migration.bench import bench as made
from tests.features.migration.run.test_run import only
from tests.features.provisioning.killing import Killed, mortal

WRITES = 17
FAULTS = [
    {"kind": "cut_before"},
    {"kind": "cut_after"},
    {"kind": "cut_half"},
    {"kind": "status", "status_code": 503},
    {"kind": "rate_limit", "wait_s": 0.01},
]


@pytest.fixture(scope="module")
def complete_run(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """How it ends if nothing happens."""
    with made(tmp_path_factory.mktemp("whole")) as attempt:
        attempt.complete()
        return attempt.state()


@pytest.mark.parametrize("after", [False, True], ids=["before the effect", "after the effect"])
def test_a_kill_at_each_write_is_survived(tmp_path: Path, complete_run: Any, after: bool) -> None:
    """For each write in turn: killed there, run again, compared with the whole."""
    for number in range(1, WRITES + 1):
        folder = tmp_path / str(number)
        folder.mkdir()
        with made(folder) as attempt:
            with pytest.raises(Killed):
                attempt.run(mortal(attempt.sandbox, number, after=after, writes=True))
            attempt.complete()
            assert attempt.state() == complete_run, number


def test_a_kill_while_it_finds_out_is_survived(bench: Bench, complete_run: Any) -> None:
    """Killed after each write, and at the next attempt while it reads what became of it."""
    for _ in range(200):
        try:
            bench.run(mortal(bench.sandbox, 1, after=True, writes=True))
        except Killed:
            with pytest.raises(Killed):
                # The members, the Spaces, Folders, Lists, fields; then the question.
                bench.run(mortal(bench.sandbox, 6, after=True))
            continue
        break
    bench.complete()
    assert bench.state() == complete_run


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault["kind"])
@pytest.mark.parametrize("method", ["POST", "*"])
def test_faults_of_the_connection_are_survived(
    bench: Bench, complete_run: Any, fault: dict[str, Any], method: str
) -> None:
    """Every third call is cut off, refused or answered with an error."""
    for skip in range(0, 40, 3):
        bench.control.faults.add(**fault, method=method, path="/api/*", skip=skip)

    bench.run()
    bench.control.faults.clear()
    bench.complete()

    assert bench.state() == complete_run


def test_a_call_that_acts_late_is_not_repeated(bench: Bench, complete_run: Any) -> None:
    """Its caller has gone when it has its effect, within the grace."""
    bench.control.faults.add("cut_late", method="POST", path="*/task", times=2, wait_s=0.05)
    bench.fetch()
    patient = replace(bench.tools(), sleep=lambda _seconds: time.sleep(0.3))

    run(patient, Options(workers=1))

    bench.complete()
    assert bench.state() == complete_run


def test_without_an_id_field_tasks_are_found_by_name_and_text(tmp_path: Path) -> None:
    """The last line of the description has the item's id: namesakes are not mixed up."""
    for after in (False, True):
        folder = tmp_path / str(after)
        folder.mkdir()
        with made(folder) as attempt:
            attempt.mapping = attempt.mapping.model_copy(update={"id_field": ""})
            only(attempt, item("1", name="Same"), item("2", name="Same"), item("3", name="Same"))
            for _ in range(3):
                with pytest.raises(Killed):
                    attempt.run(mortal(attempt.sandbox, 1, after=after, writes=True))
                if not after:
                    attempt.run(limit=1)
            attempt.complete()
            texts = sorted(task.text for task in attempt.world.tasks)
            assert texts == ["Source ID: 1", "Source ID: 2", "Source ID: 3"]


def test_after_a_lost_journal_everything_is_found(bench: Bench, complete_run: Any) -> None:
    """With `find`, nothing is created that is there."""
    bench.complete()
    for kind, state in list(bench.journal.counts()):
        bench.journal.undone(list(bench.journal.of(kind, state)))

    ran = bench.complete(find=True)

    assert ran.found == {"task": 5, "comment": 4, "file": 3, "time": 1}
    assert bench.state() == complete_run


def test_an_item_that_gets_no_answer_again_and_again_is_left_open(bench: Bench) -> None:
    """The others are moved; the next run asks what became of it."""
    only(bench, item("1"), item("2"))
    bench.control.faults.add("cut_before", method="POST", path="*/task", times=3)

    ran = bench.run()

    (failure,) = ran.failed
    assert (failure.key, failure.is_refused) == ("task:1", False)
    assert bench.journal.counts()["task", BEGUN] == 1
    assert [task.name for task in bench.control.tasks] == ["Item 2"]
    bench.complete()
    assert len(bench.control.tasks) == 2


def test_a_run_ends_when_clickup_is_down(bench: Bench) -> None:
    """After three steps without success it does not try the others."""
    bench.control.faults.add("status", method="POST", path="*/task", times=None, status_code=502)

    ran = bench.run()

    assert isinstance(ran.stopped, UncertainWrite)
    assert len(ran.failed) == 2
    bench.control.faults.clear()
    bench.complete()


def test_steps_that_clickup_cannot_do_do_not_end_every_run(bench: Bench) -> None:
    """The second time it is taken for the step's own fault, and is only tried again on request."""
    only(bench, *(item(str(number)) for number in range(5)))
    path = {"method": "POST", "path": "*/task", "status_code": 500}
    bench.control.faults.add("status", **path, times=9)
    assert isinstance(bench.run().stopped, UncertainWrite)
    bench.control.faults.add("status", **path, times=6)

    ran = bench.run()

    assert [failure.key for failure in ran.failed] == ["task:0", "task:1"]
    assert all(failure.is_refused for failure in ran.failed)
    assert ran.done["task"] == 3
    assert bench.run().refused_before == {"task": 2}
    assert bench.complete(retry=True).done == {"task": 2}
    assert len(bench.control.tasks) == 5


def test_a_run_ends_at_a_limit_of_the_plan(tmp_path: Path) -> None:
    """The Free plan takes 60 values of fields; what was moved until then stays moved."""
    with made(tmp_path, plan="Free") as attempt:
        only(attempt, *(item(str(number)) for number in range(70)))

        ran = attempt.run()

        assert isinstance(ran.stopped, PlanLimit)
        assert ran.done["task"] == 60


def test_a_run_ends_when_clickup_takes_the_token_no_longer(bench: Bench, complete_run: Any) -> None:
    """At once, with a clear error; with a new token it continues."""
    tokens = bench.world.tokens
    stored = list(tokens)

    def expire(_progress: object) -> None:
        for record in stored:
            tokens.drop(record.id)

    ran = bench.run(report=expire)

    assert isinstance(ran.stopped, Unauthorized)
    assert ran.done.total() == 1
    for record in stored:
        tokens.put(record)
    bench.complete()
    assert bench.state() == complete_run


def test_a_run_ends_when_the_source_takes_the_token_no_longer(
    bench: Bench, complete_run: Any
) -> None:
    """Files are read during the run."""
    bench.source.failing["a1"] = Unauthorized("the token has expired", status=401)

    ran = bench.run()

    assert isinstance(ran.stopped, Unauthorized)
    assert ran.done["file"] == 0
    bench.source.failing.clear()
    bench.complete()
    assert bench.state() == complete_run


def test_an_interruption_leaves_a_run_that_continues(bench: Bench, complete_run: Any) -> None:
    """Ctrl-C in the middle: what is on its way is recorded first."""

    def interrupt(_progress: object) -> None:
        raise KeyboardInterrupt

    for workers in (1, 4):
        with pytest.raises(KeyboardInterrupt):
            bench.run(report=interrupt, workers=workers)
    bench.complete()
    assert bench.state() == complete_run
