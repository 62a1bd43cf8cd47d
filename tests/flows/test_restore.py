"""What an automation changed for a while comes back, unless people changed it since."""

from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest

from clickup_mlops.bot.write.undo import targets
from clickup_mlops.bot.write.undo.undoing import UndoRequest
from clickup_mlops.features.undo.package import UndoPackage
from clickup_mlops.store import Filter
from tests.flows.conftest import INFERENCE, LIST, TRAINING, Team
from tests.flows.test_commands import say
from tests.flows.test_executor import Crash, dying

URGENT, HIGH, NORMAL, LOW = 1, 2, 3, 4
HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
ROUTE = """
on = ["taskCreated", "taskUpdated", "taskPriorityUpdated", "reevaluation"]
do = [{ action = "route" }]
"""
WINDOW = """
on = ["taskTagUpdated"]
when = '"window" in task.tags'
do = [{ action = "set_priority", level = "urgent", keep = "P3D", over_people = true }]
until = '!("window" in task.tags)'
then = [{ action = "restore", what = "priority" }]
"""
FROZEN = """
on = ["taskTagUpdated"]
when = '"window" in task.tags'
do = [
  { action = "set_status", status = "in progress" },
  { action = "set_field", field = "SLO latency ms", value = 900 },
  { action = "set_due", at = 2027-01-01, replace = true },
]
until = '!("window" in task.tags)'
then = [
  { action = "restore", what = "status" },
  { action = "restore", field = "SLO latency ms" },
  { action = "restore", what = "due" },
]
"""


def window(team: Team, task: str, *, begins: bool) -> None:
    """The window begins or ends for the task."""
    (team.member.tag if begins else team.member.untag)(task, "window")
    team.settle()


def held(team: Team, task: str) -> tuple[int | None, str] | None:
    """The priority that is held, and by what."""
    override = team.bot.store.overrides.get(task, team.bot.now_ms())
    return override and (override.priority, override.set_by)


def test_the_priority_is_what_it_was(team: Team, tmp_path: Path) -> None:
    """Nothing holds it, so that routing goes on as before; as often as the window comes."""
    team.use(tmp_path, window=WINDOW, routes=ROUTE)
    task = team.member.create_task(LIST, INFERENCE)
    team.settle()
    for _ in range(2):
        window(team, task, begins=True)
        assert team.priority(task) == URGENT
        window(team, task, begins=False)
        assert (team.priority(task), held(team, task)) == (NORMAL, None)


def test_a_persons_priority_comes_back_with_its_hold(team: Team, tmp_path: Path) -> None:
    """Until it would have ended: routing would say Normal."""
    team.use(tmp_path, window=WINDOW, routes=ROUTE)
    task = team.member.create_task(LIST, INFERENCE)
    team.settle()
    say(team, task, "/priority low for 2d because of the demo")
    window(team, task, begins=True)
    assert team.priority(task) == URGENT

    window(team, task, begins=False)
    assert (team.priority(task), held(team, task)) == (LOW, (LOW, "/priority"))
    override = team.bot.store.overrides.get(task, team.bot.now_ms())
    assert override is not None
    assert override.because == "of the demo"
    team.control.clock.advance(2 * DAY_MS + 1)
    team.job("reevaluate")
    assert team.priority(task) == NORMAL


@pytest.mark.parametrize("chosen", [["high"], ["low", "urgent"]], ids=["other", "the same again"])
def test_what_a_person_chose_meanwhile_stays(team: Team, tmp_path: Path, chosen: list[str]) -> None:
    """Also if it is what the automation wrote."""
    team.use(tmp_path, window=WINDOW, routes=ROUTE)
    task = team.member.create_task(LIST, INFERENCE)
    window(team, task, begins=True)
    for level in chosen:
        team.control.clock.advance(60_000)
        team.member.set_priority(task, level)
        team.settle()
    before = team.priority(task)
    team.control.clock.advance(60_000)
    window(team, task, begins=False)

    assert team.priority(task) == before
    assert held(team, task) == (before, "")


