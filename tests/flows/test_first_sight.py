"""A priority that a task has when the bot first sees it is a person's, unless a tool gave it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from clickup_mlops.bot.handle.initial_priorities import go_live, read_arrival_ms
from clickup_mlops.features.simulation import what_if
from clickup_mlops.routing.policy import Policy
from clickup_mlops.sandbox import Sandbox
from clickup_mlops.store import Override
from tests.flows.conftest import INFERENCE, LIST, TRAINING, Team, settings_for, working
from tests.ports import BoundPort

MINUTE_MS, DAY_MS = 60_000, 86_400_000
URGENT, HIGH, NORMAL, LOW = 1, 2, 3, 4


@pytest.fixture
def team(
    clickup_sandbox: Sandbox, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[Team]:
    """A team whose bot follows the policy that the test is parametrised with, else the default."""
    routing = getattr(request, "param", {})
    control, port = clickup_sandbox.control, BoundPort()
    settings = settings_for(clickup_sandbox, tmp_path, port, routing=routing)
    with working(clickup_sandbox, settings, port, clock=control.clock.now_ms) as team:
        team.bot.sources.hooks.register()
        yield team


def policy(**routing: object) -> pytest.MarkDecorator:
    """Have the bot follow this policy."""
    return pytest.mark.parametrize("team", [routing], indirect=True, ids=str)


def get_override(team: Team, task: str) -> Override | None:
    """What the store keeps for the task now."""
    return team.bot.store.overrides.get(task, team.bot.now_ms())


def add_old(team: Team, *priorities: int | None) -> list[str]:
    """Tasks that are older than the bot, which has heard of none of them."""
    bodies = [
        {"name": f"{TRAINING} {n}", "priority": priority} for n, priority in enumerate(priorities)
    ]
    tasks = team.control.add_tasks(LIST, bodies)
    team.control.clock.advance(9 * DAY_MS)
    read_arrival_ms(team.bot.store, team.bot.now_ms())
    return tasks


def look_at_all(team: Team) -> None:
    """What `backfill --all` does, and all that comes of it."""
    team.bot.sources.backfill.run(0)
    team.settle()


def test_a_task_whose_event_was_lost_is_not_older_than_the_bot(team: Team) -> None:
    """The bot knows when it came, however late it looks: `keep_created` applies."""
    read_arrival_ms(team.bot.store, team.bot.now_ms())
    team.control.clock.advance(DAY_MS)
    (task,) = team.control.add_tasks(LIST, [{"name": TRAINING, "priority": URGENT}])
    team.control.clock.advance(DAY_MS)
    look_at_all(team)

    override = get_override(team, task)
    assert override is not None
    assert override.origin == "creation"


def test_a_priority_given_at_creation_is_kept_for_a_while(team: Team) -> None:
    """Whatever happens to the task meanwhile; then the bot decides again."""
    task = team.member.create_task(LIST, TRAINING, priority=URGENT)
    team.settle()
    team.member.update(task, description="Two runs, same seed.")
    team.settle()

    assert team.bot_writes(task) == []
    latest = team.bot.store.decisions.latest(task)
    assert latest is not None
    assert latest.body["decided_by"] == "person"
    assert "it was created with Urgent, which wins until" in latest.body["reasons"][-1]

    team.control.clock.advance(8 * DAY_MS)
    team.job("reevaluate")
    assert team.priority(task) == LOW


def test_a_task_without_a_priority_gets_one(team: Team) -> None:
    """There is nothing to keep."""
    task = team.member.create_task(LIST, TRAINING)
    team.settle()

    assert team.priority(task) == LOW
    assert get_override(team, task) is None


def test_backfill_of_everything_lowers_nobodys_priority(team: Team) -> None:
    """Tasks from before the bot keep theirs, from when it first sees them on; others get one."""
    old, bare = add_old(team, URGENT, None)
    look_at_all(team)

    override = get_override(team, old)
    assert team.bot_writes(old) == []
    assert override is not None
    assert (override.origin, override.until_ms - override.since_ms) == ("existing", 7 * DAY_MS)
    assert team.priority(bare) == LOW
    assert team.bot.handling.first_sight.count_kept([old, bare]) == 1

    team.control.clock.advance(7 * DAY_MS)
    team.job("reevaluate")
    assert team.priority(old) != URGENT


@policy(keep_created="higher")
def test_higher_means_that_the_bot_may_raise_but_not_lower(team: Team) -> None:
    """Compared with what the policy says at the time."""
    tasks = [
        team.member.create_task(LIST, INFERENCE, priority=priority) for priority in (LOW, URGENT)
    ]
    team.settle()

    assert [team.priority(task) for task in tasks] == [NORMAL, URGENT]


@policy(keep_existing="never")
def test_never_means_that_the_bot_decides_at_once(team: Team) -> None:
    """Each of the two settings for its own tasks."""
    (old,) = add_old(team, URGENT)
    new = team.member.create_task(LIST, f"{TRAINING} anew", priority=URGENT)
    look_at_all(team)

    assert (team.priority(old) or 0) > URGENT
    assert team.priority(new) == URGENT


def test_a_change_by_hand_a_second_later_is_a_change(team: Team) -> None:
    """It replaces what the task was created with; clearing it hands the task to the bot."""
    task = team.member.create_task(LIST, TRAINING, priority=URGENT)
    team.settle()
    team.control.clock.advance(1_000)
    team.member.set_priority(task, "high")
    team.settle()
    override = get_override(team, task)
    assert override is not None
    assert (override.priority, override.origin) == (HIGH, "change")

    team.control.clock.advance(1_000)
    team.member.set_priority(task, None)
    team.settle()
    assert team.priority(task) == LOW


@policy(import_size=5)
def test_the_priority_of_an_import_is_nobodys_choice(team: Team) -> None:
    """Many tasks, one user, one minute, one priority. A single one of another priority is kept."""
    tasks = [team.member.create_task(LIST, f"{TRAINING} {n}", priority=HIGH) for n in range(6)]
    chosen = team.member.create_task(LIST, f"{TRAINING} first", priority=URGENT)
    team.settle()
    team.job("reevaluate")

    assert HIGH not in {team.priority(task) for task in tasks}
    assert team.priority(chosen) == URGENT
    latest = team.bot.store.decisions.latest(tasks[-1])
    assert latest is not None
    assert "import: many tasks were created with High at once" in latest.body["reasons"][-1]


@policy(import_size=5)
def test_an_import_from_before_the_bot_is_seen_whole(team: Team) -> None:
    """By a back-fill: none of its tasks is kept for a while first."""
    tasks = add_old(team, *[HIGH] * 6)
    look_at_all(team)

    assert all(team.priority(task) != HIGH for task in tasks)
    assert team.bot.handling.first_sight.count_kept(tasks) == 0


@policy(importers=("MARIA KELLER",))
def test_what_a_listed_tool_creates_is_decided_at_once(team: Team) -> None:
    """Here one that is listed by its name, in any case."""
    task = team.member.create_task(LIST, TRAINING, priority=URGENT)
    team.settle()

    assert team.priority(task) == LOW


def test_what_an_automation_creates_is_nobodys_choice(team: Team, tmp_path: Path) -> None:
    """Also when it is looked at again later, by a back-fill."""
    team.use(
        tmp_path,
        follow='on = ["taskStatusUpdated"]\nwhen = \'task.status == "complete"\'\n'
        'do = [{ action = "create_task", key = "next", name = "Fine-tune: training run 2", '
        'priority = "urgent" }]',
        routing='on = ["taskTagUpdated", "backfill"]\ndo = [{ action = "route" }]',
    )
    first = team.member.create_task(LIST, "Fine-tune: training run 1")
    team.settle()
    team.member.set_status(first, "complete")
    team.settle()
    created = team.control.find("Fine-tune: training run 2").id
    assert team.priority(created) == URGENT
    team.member.tag(created, "later")
    team.settle()

    assert get_override(team, created) is None
    assert team.priority(created) == LOW


def test_a_choice_about_a_task_that_an_automation_has_made_is_kept(
    team: Team, tmp_path: Path
) -> None:
    """Also where the bot sees the task for the first time after that, and no event told."""
    body = 'do = [{ action = "create_task", list = "Inbox", name = "Fine-tune: training run 2" }]'
    team.use(tmp_path, makes=f'on = ["taskCreated"]\nwhen = \'task.list == "{LIST}"\'\n{body}')
    team.member.create_task(LIST, TRAINING)
    team.control.faults.add("drop", event="*", skip=2, times=None)
    team.settle()
    (follow_up,) = [
        task.id for task in team.control.tasks if task.name == "Fine-tune: training run 2"
    ]
    team.member.set_priority(follow_up, NORMAL)
    team.control.faults.clear()
    routes = 'on = ["taskCreated", "taskUpdated", "backfill"]\ndo = [{ action = "route" }]'
    team.use(tmp_path, routes=routes)
    team.control.clock.advance(MINUTE_MS)
    look_at_all(team)

    assert team.priority(follow_up) == NORMAL
    assert team.bot_writes(follow_up) == []
    assert get_override(team, follow_up) is not None


def test_a_backfill_makes_no_task_late(team: Team) -> None:
    """What is old when the bot first reads it has all its time from then on, whatever is read
    again meanwhile; a new task from its creation.
    """
    chosen = {"mode": "on", "settings": {"assign": "Jonas"}}
    team.configure(by_name={"inference_unassigned": chosen})
    bodies = [{"name": f"{INFERENCE} {n}", "priority": URGENT} for n in range(3)]
    tasks = team.control.add_tasks(LIST, bodies)
    team.control.clock.advance(9 * DAY_MS)
    look_at_all(team)
    tasks.append(team.member.create_task(LIST, f"{INFERENCE} anew", priority=URGENT))
    team.settle()

    assert who_has(team, tasks) == [0] * 4
    team.control.clock.advance(14 * MINUTE_MS)
    look_at_all(team)
    assert who_has(team, tasks) == [0] * 4
    team.control.clock.advance(2 * MINUTE_MS)
    assert who_has(team, tasks) == [1] * 4


def who_has(team: Team, tasks: list[str]) -> list[int]:
    """How many assignees each has, after a round of `inference_unassigned`."""
    (automation,) = (
        in_space for in_space in team.bot.context.in_spaces if in_space.name.endswith("_unassigned")
    )
    team.bot.sources.schedules.insert(automation, team.bot.now_ms())
    team.settle()
    return [len(team.control.task(task)["assignees"]) for task in tasks]


def test_going_live_counts_the_time_anew(team: Team) -> None:
    """The days in shadow mode are not taken from those of the people; a later start changes
    nothing.
    """
    task = team.member.create_task(LIST, TRAINING, priority=URGENT)
    team.settle()
    team.control.clock.advance(10 * DAY_MS)
    assert get_override(team, task) is None

    for _ in range(2):
        go_live(team.bot.store, Policy(), team.bot.now_ms())
        team.job("reevaluate")
        assert team.priority(task) == URGENT
        team.control.clock.advance(4 * DAY_MS)
    team.job("reevaluate")
    assert team.priority(task) != URGENT


def test_what_if_tells_which_priorities_the_setting_keeps(team: Team) -> None:
    """Also of a task that waits to be evaluated for the first time."""
    routed, unseen = add_old(team, URGENT, URGENT)
    team.bot.sources.backfill.run(0)
    team.bot.store.overrides.release(unseen)
    now, never = Policy(), Policy(keep_existing="never")
    evaluated, moves = what_if.ask(
        team.bot.store, team.bot.context.classifier, what_if.Question(now, never), team.bot.now_ms()
    )

    assert evaluated >= 2
    assert {move.task.id for move in moves} == {routed, unseen}
    assert {move.before.priority for move in moves} == {URGENT}
