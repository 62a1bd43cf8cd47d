"""What bursts and gaps cost, in calls."""

import math
import random
import time
from contextlib import ExitStack
from pathlib import Path

import orjson
import pytest

from clickup_mlops.bot.receive.clickup_deliveries import SIGNATURE
from clickup_mlops.clickup.webhook import sign
from clickup_mlops.sandbox import Sandbox
from tests.flows.conftest import (
    INFERENCE,
    LIST,
    Team,
    build,
    receiving,
    settings_for,
    shipped,
    until,
)
from tests.ports import BoundPort

HOUR = 3_600_000


@pytest.mark.slow
def test_a_burst_of_1000_new_tasks_costs_at_most_20_reads(team: Team) -> None:
    """Every task gets its priority. The whole burst has come before the first one is read: how much
    faster it comes than it is handled is the machine's affair.
    """
    team.settle()
    team.control.reset_counts()
    team.control.add_tasks(LIST, [{"name": f"{INFERENCE} {n}"} for n in range(1_000)], silent=False)
    assert team.control.deliveries.wait_idle(90)

    team.settle()

    assert len({write.task_id for write in team.bot_writes()}) == len(team.bot_writes()) == 1_000
    assert team.control.stats.calls("GET") <= 20
    assert team.control.stats.calls("PUT") == 1_000


@pytest.mark.slow
def test_a_burst_that_came_during_a_pause_is_read_in_pages(
    clickup_sandbox: Sandbox, tmp_path: Path
) -> None:
    """ClickUp refuses the token for a while: the running bot goes on with the oldest ones first."""
    port, control = BoundPort(), clickup_sandbox.control
    with ExitStack() as running:
        bot = running.enter_context(build(settings_for(clickup_sandbox, tmp_path, port)))
        running.enter_context(receiving(bot, port))
        bot.sources.hooks.register()
        bot.sources.backfill.run()
        bot.lanes.gate.close("the token is refused", bot.now_ms() + HOUR)
        bot.start()
        tasks = [{"name": f"{INFERENCE} {number}"} for number in range(1_000)]
        control.add_tasks(LIST, tasks, silent=False)
        assert control.deliveries.wait_idle(90)
        control.reset_counts()

        time.sleep(2)  # some are asked for again in the meantime, some are not
        bot.lanes.gate.closed_until_ms = 0

        until(lambda: len(control.writes(field="priority")) == 1_000, 90)
        assert control.stats.calls("GET", "/list/") <= 20


def test_echoes_cost_no_call_though_every_automation_is_on(team: Team) -> None:
    """A read, the priority, and a comment about the similar task: none of them concerns anybody."""
    team.configure(by_name={automation.name: {"mode": "on"} for automation in shipped()})
    team.member.create_task(LIST, INFERENCE)
    team.settle()
    team.control.reset_counts()

    team.member.create_task(LIST, f"{INFERENCE}, and test it")
    team.settle()

    fields = [write.field for write in team.control.writes(actor=team.control.members[0].id)]
    assert fields == ["priority", "comment"]
    assert team.control.stats.calls() == 3


@pytest.mark.slow
def test_what_nobody_listens_for_waits_half_a_second_for_more(
    clickup_sandbox: Sandbox, tmp_path: Path
) -> None:
    """No longer, however rarely lanes are looked for."""
    engine = {"sweep_every": 600, "lease": 3_600}
    with build(settings_for(clickup_sandbox, tmp_path, 1, engine=engine)) as bot:
        bot.sources.hooks.register()
        (hook,) = bot.sources.hooks.list()
        bot.start()
        until(lambda: bot.lanes.sweeper.running and not bot.inbox.depth(bot.now_ms()).ready)
        change = {"id": "1", "field": "time_spent", "date": str(bot.now_ms())}
        event = {"event": "taskTimeTrackedUpdated", "task_id": "t1", "webhook_id": hook.id}
        body = orjson.dumps(event | {"history_items": [change]})
        signature = sign(body, bot.secrets(hook.id)[0])

        start = time.monotonic()
        bot.sources.ingest.accept(bot.sources.clickup_deliveries, body, {SIGNATURE: signature})
        until(lambda: any(row.lane == "t1" for row in bot.inbox.list("done", 99)))
        assert 0.4 < time.monotonic() - start < 10


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
