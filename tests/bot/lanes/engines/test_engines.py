"""Every engine keeps the same promises."""

import threading
import time
from collections.abc import Iterator

import pytest

from clickup_mlops.bot.lanes import engines
from clickup_mlops.bot.lanes.engines import Engine
from clickup_mlops.bot.lanes.engines.threads import Threads
from clickup_mlops.bot.lanes.settings import EngineSettings
from clickup_mlops.errors import ConfigError
from clickup_mlops.store.ranks import Estimate, Urgency, compute_rank

services = pytest.mark.services
LIVE, LATE = compute_rank(Urgency.LIVE), compute_rank(Urgency.LATE)


@pytest.fixture(
    params=[
        "threads",
        pytest.param("celery", marks=services),
        pytest.param("procrastinate", marks=services),
    ]
)
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    kind = request.param
    broker = request.getfixturevalue("redis_url") if kind == "celery" else "redis://127.0.0.1/0"
    store = "sqlite:///x" if kind == "threads" else request.getfixturevalue("postgres_url")
    created = engines.create(EngineSettings(kind=kind, workers=4, broker_url=broker), store)
    yield created
    created.stop()


class Seen:
    """Remembers the lanes that were run, and how many ran at the same time."""

    def __init__(self) -> None:
        self.lanes: list[str] = []
        self.most = self._now = 0
        self._lock, self.go_on = threading.Lock(), threading.Event()
        self.go_on.set()

    def run(self, lane: str) -> None:
        assert self.go_on.wait(60)
        with self._lock:
            self._now += 1
            self.most = max(self.most, self._now)
        time.sleep(0.05)
        with self._lock:
            self._now -= 1
            self.lanes.append(lane)

    def wait_for(self, lanes: set[str]) -> None:
        end = time.monotonic() + 15
        while not lanes <= set(self.lanes) and time.monotonic() < end:
            time.sleep(0.02)
        assert lanes <= set(self.lanes)


def test_every_dispatched_lane_is_run_some_at_the_same_time(engine: Engine) -> None:
    """All lanes are run, several at once, but not more than there are workers."""
    handled = Seen()
    engine.start(handled.run)
    for number in range(12):
        engine.dispatch(f"lane{number}")

    handled.wait_for({f"lane{number}" for number in range(12)})

    assert 2 <= handled.most <= 4


def test_a_handler_that_fails_does_not_stop_the_others(engine: Engine) -> None:
    """The engine survives whatever a lane does."""
    handled = Seen()

    def run(lane: str) -> None:
        if lane == "bad":
            raise RuntimeError("a bug")
        handled.run(lane)

    engine.start(run)
    for lane in ["bad"] * 6 + ["good"]:
        engine.dispatch(lane)

    handled.wait_for({"good"})


def test_a_command_overtakes_a_backlog_which_goes_on(engine: Engine) -> None:
    """It does not wait for hundreds of lanes; some of them are run between commands."""
    handled = Seen()
    handled.go_on.clear()
    engine.start(handled.run)
    for number in range(150):
        engine.dispatch(f"late{number}", LATE)
    message = [f"said{number}" for number in range(24)]
    for lane in message:
        engine.dispatch(lane, LIVE)
    handled.go_on.set()

    handled.wait_for(set(message))

    first, last = handled.lanes.index("said0"), handled.lanes.index("said23")
    assert handled.lanes[first : last + 1].count("said5") == 1
    assert last < 120, "the commands waited for the backlog"
    between = [lane for lane in handled.lanes[first:last] if lane.startswith("late")]
    assert between, "the backlog stood still"


def test_a_lane_rises_when_it_becomes_more_urgent(engine: Engine) -> None:
    """It waits with a back-fill; then a command arrives for it."""
    handled = Seen()
    handled.go_on.clear()
    engine.start(handled.run)
    for number in range(150):
        engine.dispatch(f"late{number}", LATE)
    engine.dispatch("late149", LIVE)
    handled.go_on.set()

    handled.wait_for({"late149"})

    assert handled.lanes.index("late149") < 75


def test_threads_run_a_lane_again_that_was_dispatched_meanwhile() -> None:
    """An event that comes while its lane ends is not left for the sweeper."""
    created = engines.create(EngineSettings(workers=2), "sqlite:///x")
    first, runs = threading.Event(), []

    def run(lane: str) -> None:
        runs.append(lane)
        first.wait(5)

    created.start(run)
    created.dispatch("a")
    while not runs:
        time.sleep(0.01)
    created.dispatch("a")
    created.dispatch("a")
    first.set()
    end = time.monotonic() + 5
    while len(runs) < 2 and time.monotonic() < end:
        time.sleep(0.01)
    created.stop()

    assert runs == ["a", "a"]


def test_an_unknown_engine_is_refused_with_the_known_ones() -> None:
    """The file names in the folder are the names."""
    with pytest.raises(ConfigError, match="no engine 'cellery'") as problem:
        engines.create(EngineSettings(kind="cellery"), "sqlite:///x")

    assert problem.value.hint == "There are: celery, procrastinate, threads."


@pytest.mark.parametrize("kind", ["celery", "procrastinate"])
def test_engines_of_many_processes_want_postgresql(kind: str) -> None:
    """The mistake is told before anything starts."""
    with pytest.raises(ConfigError, match=f"{kind} needs a PostgreSQL store"):
        engines.create(EngineSettings(kind=kind), "sqlite:///x")


def test_the_best_rank_counts_of_a_lane_that_is_dispatched_again_while_it_runs() -> None:
    """Also the very best one, which is 0."""
    threads, lanes, ended = Threads(1), list[str](), threading.Event()

    def run(lane: str) -> None:
        if not lanes:
            threads.dispatch("first", compute_rank(Urgency.LIVE, Estimate.INFERENCE))
            threads.dispatch("other", LIVE)
            threads.dispatch("first", LATE)
        lanes.append(lane)
        if len(lanes) == 3:
            ended.set()

    threads.start(run)
    threads.dispatch("first", LATE)
    assert ended.wait(15)
    threads.stop()

    assert lanes == ["first", "first", "other"]