def test_status_field_and_due_date_come_back(team: Team, tmp_path: Path) -> None:
    """What was not set is not set again; a task of which nothing was changed stays as it is."""
    team.control.create_field("SLO latency ms", "number", list_name=LIST)
    team.use(tmp_path, frozen=FROZEN)
    plain, dated = (team.member.create_task(LIST, INFERENCE) for _ in range(2))
    due_ms = team.bot.now_ms() + DAY_MS
    team.member.update(dated, due_date=due_ms)
    team.member.set_field(dated, "SLO latency ms", 500)
    team.settle()
    for task in (plain, dated):
        window(team, task, begins=True)
        assert team.control.task(task)["status"]["status"] == "in progress"
        window(team, task, begins=False)
        assert team.control.task(task)["status"]["status"] == "to do"
    client = team.bot.client.tasks
    values = {f.name: f.read() for f in client.get(dated).fields}
    assert (values["SLO latency ms"], client.get(dated).due_ms) == (500, due_ms)
    empty = {f.name: f.read() for f in client.get(plain).fields}
    assert (empty["SLO latency ms"], client.get(plain).due_ms) == (None, None)


def test_a_field_that_a_person_changed_and_changed_back_stays(team: Team, tmp_path: Path) -> None:
    """Each value for itself: the status comes back. Soon after the bot's write, too."""
    team.control.create_field("SLO latency ms", "number", list_name=LIST)
    team.use(tmp_path, frozen=FROZEN)
    task = team.member.create_task(LIST, INFERENCE)
    team.member.set_field(task, "SLO latency ms", 500)
    window(team, task, begins=True)
    for value in (400, 900):
        team.control.clock.advance(1_000)
        team.member.set_field(task, "SLO latency ms", value)
        team.settle()
    team.control.clock.advance(60_000)
    window(team, task, begins=False)

    values = {f.name: f.read() for f in team.bot.client.tasks.get(task).fields}
    assert values["SLO latency ms"] == 900
    assert team.control.task(task)["status"]["status"] == "to do"


def test_two_ends_in_one_second_restore_once(team: Team, tmp_path: Path) -> None:
    """Nor does the second one bring back what the first replaced."""
    ends = """
    on = ["taskTagUpdated", "taskUpdated"]
    do = [
      { action = "set_priority", when = 'SET', level = "urgent", over_people = true },
      { action = "restore", when = '!("window" in task.tags)', what = "priority" },
    ]
    """
    team.use(tmp_path, ends=ends.replace("SET", '"window" in task.tags'))
    task = team.member.create_task(LIST, INFERENCE, priority=4)
    team.settle()
    window(team, task, begins=True)
    before = len(team.bot_writes(task))
    team.member.untag(task, "window")
    team.member.update(task, name="Renamed")
    team.settle()
    team.member.update(task, name="Renamed again")
    team.settle()

    assert team.priority(task) == LOW
    assert len(team.bot_writes(task)) == before + 1


