"""What stands still is told, whatever it waits for; what only waits for ClickUp is not."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from time import sleep

import pytest

from clickup_mlops.bot.lanes.activity import Activity
from clickup_mlops.bot.lanes.sweeper import Sweep
from clickup_mlops.bot.lanes.watchdog import LONG, LOOKS, Watchdog
from clickup_mlops.clickup import request_log
from clickup_mlops.clickup.governor import Governor, MemoryLedger, PriorityClass
from tests.flows.conftest import until
from tests.measured import measured

AFTER_S = 300.0


class Bench:
    """A watchdog whose time passes by looking; threads that handle lanes; a sweeper's looks."""

    def __init__(self, budget: Governor | None = None) -> None:
        self.activity = Activity(ignored=("cron:",))
        self.now_s, self.ready, self.paused = 1_000.0, list[str](), False
        self.sweeps = True
        self._swept = Sweep(self.now_s, ())
        self.watchdog = Watchdog(
            self.activity,
            budget or Governor(MemoryLedger(), "pk_1_T"),
            self._sweep,
            paused=lambda: self.paused,
            after_s=AFTER_S,
            clock=lambda: self.now_s,
        )

    def _sweep(self) -> Sweep:
        if self.sweeps:
            self._swept = Sweep(self.now_s, tuple(self.ready))
        return self._swept

    def pass_time(self, seconds: float = AFTER_S, meanwhile: Callable[[], object] = list) -> str:
        """What the watchdog says afterwards; `meanwhile` is called before each look."""
        for _ in range(round(seconds / AFTER_S * LOOKS) + 1):
            meanwhile()
            self.watchdog.look()
            self.now_s += AFTER_S / LOOKS
        return self.watchdog.problem

    @contextmanager
    def handling(self, lane: str, work: Callable[[], object]) -> Iterator[None]:
        """A thread handles the lane from before until `work` ends."""
        begun = threading.Event()

        def run() -> None:
            self.activity.begin(lane)
            begun.set()
            work()
            self.activity.end()

        thread = threading.Thread(target=run, name=f"handles {lane}", daemon=True)
        thread.start()
        assert begun.wait(10)
        yield
        thread.join(10)
        assert not thread.is_alive()


@pytest.fixture
def bench() -> Bench:
    return Bench()


@pytest.mark.parametrize("lane", ["86d3f01jq", "cron:metrics"])
def test_what_moves_and_does_not_end_is_told(
    bench: Bench, lane: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A lane, and a job: it reads an answer without end, say. That is no standstill."""
    stop = threading.Event()
    steps = iter(range(10**9))

    def move() -> None:
        while not stop.is_set():
            request_log.record_call("GET", f"/{next(steps)}", 200)
            sleep(0.001)

    with bench.handling(lane, move):
        bench.pass_time(LONG * AFTER_S / 2)
        assert bench.watchdog.long == ""
        bench.pass_time(LONG * AFTER_S / 2)
        assert bench.watchdog.long == f"{lane}: running for more than 15 min"
        stop.set()
    bench.pass_time()
    assert (bench.watchdog.long, bench.watchdog.problem) == ("", "")
    assert capsys.readouterr().err.count("lane_runs_long") == 1


def test_a_lane_that_waits_for_a_lock_is_told_once(
    bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    """With its name, the stack of each thread in the log, and a metric, until it goes on."""
    lock = threading.Lock()
    lock.acquire()
    with bench.handling("task1", lambda: lock.acquire()):
        assert bench.pass_time(AFTER_S / 2) == ""
        assert bench.pass_time() == "lane task1 stands still"
        assert bench.pass_time() == "lane task1 stands still"
        assert measured("stalled") == 1
        lock.release()

    assert bench.pass_time(0) == ""
    assert measured("stalled") == 0
    printed = capsys.readouterr().err
    assert printed.count("[error    ] stalled ") == 1
    assert "handles task1" in printed and "lock.acquire()" in printed


def test_a_thread_that_moves_is_left_alone(bench: Bench) -> None:
    """However long its lane takes."""
    steps, steps_taken, end = threading.Semaphore(0), threading.Semaphore(0), threading.Event()

    def work() -> None:
        while not end.is_set():
            steps.acquire()
            request_log.record_call(
                "GET", "/api/v2/task/1", 0
            )  # ClickUp does not answer: tried again
            steps_taken.release()

    def step() -> None:
        steps.release()
        assert steps_taken.acquire(timeout=10)

    with bench.handling("task1", work):
        assert bench.pass_time(3 * AFTER_S, step) == ""
        assert bench.pass_time() == "lane task1 stands still"
        end.set()
        steps.release()


def test_waiting_for_the_rate_budget_is_no_standstill() -> None:
    """As long as somebody asks whether there is some again; a governor that hangs is one."""
    governor = Governor(MemoryLedger(), "pk_1_T")
    bench = Bench(governor)
    governor.acquire(PriorityClass.ROUTING)  # the first call: until its answer all others wait

    def wait_for_a_question() -> None:
        before = governor.ledger_requests
        while governor.ledger_requests == before:
            sleep(0.005)

    with bench.handling("task1", lambda: governor.acquire(PriorityClass.ROUTING)):
        assert bench.pass_time(2 * AFTER_S, wait_for_a_question) == ""
        with governor._lock:  # the thread comes to it, and then it hangs
            assert until(bench.pass_time) == "lane task1 stands still"
        governor.learn({}, 0)
    assert governor.list_waiting_threads() == frozenset()


@pytest.mark.parametrize(
    ("ready", "paused", "problem"),
    [
        (["task1"], False, "lanes are due and nobody takes them up"),
        (["task1"], True, ""),
        (["cron:heal"], False, ""),
        ([], False, ""),
    ],
)
def test_lanes_that_are_due_must_be_taken_up(
    bench: Bench, ready: Sequence[str], paused: bool, problem: str
) -> None:
    """Unless the bot pauses. Jobs have an alert of their own."""
    bench.ready, bench.paused = [*ready], paused

    assert bench.pass_time() == problem


def test_an_engine_that_takes_lanes_up_is_no_standstill(bench: Bench) -> None:
    """Though others wait all the time, and no look meets it at work."""
    bench.ready = ["task1", "task2"]

    def work() -> None:
        bench.activity.begin("task2")
        bench.activity.end()

    assert bench.pass_time(3 * AFTER_S, work) == ""


def test_a_sweeper_that_hangs_is_told(bench: Bench) -> None:
    """As it does when the store hangs; the watchdog itself asks no store."""
    bench.sweeps = False

    assert bench.pass_time() == "nobody looks at the inbox"


def test_a_machine_that_slept_saw_no_standstill(bench: Bench) -> None:
    """Nothing could move meanwhile."""
    lock = threading.Lock()
    lock.acquire()
    with bench.handling("task1", lambda: lock.acquire()):
        bench.watchdog.look()
        bench.now_s += 10 * AFTER_S
        bench.watchdog.look()
        assert bench.watchdog.problem == ""
        lock.release()
