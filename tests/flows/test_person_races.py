"""A person and the bot set the priority of a task at the same time: the person's choice stands."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from clickup_mlops.automations.perform import ExecutorContext
from clickup_mlops.bot.handle.package import ExecutionPackage
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
        executor_context = super().executor_context
        priority = executor_context.effects["priority"]

        def write(clickup: Any, task_id: str, change: Any) -> None:
            call = partial(priority.write, clickup, task_id, change)
            if self._is_over:
                call()
                return
            self._is_over = True
            self._race(task_id, call)

        return replace(
            executor_context,
            effects={**executor_context.effects, "priority": replace(priority, write=write)},
        )


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
        for delivery in deliveries:
            self._team.control.deliveries.resend(delivery.id)
        self._team.settle()

    def _run(self, task: str, write: Callable[[], Any]) -> None:
        self.choice = self._unheard(partial(self._team.member.set_priority, task, self._level))
        self.echo = self._unheard(write)

    def _unheard(self, change: Callable[[], Any]) -> list[Delivery]:
        control = self._team.control
        control.clock.advance(500)
        delivery_count = len(control.delivery_log())
        control.faults.add("drop", event="*", times=None)
        change()
        control.faults.clear()
        return control.delivery_log()[delivery_count:]


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
    assert [write.after["id"] for write in team.bot_writes(race.task)] == ["3", "4"]


@pytest.mark.parametrize("order", ["choice echo", "echo choice", "choice echo choice echo"])
def test_in_any_order_the_choice_is_put_back_once_and_keeps_its_name(
    team: Team, order: str
) -> None:
    """Late and doubled deliveries change nothing."""
    race = Race(team)
    for step in order.split():
        race.send(getattr(race, step))
        assert team.priority(race.task) == LOW

    assert race.calls == 1
    (override,) = team.bot.store.overrides.list(team.bot.now_ms())
    assert (override.priority, override.user_name) == (LOW, team.control.members[1].username)


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
    team.control.deliveries.resend(late[0].id)
    team.settle()

    assert team.priority(task) == LOW


def test_a_choice_between_a_lost_answer_and_its_repetition_stands(team: Team) -> None:
    """The write took effect, nobody heard so, and a person chose: it is not sent again."""
    task = _unanswered(team, [partial(team.member.set_priority, priority="low")])

    assert team.priority(task) == LOW
    assert [write.after["id"] for write in team.bot_writes(task)] == ["3"]
    (override,) = team.bot.store.overrides.list(team.bot.now_ms())
    assert (override.priority, override.user_name) == (LOW, team.control.members[1].username)


def test_a_repeated_write_is_no_choice_of_the_bots_user(team: Team, tmp_path: Path) -> None:
    """A person chose and went back to what was before: so the bot sends it again, knows both
    echoes, and puts the person's choice back.
    """
    again = """
on = ["taskStatusUpdated"]
when = 'task.status == "in progress"'
do = [{ action = "set_priority", level = "urgent" }]"""
    first = 'on = ["taskCreated", "reevaluation"]\ndo = [{ action = "route" }]'
    team.use(tmp_path, inference_first=first, again=again)
    person = [partial(team.member.set_priority, priority=level) for level in ("low", "normal")]
    task = _unanswered(team, person, status="in progress")

    assert [write.after["id"] for write in team.bot_writes(task)] == ["3", "1", "1", "3"]
    (override,) = team.bot.store.overrides.list(team.bot.now_ms())
    assert (override.priority, override.user_name) == (NORMAL, team.control.members[1].username)


def test_a_choice_whose_event_is_lost_stands_on_a_task_that_was_never_decided(team: Team) -> None:
    """The bot knows of an older choice, and has written nothing: what the task shows is newer."""
    task = team.member.create_task(LIST, INFERENCE)
    team.member.set_priority(task, "high")
    assert team.control.deliveries.wait_idle()
    team.control.clock.advance(60_000)
    team.control.faults.add("drop", times=None)
    team.member.set_priority(task, "low")
    assert team.control.deliveries.wait_idle()
    team.control.faults.clear()
    team.settle()

    assert team.priority(task) == LOW
    assert team.bot_writes(task) == []


def _unanswered(team: Team, meanwhile: list[Callable[..., None]], status: str = "") -> str:
    """A task whose priority the bot writes when it is new, or gets this status. That takes effect
    without an answer, and before the bot tries again, people do this. No event of all that arrives
    before the end.
    """
    control = team.control

    def sleep(seconds: float) -> None:
        control.clock.advance(int(seconds * 1000))
        while meanwhile:
            control.clock.advance(500)
            meanwhile.pop(0)(task)

    team.restart(sleep=sleep)
    task = team.member.create_task(LIST, INFERENCE)
    if status:
        team.settle()
        team.member.set_status(task, status)
    assert control.deliveries.wait_idle()
    delivery_count = len(control.delivery_log())
    control.faults.add("drop", event="*", times=None)
    control.faults.add("cut_after", method="PUT")
    control.clock.advance(10_000)
    team.bot.run_until_idle()
    control.faults.clear()
    for delivery in control.delivery_log()[delivery_count:]:
        control.deliveries.resend(delivery.id)
    control.clock.advance(10_000)
    team.settle()
    return task