@pytest.mark.parametrize("last", range(1, 9))
def test_a_crash_leaves_nothing_half_restored(team: Team, tmp_path: Path, last: int) -> None:
    """Wherever it is."""
    team.use(tmp_path, window=WINDOW, routes=ROUTE)
    task = team.member.create_task(LIST, TRAINING)
    window(team, task, begins=True)
    dying(team, last)
    with suppress(Crash):
        window(team, task, begins=False)
    team.restart()
    team.control.clock.advance(DAY_MS // 2)
    team.settle()

    assert (team.priority(task), held(team, task)) == (LOW, None)


def test_a_person_who_chooses_between_crash_and_restore_wins(team: Team, tmp_path: Path) -> None:
    """The hold has ended, the priority is not written yet."""
    team.use(tmp_path, window=WINDOW)
    task = team.member.create_task(LIST, TRAINING, priority=4)
    window(team, task, begins=True)
    dying(team, 5)
    with pytest.raises(Crash):
        window(team, task, begins=False)
    assert team.priority(task) == URGENT
    team.member.set_priority(task, "high")
    team.restart()
    team.control.clock.advance(DAY_MS // 2)
    team.settle()

    assert team.priority(task) == HIGH


def test_a_restore_is_undone_like_any_other_write(team: Team, tmp_path: Path) -> None:
    """It is in the audit, with what it wrote."""
    team.use(tmp_path, window=WINDOW)
    task = team.member.create_task(LIST, TRAINING, priority=4)
    window(team, task, begins=True)
    window(team, task, begins=False)
    newest = team.bot.store.audit.list(Filter(task_id=task, kind="priority"), 1)
    assert [(entry.before, entry.after) for entry in newest] == [(URGENT, LOW)]
    entries = targets.find(team.bot.store.audit, f"change:{newest[0].seq}")
    (undone,) = team.bot.get(UndoPackage).undoing.run(entries, UndoRequest("undo-1", "ann"))

    assert (undone.state, team.priority(task)) == ("undone", URGENT)


def test_a_task_that_is_deleted_meanwhile_is_left_out(team: Team, tmp_path: Path) -> None:
    """Nothing is parked."""
    team.use(tmp_path, window=WINDOW)
    task = team.member.create_task(LIST, TRAINING, priority=4)
    window(team, task, begins=True)
    team.member.untag(task, "window")
    team.member.delete(task)
    team.settle()

    assert team.bot.inbox.depth(team.bot.now_ms()).parked == 0


def test_in_shadow_mode_nothing_is_written(team: Team, tmp_path: Path) -> None:
    """A dry run says what would be."""
    team.use(tmp_path, window=WINDOW)
    task = team.member.create_task(LIST, TRAINING, priority=4)
    window(team, task, begins=True)
    team.use(tmp_path, window=f'{WINDOW}\nmode = "shadow"')
    before = len(team.bot_writes(task))
    window(team, task, begins=False)

    assert len(team.bot_writes(task)) == before


def test_what_a_person_chose_stays_though_its_webhook_was_lost(team: Team, tmp_path: Path) -> None:
    """The value is not what the automation wrote, also when a back-fill finds that."""
    team.control.create_field("SLO latency ms", "number", list_name=LIST)
    team.use(tmp_path, frozen=FROZEN)
    tasks = [team.member.create_task(LIST, INFERENCE) for _ in range(2)]
    for task in tasks:
        window(team, task, begins=True)
    team.control.faults.add("drop", event="*", times=None)
    for task in tasks:
        team.member.set_field(task, "SLO latency ms", 400)
    team.control.faults.clear()
    window(team, tasks[0], begins=False)
    team.control.faults.add("drop", event="*", times=None)
    team.member.untag(tasks[1], "window")
    team.control.faults.clear()
    team.control.clock.advance(10 * 60_000)
    team.job("backfill")

    for task in tasks:
        values = {f.name: f.read() for f in team.bot.client.tasks.get(task).fields}
        assert values["SLO latency ms"] == 400
        assert team.control.task(task)["status"]["status"] == "to do"


def test_in_quiet_hours_it_waits_for_their_end(team: Team, tmp_path: Path) -> None:
    """And then restores what a person has not chosen meanwhile."""
    team.use(tmp_path, window=f"{WINDOW}\nquiet = true")
    tasks = [team.member.create_task(LIST, TRAINING, priority=4) for _ in range(2)]
    for task in tasks:
        window(team, task, begins=True)
    clock = team.control.clock
    clock.advance(HOUR_MS - clock.now_ms() % HOUR_MS + 60_000)
    now = datetime.fromtimestamp(clock.now_ms() / 1000, UTC)
    quiet = {"from": now.replace(minute=0).time(), "to": now.replace(minute=59).time()}
    team.configure(quiet=quiet)
    for task in tasks:
        window(team, task, begins=False)
    assert [team.priority(task) for task in tasks] == [URGENT] * 2
    team.member.set_priority(tasks[1], "high")
    team.settle()
    clock.advance(HOUR_MS)
    team.settle()

    assert [team.priority(task) for task in tasks] == [LOW, HIGH]
