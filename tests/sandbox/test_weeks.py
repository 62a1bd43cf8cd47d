"""A team at a board: it takes what stands first, and no task is lost."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clickup_mlops.sandbox import running
from clickup_mlops.sandbox.clickup.weeks import HOUR_MS, WEEK_MS, Kind, Team
from tests.interfaces.cli.conftest import Cli, cli

__all__ = ["cli"]
PEOPLE = ("Ana", "Ben")


@dataclass
class PaperBoard:
    """A board without ClickUp. `rank` gives each new task its priority."""

    rank: Mapping[str, int | None]
    now_ms: int = 0
    order: list[str] = field(default_factory=list)
    states: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)

    def wait_until(self, at_ms: int) -> None:
        assert at_ms >= self.now_ms
        self.now_ms = at_ms

    def create(self, person: str, name: str) -> str:
        task = f"t{len(self.states)}"
        self.states[task], self.names[task] = "open", name
        return task

    def begin(self, person: str, task: str) -> None:
        assert self.states[task] == "open"
        self.states[task] = "begun"
        self.order.append(task)

    def finish(self, person: str, task: str) -> None:
        assert self.states[task] == "begun"
        self.states[task] = "finished"

    def read_priorities(self) -> Mapping[str, int | None]:
        return {task: self.rank.get(self.names[task]) for task in self.states}


def play(rank: Mapping[str, int | None], seed: int, weeks: float = 2) -> PaperBoard:
    board = PaperBoard(rank)
    kinds = (Kind(10, 20, ("serve",)), Kind(10, 20, ("train",)))
    Team(board, PEOPLE, random.Random(seed), kinds=kinds).work(0, int(weeks * WEEK_MS))
    return board


@given(st.integers(0, 10_000))
@settings(max_examples=25)
def test_every_task_is_open_begun_or_finished(seed: int) -> None:
    """At most one task for each person is begun, and the oldest are not passed over."""
    board = play({}, seed)

    assert [*board.states.values()].count("begun") <= len(PEOPLE)
    assert board.order == sorted(board.order, key=lambda task: int(task[1:]))


def test_what_has_the_higher_priority_is_taken_first() -> None:
    """Without one, the same arrivals are taken by age."""
    served = [
        [board.names[task] for task in board.order[:25]].count("serve")
        for board in (play({}, 3), play({"serve": 1, "train": 4}, 3))
    ]
    assert served[1] > served[0]


def test_the_same_seed_brings_the_same_work_in_whatever_order_it_is_done() -> None:
    """So that two plays can be compared."""
    by_age, by_priority = play({}, 3), play({"serve": 1, "train": 4}, 3)

    assert by_age.names == by_priority.names
    assert by_age.order != by_priority.order


def test_the_team_of_a_sandbox_works_on_its_clock(cli: Cli) -> None:
    """Half a week; then the clock runs on from there."""
    with running(seed="demo", days_ago=7, rate_limit=0) as sandbox:
        begin_ms = sandbox.control.clock.now_ms()
        played = cli("sandbox", "play", "--url", sandbox.url, "--weeks", "0.5")
        now_ms = sandbox.control.clock.now_ms()
        is_frozen = sandbox.control.clock.frozen
        writes = sandbox.control.writes(field="status")

    assert played.code == 0 and "tasks created" in played.out
    assert WEEK_MS // 2 <= now_ms - begin_ms < WEEK_MS // 2 + HOUR_MS
    assert not is_frozen
    assert writes


@pytest.mark.parametrize(
    ("url", "problem"), [("http://127.0.0.1:9", "no sandbox answers"), ("", "is not in the past")]
)
def test_what_cannot_be_played_is_said(url: str, problem: str, cli: Cli) -> None:
    with running() as sandbox:
        refused = cli("sandbox", "play", "--list", "Tasks", "--url", url or sandbox.url)

    assert refused.code == 1 and problem in refused.err
