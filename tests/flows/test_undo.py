"""What the bot did can be undone, as far as people have not changed it since."""

import math
from collections import Counter
from pathlib import Path

import pytest

from clickup_mlops.automations.model import Change
from clickup_mlops.automations.perform import write_change
from clickup_mlops.bot.write.undo import targets
from clickup_mlops.bot.write.undo.undoing import CHANGED, GONE, Undone, UndoRequest
from clickup_mlops.features.undo.package import UndoPackage
from clickup_mlops.store import Filter, Write
from clickup_mlops.store.journal_rows import UNDO
from clickup_mlops.store.tables.notes import LATCH
from clickup_mlops.store.tables.overrides import Overrides
from tests.flows.conftest import INFERENCE, LIST, TRAINING, Team
from tests.flows.test_executor import Crash

RUN = "bulk-1"


def undo(
    team: Team,
    target: str,
    *,
    dry: bool = False,
    since_ms: int | None = 0,
    run: str = "undo-1",
) -> list[Undone]:
    """As the command does it, which names each run anew."""
    entries = targets.find(team.bot.store.audit, target, since_ms=since_ms)
    request = UndoRequest(run, "ann", dry=dry)
    return list(team.bot.get(UndoPackage).undoing.run(entries, request))


def states(results: list[Undone]) -> dict[str, int]:
    """How often each came out."""
    return dict(Counter(result.state for result in results))


def bulk(team: Team, tasks: list[str], before: int | None, after: int) -> None:
    """An automation writes a priority to each of them."""
    for task in tasks:
        change = Change("priority", before, after, "", {})
        context = team.bot.execution.executor_context
        write_change(change, task, context, cause="e", automation="bulk", run=RUN)
    team.bot.store.flush()


def test_a_run_over_500_tasks_is_taken_back(team: Team) -> None:
    """All of them but what people changed, which is listed; a read for each hundred tasks."""
    team.control.faults.add("drop", event="*", times=None)
    tasks = team.control.add_tasks(LIST, [{"name": f"t{n}", "priority": 4} for n in range(500)])
    bulk(team, tasks, 4, 1)
    team.member.set_priority(tasks[3], "normal")
    team.member.set_priority(tasks[444], None)
    team.member.delete(tasks[77])
    team.control.reset_counts()

    results = undo(team, RUN)

    reasons = {result.task_id: result.why for result in results if result.state == "kept"}
    assert reasons == {tasks[3]: CHANGED, tasks[444]: CHANGED, tasks[77]: GONE}
    assert states(results) == {"undone": 497, "kept": 3}
    changed = {tasks[3]: 3, tasks[444]: None}
    assert all(team.priority(t) == changed.get(t, 4) for t in tasks if t != tasks[77])
    assert team.control.stats.calls("PUT") == 497
    assert team.control.stats.calls("GET") <= math.ceil(500 / 100) + 2
    assert not team.bot.store.audit.verify().problem


def test_an_undo_is_a_recorded_change_that_can_be_undone(team: Team) -> None:
    """With its cause, its run and who wanted it."""
    (task,) = team.control.add_tasks(LIST, [{"name": "t", "priority": 4}])
    bulk(team, [task], 4, 1)
    (result,) = undo(team, RUN)
    assert (result.state, team.priority(task)) == ("undone", 4)

    assert ([*result.muted], result.keeps) == (["bulk"], 4)

    (entry,) = team.bot.store.audit.list(Filter(automation=UNDO), 9)
    assert (entry.cause, entry.run, entry.actor) == (f"undo:{result.seq}", "undo-1", "ann")
    assert entry.calls == (f"PUT /api/v2/task/{task} 200",)

    (again,) = undo(team, "undo-1", run="undo-2")
    assert (again.state, again.unmuted, again.muted) == ("undone", ("bulk",), {})
    assert team.priority(task) == 1
    assert not team.bot.store.mutes.of(task, team.bot.now_ms())
    assert states(undo(team, RUN, run="undo-3")) == {"undone": 1}
    assert team.priority(task) == 4


def test_the_automation_does_not_do_it_again(team: Team) -> None:
    """Neither on the echo of the undo nor on later changes, until the choice has run out."""
    task = team.member.create_task(LIST, INFERENCE)
    team.settle()
    decided = team.priority(task)
    assert decided is not None

    undo(team, "automation:inference_first")
    team.settle()
    team.member.update(task, name=f"{INFERENCE}, again")
    team.settle()
    assert team.bot.sources.reevaluation.run() == ()
    assert team.priority(task) is None

    team.control.clock.advance(8 * 86_400_000)
    team.member.update(task, name=INFERENCE)
    team.settle()
    assert team.priority(task) == decided


def test_a_priority_that_came_back_is_kept_like_a_persons(team: Team) -> None:
    """As long as `routing.override_duration` says."""
    (task,) = team.control.add_tasks(LIST, [{"name": TRAINING, "priority": 2}])
    for number in range(2):
        team.member.update(task, name=f"{TRAINING} {number}")
        team.settle()
        team.control.clock.advance(8 * 86_400_000)  # what it had before the bot came is over
    assert team.priority(task) == 4

    undo(team, "inference_first")
    team.settle()

    (override,) = team.bot.store.overrides.list(team.bot.now_ms())
    assert (override.task_id, override.priority, team.priority(task)) == (task, 2, 2)


