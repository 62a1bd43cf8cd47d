"""How often the store is asked about one task: each question once, in as few selects as can be."""

from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import ClauseElement

from clickup_mlops.store.database.engine import Database
from clickup_mlops.store.database.prepared import Prepared, Result
from tests.flows.conftest import INFERENCE, LIST, Team


class Counting(Prepared):
    """Counts the selects; `all` has every statement."""

    def __init__(self, database: Database) -> None:
        super().__init__(database.engine.dialect)
        self.all: list[str] = []

    @property
    def statements(self) -> list[str]:
        """The selects."""
        return [text for text in self.all if text.startswith(("SELECT", "WITH"))]

    def run(self, driver: Any, statement: ClauseElement, values: Mapping[str, object]) -> Result:
        self.all.append(str(statement))
        return super().run(driver, statement, values)


@pytest.fixture
def counting(team: Team) -> Counting:
    """Of a bot that has routed a task before, with its echoes."""
    team.member.create_task(LIST, INFERENCE)
    team.settle()
    database = team.bot.store.database
    database.prepared = counting = Counting(database)
    return counting


def handled(team: Team, counting: Counting, task: str) -> list[str]:
    """What the store is asked while the events of the task are handled that came so far. Those that
    come of it are held back.
    """
    team.control.deliveries.resume()
    assert team.control.deliveries.wait_idle()
    team.control.deliveries.pause()
    counting.all.clear()
    team.bot.lanes.worker.run(task)
    return counting.statements


def received(team: Team, counting: Counting) -> int:
    """How often the store is asked while events are received that were held back."""
    counting.all.clear()
    team.control.deliveries.resume()
    assert team.control.deliveries.wait_idle()
    return len(counting.statements)


def timeline(counting: Counting) -> list[str]:
    """How the statements begin that are about the timeline."""
    about = [statement for statement in counting.all if "timeline" in statement]
    return [statement.partition("(")[0].strip() for statement in about]


def test_a_routed_task_costs_two_selects_and_its_echoes_two(team: Team, counting: Counting) -> None:
    """From its events to the write; then the events that report it, which no lane handles."""
    task = team.member.create_task(LIST, f"{INFERENCE} 2")

    assert len(handled(team, counting, task)) == 2
    assert len(team.bot_writes(task)) == 1
    assert received(team, counting) == 2
    assert team.bot.inbox.depth(team.bot.now_ms()).ready == 0


def test_a_change_that_routing_leaves_alone_costs_four_selects(
    team: Team, counting: Counting
) -> None:
    """The task is read anew, evaluated, and keeps its priority."""
    task = team.member.create_task(LIST, f"{INFERENCE} 2")
    team.settle()
    team.member.update(task, name=f"{INFERENCE} 3")

    assert len(handled(team, counting, task)) <= 4
    assert len(team.bot_writes(task)) == 1


def test_the_timeline_costs_an_insert_for_each_change_and_nothing_else(
    team: Team, counting: Counting
) -> None:
    """The creation with its first status, which two events report; then the bot's own write."""
    task = team.member.create_task(LIST, f"{INFERENCE} 2")

    counting.all.clear()
    handled(team, counting, task)
    assert timeline(counting) == ["INSERT INTO timeline"]
    received(team, counting)
    assert timeline(counting) == ["INSERT INTO timeline"] * 2  # two events, of which one adds it
