"""What bursts and gaps cost, in calls."""

import math
import random
import time

import pytest

from tests.flows.conftest import INFERENCE, LIST, Team

HOUR = 3_600_000


@pytest.mark.slow
def test_a_burst_of_1000_new_tasks_costs_at_most_20_reads(team: Team) -> None:
    """With the engine running as in production; every task gets its priority."""
    team.bot.start()
    _until(lambda: team.bot.inbox.depth(team.bot.now_ms()).handled >= 3, 30)  # the jobs of a start
    team.control.reset_counts()
    team.control.add_tasks(LIST, [{"name": f"{INFERENCE} {n}"} for n in range(1_000)], silent=False)

    _until(lambda: len(team.bot_writes()) >= 1_000, 90)
    _until(lambda: team.bot.inbox.depth(team.bot.now_ms()).ready == 0, 30)

    assert len({write.task_id for write in team.bot_writes()}) == len(team.bot_writes()) == 1_000
    assert team.control.stats.calls("GET") <= 20
    assert team.control.stats.calls("PUT") == 1_000


@pytest.mark.slow
def test_half_of_the_events_lost_in_two_hours_are_all_found_again(team: Team) -> None:
    """Each task has its priority once; the list calls are those for all tasks and a few more."""
    count = 300
    lost_numbers = set(random.Random(7).sample(range(count), count // 2))
    tasks = []
    for number in range(count):
        if number in lost_numbers:
            team.control.faults.add("drop", event="*", times=None)
        tasks.append(team.member.create_task(LIST, f"{INFERENCE} {number}"))
        team.control.faults.clear()
        team.control.clock.advance(2 * HOUR // count)
    team.settle()
    assert len(team.bot_writes()) == len(lost_numbers)
    team.control.reset_counts()

    team.job("backfill")

    assert {write.task_id for write in team.bot_writes()} == {tasks[n] for n in lost_numbers}
    assert len(team.bot_writes()) == len(lost_numbers)
    assert team.control.stats.calls("GET", "/team/") <= math.ceil(count / 100) + 3
    assert team.control.stats.calls("GET") == team.control.stats.calls("GET", "/team/")


def test_backfill_stores_nothing_twice(team: Team) -> None:
    """Looking again, also after a crash before the position moved on, finds nothing new."""
    team.control.faults.add("drop", event="*", times=None)
    team.member.create_task(LIST, INFERENCE)
    position = team.bot.store.cursors.get(team.bot.sources.backfill.cursor)
    assert position is not None

    assert len(team.bot.sources.backfill.run()) == 1
    team.bot.store.cursors.set(team.bot.sources.backfill.cursor, position)
    team.bot.sources.backfill.run()
    team.settle()

    rows = [row for row in team.bot.inbox.list(None, 99) if row.source == "backfill"]
    assert len(rows) == 1
    assert len(team.bot_writes()) == 1


def test_backfill_goes_oldest_first(team: Team) -> None:
    """The order of the inbox is the order of the changes."""
    team.control.faults.add("drop", event="*", times=None)
    tasks = []
    for number in range(5):
        tasks.append(team.member.create_task(LIST, f"{INFERENCE} {number}"))
        team.control.clock.advance(60_000)
    team.member.update(tasks[0], name="Changed last")

    assert team.bot.sources.backfill.run() == (*tasks[1:], tasks[0])


def test_many_changes_in_one_millisecond_are_all_found(team: Team) -> None:
    """More than a page with the same time neither repeats for ever nor leaves tasks out."""
    team.control.clock.freeze()
    tasks = team.control.add_tasks(LIST, [{"name": f"{INFERENCE} {n}"} for n in range(250)])
    team.control.clock.run()
    team.control.clock.advance(1_000)
    last = team.member.create_task(LIST, INFERENCE)
    team.control.deliveries.discard_queued()

    assert set(team.bot.sources.backfill.run()) >= set(tasks)
    team.settle()
    assert all(team.priority(task) for task in [*tasks, last])


def test_a_quiet_look_for_missed_changes_costs_one_call(team: Team) -> None:
    """Nothing changed: one list call, nothing stored."""
    team.control.clock.advance(HOUR)
    team.job("backfill")

    assert team.control.stats.total == 1


def _until(condition: object, seconds: float) -> None:
    assert callable(condition)
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.1)
