"""`task.idle`: what the bot writes itself is no sign of life."""

from pathlib import Path

import pytest

from clickup_mlops.bot.handle.task_notes import TaskNotes
from clickup_mlops.clickup.model import Task
from tests.flows.conftest import LIST, TRAINING, Team, build

HOUR_MS, DAY_MS = 3_600_000, 86_400_000
STALE = (
    'schedule = { cron = "0 * * * *" }\nwhen = \'task.open && task.idle >= duration("48h")\'\n'
    'do = [{ action = "comment", mode = "new", again = "P3D", text = "Idle ${task.idle}" }, '
    '{ action = "add_tag", tag = "stale" }]'
)


@pytest.fixture
def stale(team: Team, tmp_path: Path) -> Team:
    """Each hour whatever is idle for two days gets a comment and a tag."""
    team.control.clock.freeze(team.bot.now_ms())
    team.use(tmp_path, stale=STALE, routing='on = ["taskCreated"]\ndo = [{ action = "route" }]')
    return team


def look(team: Team, hours: int = 0) -> None:
    """So many hours later the automation looks."""
    team.control.clock.advance(hours * HOUR_MS)
    team.bot.sources.schedules.insert(team.bot.context.automations[1], team.bot.now_ms())
    team.settle()


def idle_ms(team: Team, task: str) -> int:
    """How long the task counts as idle."""
    row = team.bot.store.mirror.get(task)
    assert row is not None
    changes = TaskNotes(team.bot.store, team.bot.now_ms)
    return team.bot.now_ms() - changes.last_change_ms(Task.parse(row.raw))


def comments(team: Team, task: str) -> list[str]:
    """What the bot said, oldest first."""
    texts = [comment.text for comment in team.bot.client.comments.of_task(task)]
    return [text.splitlines()[0] for text in reversed(texts)]


def test_the_bots_comment_and_tag_are_no_change(stale: Team) -> None:
    """The task stays idle, whether their echoes come, are lost, or are found by a back-fill."""
    task = stale.member.create_task(LIST, TRAINING)
    stale.settle()
    look(stale, 50)
    assert comments(stale, task) == ["Idle 2d 2h"]

    stale.control.clock.advance(HOUR_MS)
    stale.bot.sources.backfill.run(0)
    stale.settle()
    assert idle_ms(stale, task) == 51 * HOUR_MS
    look(stale, 80)
    assert comments(stale, task)[1:] == ["Idle 5d 11h"]


@pytest.mark.parametrize("source", ["by its event", "by a back-fill"])
def test_a_persons_change_counts(stale: Team, source: str) -> None:
    """At once, or when it is found."""
    task = stale.member.create_task(LIST, TRAINING)
    stale.settle()
    look(stale, 50)
    stale.control.clock.advance(HOUR_MS)
    if source == "by a back-fill":
        stale.control.faults.add("drop", times=None)
    stale.member.update(task, description="It runs, loss 2.1.")
    stale.settle()
    stale.bot.sources.backfill.run()
    stale.settle()

    assert idle_ms(stale, task) == 0
    look(stale, 47)
    assert len(comments(stale, task)) == 1
    look(stale, 80)
    assert len(comments(stale, task)) == 2


def test_a_comment_by_a_person_counts_though_no_automation_listens(stale: Team) -> None:
    """Right after the bot's own, too: the event tells the time."""
    task = stale.member.create_task(LIST, TRAINING)
    stale.settle()
    look(stale, 50)
    stale.control.clock.advance(1_000)
    stale.member.comment(task, "It runs.")
    stale.settle()

    assert idle_ms(stale, task) == 0


def test_it_survives_a_restart(stale: Team) -> None:
    """What is known is in the store."""
    task = stale.member.create_task(LIST, TRAINING)
    stale.settle()
    look(stale, 50)
    before = idle_ms(stale, task)
    with build(stale.bot.settings, clock=stale.bot.now_ms) as bot:
        stale.bot = bot
        assert idle_ms(stale, task) == before == 50 * HOUR_MS


def test_a_task_that_the_bot_never_saw_change_is_idle_since_its_last_change(stale: Team) -> None:
    """Found by a back-fill, long after."""
    (task,) = stale.control.add_tasks(LIST, [{"name": TRAINING}])
    stale.control.clock.advance(9 * DAY_MS)
    stale.bot.sources.backfill.run(0)
    look(stale)

    assert comments(stale, task) == ["Idle 9d"]
    look(stale, 80)
    assert comments(stale, task)[1:] == ["Idle 12d 8h"]


def test_it_costs_no_call(stale: Team) -> None:
    """Looking at an idle task that was asked already is free."""
    stale.member.create_task(LIST, TRAINING)
    stale.settle()
    look(stale, 50)
    stale.control.reset_counts()
    look(stale, 5)

    assert stale.control.stats.total == 0


def test_a_status_that_the_bot_set_counts_from_then(team: Team, tmp_path: Path) -> None:
    """`task.in_status`, though the bot's own write is no change otherwise."""
    team.control.clock.freeze(team.bot.now_ms())
    team.use(
        tmp_path,
        move='on = ["taskTagUpdated"]\ndo = [{ action = "set_status", status = "in progress" }]',
        routing='on = ["taskCreated"]\ndo = [{ action = "route" }]',
        told='on = ["taskDueDateUpdated"]\n'
        'do = [{ action = "comment", mode = "new", text = "${task.in_status}, ${task.idle}" }]',
    )
    task = team.member.create_task(LIST, TRAINING)
    team.settle()
    team.control.clock.advance(50 * HOUR_MS)
    team.member.tag(task, "go")
    team.settle()
    team.control.clock.advance(2 * HOUR_MS)
    team.member.update(task, due_date=team.bot.now_ms())
    team.settle()

    assert comments(team, task) == ["2h, 0s"]
