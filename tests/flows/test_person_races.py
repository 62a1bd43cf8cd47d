"""A person and the bot set the priority of a task at the same time: the person's choice stands."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from clickup_mlops.automations.perform import ExecutorContext
from clickup_mlops.bot.handling.package import ExecutionPackage
from clickup_mlops.bot.members import member
from clickup_mlops.bot.packages import Builds
from clickup_mlops.sandbox.clickup.delivery import Delivery
from tests.flows.conftest import INFERENCE, LIST, Team

LOW, NORMAL = 4, 3
DUE = "due_date"


class Racing(ExecutionPackage):
    """`race` gets the task of the first priority that is written, and the write itself."""

    def __init__(self, *of: Any, race: Callable[[str, Callable[[], Any]], None]) -> None:
        super().__init__(*of)
        self._race, self._is_over = race, False

    @member
    def executor_context(self) -> ExecutorContext:
        found = super().executor_context
        own = found.effects["priority"]

        def write(clickup: Any, task_id: str, change: Any) -> None:
            call = partial(own.write, clickup, task_id, change)
            if self._is_over:
                call()
                return
            self._is_over = True
            self._race(task_id, call)

        return replace(found, effects={**found.effects, "priority": replace(own, write=write)})


class Race:
    """The person is faster: after the bot read the task, before its write. No event of either
    arrives until it is sent.
    """

    def __init__(self, team: Team, level: str = "low") -> None:
        self._team, self._level = team, level
        self.choice: list[Delivery] = []
        self.echo: list[Delivery] = []
        team.restart(builds=Builds(execution=partial(Racing, race=self._run)))
        self.task = team.member.create_task(LIST, INFERENCE)
        team.settle()
        assert self.echo
        self._before = team.control.stats.total

    @property
    def calls(self) -> int:
        """Since the race was over."""
        return self._team.control.stats.total - self._before

    def send(self, deliveries: list[Delivery]) -> None:
        """They arrive now."""
        for one in deliveries:
            self._team.control.deliveries.again(one.id)
        self._team.settle()

    def _run(self, task: str, write: Callable[[], Any]) -> None:
        self.choice = self._unheard(partial(self._team.member.set_priority, task, self._level))
        self.echo = self._unheard(write)

    def _unheard(self, change: Callable[[], Any]) -> list[Delivery]:
        control = self._team.control
        control.clock.advance(500)
        known = len(control.delivery_log())
        control.faults.add("drop", event="*", times=None)
        change()
        control.faults.clear()
        return control.delivery_log()[known:]


def test_the_bots_echo_brings_back_a_choice_whose_event_is_lost(team: Team) -> None:
    """The echo tells what the write replaced. One call: the one that puts it back."""
    race = Race(team)
    assert team.priority(race.task) == NORMAL
    race.send(race.echo)

    assert team.priority(race.task) == LOW
    assert race.calls == 1
    decision = team.bot.store.decisions.latest(race.task)
    assert decision is not None
    assert decision.body["reasons"][-1].startswith("person: somebody set Low, which wins until")
    team.job("reevaluate")
    assert [one.after["id"] for one in team.bot_writes(race.task)] == ["3", "4"]


@pytest.mark.parametrize("order", ["choice echo", "echo choice", "choice echo choice echo"])
def test_in_any_order_the_choice_is_put_back_once_and_keeps_its_name(
    team: Team, order: str
) -> None:
    """Late and doubled deliveries change nothing."""
    race = Race(team)
    for which in order.split():
        race.send(getattr(race, which))
        assert team.priority(race.task) == LOW

    assert race.calls == 1
    (kept,) = team.bot.store.overrides.list(team.bot.now_ms())
    assert (kept.priority, kept.user_name) == (LOW, team.control.members[1].username)


def test_an_echo_that_comes_after_a_newer_choice_changes_nothing(team: Team) -> None:
    """It was High before the bot wrote; then the person chose Low."""
    race = Race(team, "high")
    team.control.clock.advance(500)
    team.member.set_priority(race.task, "low")
    team.settle()
    race.send([*race.choice, *race.echo])

    assert team.priority(race.task) == LOW
    assert len(team.bot_writes(race.task)) == 1


def test_what_the_bot_itself_replaced_is_nobodys_choice(team: Team, tmp_path: Path) -> None:
    """Two automations that write one after the other, both planned before the first wrote."""
    write = '\non = ["taskCreated"]\ndo = [{ action = "set_priority", level = "%s" }]'
    team.use(tmp_path, a=write % "urgent", b=write % "low")
    task = team.member.create_task(LIST, INFERENCE)
    team.settle()

    assert team.priority(task) == LOW
    assert team.bot.store.overrides.list(team.bot.now_ms()) == []


def test_a_choice_is_put_back_though_routing_does_not_listen_for_it(
    team: Team, tmp_path: Path
) -> None:
    """A team's own version of `inference_first`, for new tasks and as time passes."""
    text = 'on = ["taskCreated", "reevaluation"]\ndo = [{ action = "route" }]'
    team.use(tmp_path, inference_first=text)
    race = Race(team)
    race.send(race.choice)

    assert team.priority(race.task) == LOW


def test_a_choice_is_put_back_though_a_back_fill_stood_for_its_time(team: Team) -> None:
    """The person chose within the time in which two clocks may differ, after the bot had asked for
    what it missed.
    """
    late: list[Delivery] = []

    def race(task: str, write: Callable[[], Any]) -> None:
        team.member.set_priority(task, "low")
        late.extend(team.control.delivery_log("taskPriorityUpdated", task))
        write()

    team.restart(builds=Builds(execution=partial(Racing, race=race)))
    team.control.clock.freeze()
    team.control.faults.add("drop", event="*", times=None)
    task = team.member.create_task(LIST, INFERENCE)
    team.job("backfill")
    team.control.faults.clear()
    assert team.priority(task) == NORMAL
    team.control.deliveries.again(late[0].id)
    team.settle()

    assert team.priority(task) == LOW