def test_several_changes_in_a_row_are_taken_back_in_one_write(team: Team) -> None:
    """To where they began; a person's value in between is where it ends."""
    first, second = team.control.add_tasks(LIST, [{"name": n, "priority": 4} for n in "ab"])
    bulk(team, [first, second], 4, 3)
    team.member.set_priority(second, "high")
    bulk(team, [first], 3, 1)
    bulk(team, [second], 2, 1)
    team.control.reset_counts()

    results = undo(team, RUN)

    assert (team.priority(first), team.priority(second)) == (4, 2)
    assert team.control.stats.calls("PUT") == 2
    assert states(results) == {"undone": 3, "kept": 1}


def test_an_undo_that_dies_while_it_brings_a_hold_back_is_finished_by_the_next_life(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The newer hold is there until the older one is."""
    task = team.member.create_task(LIST, TRAINING)
    for text in ("/priority high", "/priority urgent"):
        team.member.comment(task, text)
        team.settle()

    def dying(*_: object, **__: object) -> None:
        raise Crash

    team.member.comment(task, "/undo")
    with monkeypatch.context() as patched:
        patched.setattr(Overrides, "put", dying)
        with pytest.raises(Crash):
            team.settle()
    team.control.clock.advance(600_000)
    team.restart()
    team.settle()

    (override,) = team.bot.store.overrides.list(team.bot.now_ms())
    assert (override.priority, team.priority(task)) == (2, 2)


def test_a_command_that_two_events_brought_is_undone_in_one(team: Team) -> None:
    """Its delivery began it, and the back-fill found it again."""
    (task,) = team.control.add_tasks(LIST, [{"name": "t", "priority": 4}])
    changes = (Change("tag:hot", False, True, "", {}), Change("priority", 4, 1, "", {}))
    for cause, change in zip(("posted", "backfill"), changes, strict=True):
        context = team.bot.execution.executor_context
        write_change(
            change, task, context, cause=cause, automation="/priority", run="command-1", actor="ann"
        )
    team.bot.store.flush()
    team.bot.get(UndoPackage).command(task, None, "ann", "comment-1", ["priority"])

    task_json = team.control.task(task)
    assert (team.priority(task), task_json["tags"]) == (4, [])


def test_what_was_written_again_since_is_left(team: Team) -> None:
    """By another automation, even if the value is the same; and what was undone is not undone
    twice.
    """
    (task,) = team.control.add_tasks(LIST, [{"name": "t", "priority": 4}])
    bulk(team, [task], 4, 1)
    (entry,) = team.bot.store.audit.list(Filter(), 1)
    undo(team, f"{entry.seq}")
    team.member.set_priority(task, "urgent")

    (result,) = undo(team, f"{entry.seq}", run="undo-2")
    assert (result.state, team.priority(task)) == ("kept", 1)
    assert result.why == f"undone already, by change {entry.seq + 1}"


@pytest.mark.parametrize("member_index", [1, 0], ids=["another", "who shares the bot's token"])
def test_what_a_person_chose_again_is_left(team: Team, member_index: int) -> None:
    """The value is the bot's, but it is there because a person wants it: priority or status."""
    person = team.control.as_user(team.control.members[member_index].id)
    team.configure(by_name={"inference_first": {"mode": "off"}})
    (task,) = team.control.add_tasks(LIST, [{"name": "t", "priority": 4}])
    bulk(team, [task], 4, 1)
    context = team.bot.execution.executor_context
    status = Change("status", "to do", "in progress", "", {})
    write_change(status, task, context, cause="e", automation="bulk", run=RUN)
    team.bot.store.flush()
    team.settle()
    team.control.clock.advance(60_000)
    for priority, status_name in (("low", "to do"), ("urgent", "in progress")):
        person.set_priority(task, priority)
        person.update(task, status=status_name)
        team.settle()

    results = undo(team, RUN)

    assert {(result.state, result.why) for result in results} == {("kept", CHANGED)}
    assert team.priority(task) == 1
    reply = team.bot.get(UndoPackage).command(task, None, "ann", "comment-1")
    assert reply.startswith("Left as it is")


@pytest.mark.parametrize("member_index", [1, 0], ids=["another", "who shares the bot's token"])
@pytest.mark.parametrize("arrival", ["before", "after"])
def test_what_a_person_did_just_before_the_bot_did_it_too_is_left(
    team: Team, member_index: int, arrival: str
) -> None:
    """The bot did not know yet: its write changed nothing, and it is the person's choice."""
    person = team.control.as_user(team.control.members[member_index].id)
    team.configure(by_name={"inference_first": {"mode": "off"}})
    (task,) = team.control.add_tasks(LIST, [{"name": "t", "priority": 4, "tags": ["running"]}])
    person.untag(task, "running")
    person.set_priority(task, "urgent")
    team.control.clock.advance(20_000)
    if arrival == "before":
        team.settle()
    context = team.bot.execution.executor_context
    tag = Change("tag:running", True, False, "", {"tag": "running"})
    write_change(tag, task, context, cause="e", automation="bulk", run=RUN)
    bulk(team, [task], 4, 1)
    team.settle()

    assert {(result.state, result.why) for result in undo(team, RUN)} == {("kept", CHANGED)}
    assert (team.priority(task), team.control.task(task)["tags"]) == (1, [])


def test_a_dry_run_only_looks(team: Team) -> None:
    """It says what would be done; nothing is written, kept or muted."""
    (task,) = team.control.add_tasks(LIST, [{"name": "t", "priority": 4}])
    bulk(team, [task], 4, 1)
    team.control.reset_counts()

    (result,) = undo(team, RUN, dry=True)

    assert ([*result.muted], result.keeps) == (["bulk"], 4)
    assert (result.state, result.text) == ("would", "priority: Urgent -> Low")
    assert (team.priority(task), team.control.stats.calls("PUT")) == (1, 0)
    assert not team.bot.store.mutes.of(task, team.bot.now_ms())


def test_it_goes_on_past_a_task_that_fails(team: Team) -> None:
    """The others are done; the failed one can be tried again."""
    tasks = team.control.add_tasks(LIST, [{"name": n, "priority": 4} for n in "abc"])
    bulk(team, tasks, 4, 1)
    path = f"/api/v2/task/{tasks[1]}"
    team.control.faults.add("status", status_code=400, method="PUT", path=path, times=None)

    results = undo(team, RUN)
    assert states(results) == {"undone": 2, "failed": 1}
    muted = [set(team.bot.store.mutes.of(task, team.bot.now_ms())) for task in tasks]
    assert muted == [{"bulk"}, set(), {"bulk"}]

    team.control.faults.clear()
    assert states(undo(team, RUN, run="undo-2")) == {"undone": 1, "kept": 2}
    assert [team.priority(task) for task in tasks] == [4, 4, 4]


def test_undo_in_a_comment_takes_back_the_last_deed_once(team: Team) -> None:
    """Asked again after a crash it goes on with the same. A second `/undo` goes further back."""
    (task,) = team.control.add_tasks(LIST, [{"name": "t", "priority": 4}])
    bulk(team, [task], 4, 3)
    change = Change("priority", 3, 1, "", {})
    context = team.bot.execution.executor_context
    write_change(change, task, context, cause="e2", automation="other")

    reply = team.bot.get(UndoPackage).command(task, None, "ann", "comment-1")
    undone_line, muted, kept_line = reply.splitlines()
    assert undone_line == "Undone: change 2 by other, priority: Urgent -> Normal."
    assert muted.startswith("`other` is muted on this task until")
    assert kept_line.startswith("Normal is held until")
    assert team.bot.get(UndoPackage).command(task, None, "ann", "comment-1") == reply
    assert team.priority(task) == 3

    assert "Undone: change 1" in team.bot.get(UndoPackage).command(task, None, "ann", "comment-2")
    assert team.priority(task) == 4
    assert "no change by an automation" in team.bot.get(UndoPackage).command(
        task, None, "ann", "comment-5"
    )
    assert "no change 99 of this task" in team.bot.get(UndoPackage).command(
        task, 99, "ann", "comment-3"
    )
    assert "no change by an automation" in team.bot.get(UndoPackage).command(
        "other", None, "ann", "comment-4"
    )


def test_an_undo_that_was_killed_is_found_out_about_first(team: Team) -> None:
    """Its last write may have happened: that is read, entered, and not called a person's doing."""
    (task,) = team.control.add_tasks(LIST, [{"name": "t", "priority": 4}])
    bulk(team, [task], 4, 1)
    (entry,) = team.bot.store.audit.list(Filter(), 1)
    killed = Write(task, "priority", 1, 4, f"undo:{entry.seq}", UNDO, run="undo-0")
    team.bot.store.journal.begin(killed, team.bot.now_ms())
    team.bot.client.tasks.update(task, priority=4)
    team.control.clock.advance(5_000)

    (result,) = undo(team, RUN)

    assert (result.state, result.why) == ("kept", "undone already, by change 2")
    assert team.bot.store.journal.unfinished() == []


ALARM = """
on = ["taskTagUpdated", "taskUpdated"]
when = '"hot" in task.tags'
do = [{ action = "set_priority", level = "urgent" }]
until = '!("hot" in task.tags)'
then = [{ action = "comment", text = "It is over", mode = "new" }]
"""


def test_what_was_undone_has_no_end_to_tell(team: Team, tmp_path: Path) -> None:
    """An automation with `until` whose work was undone does not act when that holds."""
    team.use(tmp_path, alarm=ALARM)
    task = team.member.create_task(LIST, TRAINING)
    team.member.tag(task, "hot")
    team.settle()
    assert team.bot.store.notes.all(LATCH)

    undo(team, "alarm")
    team.member.untag(task, "hot")
    team.bot.store.mutes.end(task, "alarm")
    team.settle()

    assert not team.bot.store.notes.all(LATCH)
    assert list(team.bot.client.comments.of_task(task)) == []
