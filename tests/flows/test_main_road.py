"""An event arrives, the right task goes first, people win, and nothing is done twice."""

import random
from collections.abc import Callable

import pytest

from tests.flows.conftest import INFERENCE, LIST, TRAINING, Team


def test_inference_is_put_ahead_of_training(team: Team) -> None:
    """Two calls for each task: one to read it, one to write its priority."""
    training = team.member.create_task(LIST, TRAINING)
    team.settle()
    inference = team.member.create_task(LIST, INFERENCE)
    team.settle()

    first, second = team.priority(inference), team.priority(training)

    assert first is not None and second is not None and first < second
    assert team.control.stats.total == 4


def test_five_redeliveries_have_one_effect(team: Team) -> None:
    """A delivery that ClickUp repeats is not handled again."""
    task = team.member.create_task(LIST, INFERENCE)
    team.settle()
    deliveries = team.control.delivery_log(task_id=task)

    for delivery in deliveries * 5:
        team.control.deliveries.resend(delivery.id)
        team.settle()

    assert len(team.bot_writes(task)) == 1
    assert team.control.stats.total == 2


def test_the_bots_own_writes_come_back_without_effect(team: Team) -> None:
    """The echo of a write is known by its cause; nobody has set an override by it."""
    task = team.member.create_task(LIST, INFERENCE)
    team.settle()

    assert team.control.delivery_log("taskPriorityUpdated", task)
    assert team.bot.store.overrides.list(team.bot.now_ms()) == []


def test_an_echo_is_done_when_it_is_received(team: Team) -> None:
    """No lane runs for it; a repeated delivery changes nothing; what it says is in the timeline."""
    task = team.member.create_task(LIST, INFERENCE)
    assert team.control.deliveries.wait_idle()
    team.bot.run_until_idle()
    assert team.control.deliveries.wait_idle()

    (echo,) = team.control.delivery_log("taskPriorityUpdated", task)
    team.control.deliveries.resend(echo.id)
    assert team.control.deliveries.wait_idle()

    inbox, store = team.bot.inbox, team.bot.store
    assert inbox.depth(team.bot.now_ms()).ready == 0
    kinds = [row.kind for row in inbox.list("done", 9) if row.lane == task]
    assert kinds.count("taskPriorityUpdated") == 1
    entries = store.timeline.of_task(task, 0, team.bot.now_ms() + 1)
    assert [entry.text for entry in entries if entry.kind == "priority"] == [
        "Priority: None -> Normal"
    ]


def test_a_person_who_shares_the_bots_token_may_set_what_it_wrote(team: Team) -> None:
    """Only the change that the bot made is its echo: the same value set again is a choice."""
    task = team.member.create_task(LIST, INFERENCE)
    team.settle()
    assert team.priority(task) == 3
    bots_user = team.control.as_user(team.control.members[0].id)

    bots_user.set_priority(task, "low")
    team.settle()
    bots_user.set_priority(task, "normal")
    team.settle()

    (override,) = team.bot.store.overrides.list(team.bot.now_ms())
    assert (override.task_id, override.priority) == (task, 3)


def test_a_persons_priority_survives(team: Team) -> None:
    """What a person sets stays, whatever else happens to the task."""
    task = team.member.create_task(LIST, INFERENCE)
    team.settle()
    write_count = len(team.bot_writes(task))

    team.member.set_priority(task, "low")
    team.settle()
    team.member.update(task, name=INFERENCE + " in production, p99 latency doubled")
    team.settle()
    team.control.clock.advance(3 * 86_400_000)
    team.job("reevaluate")

    assert team.priority(task) == 4
    assert len(team.bot_writes(task)) == write_count


def test_a_persons_priority_survives_even_if_its_event_was_lost(team: Team) -> None:
    """The bot notices that the priority is not the one it left."""
    task = team.member.create_task(LIST, INFERENCE)
    team.settle()
    write_count = len(team.bot_writes(task))

    team.control.faults.add("drop", event="*", times=None)
    team.member.set_priority(task, "low")
    team.control.faults.clear()
    team.member.update(task, name=INFERENCE + ", now")
    team.settle()

    assert team.priority(task) == 4
    assert len(team.bot_writes(task)) == write_count


@pytest.mark.parametrize("arrives", [False, True])
def test_back_to_what_the_bot_wrote_is_a_choice_even_if_its_event_is_lost_or_late(
    team: Team, *, arrives: bool
) -> None:
    """After the bot wrote Normal, one person chose Low and another one Normal again."""
    task = team.member.create_task(LIST, INFERENCE)
    team.settle()
    assert team.priority(task) == 3
    team.member.set_priority(task, "low")
    team.settle()

    team.control.faults.add("drop", event="*", times=None)
    team.member.set_priority(task, "normal")
    team.control.faults.clear()
    team.member.update(task, name=INFERENCE + ", now")
    team.settle()
    if arrives:
        *_, late = team.control.delivery_log("taskPriorityUpdated", task)
        team.control.deliveries.resend(late.id)
        team.settle()

    assert team.priority(task) == 3
    assert len(team.bot_writes(task)) == 1


def test_clearing_the_priority_gives_the_task_back(team: Team) -> None:
    """A person who clears the flag asks the bot to decide again."""
    task = team.member.create_task(LIST, INFERENCE)
    team.settle()
    decided = team.priority(task)
    team.member.set_priority(task, "low")
    team.settle()

    team.member.set_priority(task, None)
    team.settle()

    assert team.priority(task) == decided


@pytest.mark.parametrize("seed", range(5))
def test_shuffled_deliveries_end_in_the_newest_state(team: Team, seed: int) -> None:
    """Whatever the order of arrival, the newest change of each task is what holds."""
    chance = random.Random(seed)
    team.control.faults.add("shuffle", times=None, wait_s=0.3)
    tasks = [team.member.create_task(LIST, f"{INFERENCE} {n}") for n in range(4)]
    expected = {}
    for _ in range(12):
        task, level = chance.choice(tasks), chance.randint(1, 4)
        team.control.clock.advance(1_000)
        team.member.set_priority(task, level)
        expected[task] = level
    while not team.control.deliveries.wait_idle(0.05):
        team.bot.run_until_idle()
    team.settle()

    assert {task: team.priority(task) for task in expected} == expected


def test_a_deleted_task_is_forgotten(team: Team) -> None:
    """Events of a task that is gone are done, not retried, and nothing is left in the mirror."""
    task = team.member.create_task(LIST, INFERENCE)
    team.settle()
    team.control.deliveries.pause()
    team.member.update(task, name="Renamed")
    team.member.delete(task)
    team.control.deliveries.resume()
    team.settle()

    depth = team.bot.inbox.depth(team.bot.now_ms())
    assert (depth.ready, depth.parked) == (0, 0)
    assert team.bot.store.mirror.get(task) is None


def _delete(team: Team, task: str) -> Callable[[], None]:
    """Delete it; calling what this returns restores it, as a person does from the trash."""
    record = team.control.find(task)
    team.member.delete(task)

    def restore() -> None:
        with team.sandbox.world.change():
            team.sandbox.world.deleted_tasks.drop(task)
            team.sandbox.world.tasks.put(record)

    return restore


def test_the_news_of_a_deletion_may_come_twice(team: Team) -> None:
    """The second one finds nothing to do."""
    task = team.member.create_task(LIST, INFERENCE)
    team.settle()
    team.control.faults.add("duplicate", event="taskDeleted", copies=2)
    team.member.delete(task)
    team.settle()

    depth = team.bot.inbox.depth(team.bot.now_ms())
    assert (depth.ready, depth.parked) == (0, 0)
    assert team.bot.store.mirror.get(task) is None


def test_late_news_of_a_deletion_do_not_hide_a_restored_task(team: Team) -> None:
    """It was restored and changed before the bot heard that it had been deleted."""
    task = team.member.create_task(LIST, TRAINING)
    team.settle()
    team.control.deliveries.pause()
    restore = _delete(team, task)
    restore()
    team.control.deliveries.resume()
    team.settle()

    assert team.bot.store.mirror.get(task) is not None


def test_a_task_that_was_deleted_and_restored_is_seen_again(team: Team) -> None:
    """Its next change is handled like that of any other task."""
    task = team.member.create_task(LIST, TRAINING)
    team.settle()
    restore = _delete(team, task)
    team.settle()
    assert team.bot.store.mirror.get(task) is None
    restore()
    team.member.update(task, name=INFERENCE, due_date=team.bot.now_ms())
    team.settle()

    assert team.priority(task) == 2


def test_a_task_that_inference_waits_for_becomes_more_urgent(team: Team) -> None:
    """ClickUp reports the waiting task alone; the one that it waits for is evaluated again."""
    blocker = team.member.create_task(LIST, "Replace the broken top-of-rack switch cable")
    waiting = team.member.create_task(LIST, INFERENCE)
    team.settle()
    before = team.priority(blocker)

    team.member.depend(waiting, blocker)
    team.settle()
    raised = team.priority(blocker)
    assert before is not None and raised is not None and raised < before

    team.member.set_status(waiting, "complete")
    team.settle()
    assert team.priority(blocker) == before


def test_a_deleted_task_holds_nobody_up(team: Team) -> None:
    """What it waited for falls back."""
    blocker = team.member.create_task(LIST, "Replace the broken top-of-rack switch cable")
    waiting = team.member.create_task(LIST, INFERENCE)
    team.settle()
    before = team.priority(blocker)
    team.member.depend(waiting, blocker)
    team.settle()
    assert team.priority(blocker) != before

    team.member.delete(waiting)
    team.settle()
    assert team.priority(blocker) == before


def test_time_alone_raises_a_task_and_costs_one_write(team: Team) -> None:
    """A due date that comes near is noticed from the mirror: one look for news, one write each."""
    day = 86_400_000
    due = team.bot.now_ms() + 10 * day
    tasks = [
        team.member.create_task(LIST, f"{TRAINING} {n}", due_date=due if n < 2 else None)
        for n in range(6)
    ]
    team.settle()
    before = [team.priority(task) for task in tasks]
    team.control.reset_counts()

    team.control.clock.advance(int(9.5 * day))
    team.job("reevaluate")

    after = [team.priority(task) for task in tasks]
    assert after[:2] != before[:2] and after[2:] == before[2:]
    assert team.control.stats.total == 3
    team.job("reevaluate")
    assert team.control.stats.calls("PUT") == 2


def test_shadow_mode_decides_and_writes_nothing(team: Team) -> None:
    """The decision can be read; ClickUp is left alone."""
    team.configure(mode="shadow")
    task = team.member.create_task(LIST, INFERENCE)
    team.settle()

    decision = team.bot.store.decisions.latest(task)
    assert decision is not None and decision.body["priority"] in (1, 2, 3)
    assert team.bot_writes() == []
    assert team.priority(task) is None
