"""An automation with three actions dies at every step: all of them are done, each exactly once."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from clickup_mlops.automations.model import Effect
from clickup_mlops.automations.perform import ExecutorContext
from clickup_mlops.bot.app import Bot
from clickup_mlops.bot.handle.package import ExecutionPackage
from clickup_mlops.bot.members import member
from clickup_mlops.bot.packages import Builds
from clickup_mlops.bot.write.executor import note_scope
from clickup_mlops.errors import Forbidden
from clickup_mlops.store import Filter
from clickup_mlops.store.tables.notes import LATCH
from clickup_mlops.store.tables.runs import RunFilter
from tests.flows.conftest import INFERENCE, LIST, SharedContext, Team, build
from tests.soak import crash_steps

# After its first write the condition does not hold any more.
AUTOMATION = """
on = ["taskCreated"]
when = '!("a" in task.tags)'
do = [
  { action = "add_tag", tag = "a" },
  { action = "comment", text = "Hello", mode = "new" },
  { action = "set_priority", level = "low" },
]
"""


URGENT, HIGH, NORMAL, LOW = 1, 2, 3, 4


class Crash(BaseException):
    """kill -9, as far as one thread can tell."""


class Fate:
    """Counts steps, and ends everything at one of them."""

    def __init__(self, last: int) -> None:
        self.last, self.steps = last, 0
        self.forget: Callable[[], None] = lambda: None

    def step(self) -> None:
        self.steps += 1
        if self.steps == self.last:
            self.forget()
            raise Crash

    def mortal(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def run(*args: Any, **more: Any) -> Any:
            self.step()
            result = function(*args, **more)
            self.step()
            return result

        return run


class MortalJournal:
    def __init__(self, journal: Any, fate: Fate) -> None:
        self.begin = fate.mortal(journal.begin)
        self.begin_under = fate.mortal(journal.begin_under)
        self.finish = fate.mortal(journal.finish)


class MortalExecution(ExecutionPackage):
    """Each write, and each note about it, may be the last step. What was deferred dies with it."""

    def __init__(self, *of: Any, fate: Fate) -> None:
        super().__init__(*of)
        self._fate = fate

    @member
    def executor_context(self) -> ExecutorContext:
        executor_context = super().executor_context
        self._fate.forget = self.core.store.database.forget_deferred
        return replace(
            executor_context,
            effects={
                name: self._mortal(effect) for name, effect in executor_context.effects.items()
            },
            journal=MortalJournal(executor_context.journal, self._fate),
        )

    def _mortal(self, effect: Effect) -> Effect:
        return replace(effect, write=self._fate.mortal(effect.write))


def dying(team: Team, last: int) -> Fate:
    """The bot goes on, and dies at this step of its writes."""
    fate = Fate(last)
    team.restart(
        builds=Builds(context=SharedContext, execution=partial(MortalExecution, fate=fate))
    )
    return fate


def go_on(team: Team, again: Bot) -> None:
    """Until nothing is left to do, even of what is waited for in vain."""
    for _ in range(2):
        while again.run_until_idle():
            assert team.control.deliveries.wait_idle()
        team.control.clock.advance(60_000)


@pytest.mark.parametrize("last", crash_steps(18))
def test_three_actions_are_done_once_wherever_it_dies(
    team: Team, tmp_path: Path, last: int
) -> None:
    """At each of the 18 steps of three writes: noted, called, closed, before and after."""
    team.use(tmp_path, three=AUTOMATION)
    fate = dying(team, last)
    task = team.member.create_task(LIST, INFERENCE)
    with suppress(Crash):
        team.settle()
    assert fate.steps == last

    team.control.clock.advance(60_000)
    with build(team.bot.settings, clock=team.control.clock.now_ms) as again:
        go_on(team, again)

        state = team.control.task(task)
        assert [tag["name"] for tag in state["tags"]] == ["a"]
        assert state["priority"]["id"] == "4"
        assert [
            comment.text.splitlines()[0] for comment in again.client.comments.of_task(task)
        ] == ["Hello"]
        writes = team.control.writes(task, actor=team.control.members[0].id)
        assert sorted(write.field for write in writes) == sorted({write.field for write in writes})
        assert again.store.notes.all(note_scope(task)) == {}
        assert again.store.journal.unfinished() == []
        depth = again.inbox.depth(again.now_ms())
        assert (depth.ready, depth.parked) == (0, 0)


def test_a_refused_action_does_not_stop_the_others(team: Team, tmp_path: Path) -> None:
    """The event is parked with the refusal; what could be done is done."""
    team.use(tmp_path, three=AUTOMATION)
    team.control.faults.add("status", method="POST", path="*/comment", status_code=403, times=None)
    task = team.member.create_task(LIST, INFERENCE)
    team.settle()

    state = team.control.task(task)
    assert [tag["name"] for tag in state["tags"]] == ["a"]
    assert state["priority"]["id"] == "4"
    assert [row.error.partition(":")[0] for row in team.bot.inbox.list("parked", 9)] == [
        Forbidden.__name__
    ]


def test_a_parked_refusal_that_is_replayed_does_only_what_was_refused(
    team: Team, tmp_path: Path
) -> None:
    """Once the reason is gone; the condition has stopped holding long ago."""
    team.use(tmp_path, three=AUTOMATION)
    team.control.faults.add("status", method="POST", path="*/comment", status_code=403, times=None)
    task = team.member.create_task(LIST, INFERENCE)
    team.settle()
    team.control.faults.clear()
    (row,) = team.bot.inbox.list("parked", 9)
    team.bot.inbox.replay(row.id, team.bot.now_ms())
    team.settle()

    first_lines = [
        comment.text.splitlines()[0] for comment in team.bot.client.comments.of_task(task)
    ]
    assert first_lines == ["Hello"]
    assert team.bot.store.notes.all(note_scope(task)) == {}
    assert len(team.bot_writes(task)) == 1


def test_one_write_needs_no_note(team: Team, tmp_path: Path) -> None:
    """Its row in the journal is enough; the common case pays nothing."""
    team.use(tmp_path, one='on = ["taskCreated"]\ndo = [{ action = "add_tag", tag = "a" }]')
    fate = dying(team, 3)
    task = team.member.create_task(LIST, INFERENCE)
    with suppress(Crash):
        team.settle()

    assert fate.steps == 3
    assert team.bot.store.notes.all(note_scope(task)) == {}
    assert team.control.task(task)["tags"] == []


LATCHED = """
on = ["taskTagUpdated"]
when = '"hot" in task.tags'
do = [
  { action = "remove_tag", tag = "hot" },
  { action = "comment", text = "Hot: ${task.name}", mode = "new", target = "blockers" },
]
until = '"cold" in task.tags'
"""


@pytest.mark.parametrize("last", [2, 5, 8, 11, 12])
def test_a_latch_is_set_and_other_tasks_are_told_wherever_it_dies(
    team: Team, tmp_path: Path, last: int
) -> None:
    """The blocker has its comment once; the automation does not act again before it is released."""
    team.use(tmp_path, hot=LATCHED)
    blocker = team.member.create_task(LIST, "Fix the cluster")
    task = team.member.create_task(LIST, INFERENCE)
    team.member.depend(task, blocker)
    team.settle()
    fate = dying(team, last)
    team.member.tag(task, "hot")
    with suppress(Crash):
        team.settle()
    assert fate.steps == last

    team.control.clock.advance(60_000)
    with build(team.bot.settings, clock=team.control.clock.now_ms) as again:
        for _ in range(2):
            go_on(team, again)
            team.member.tag(task, "hot")
            assert team.control.deliveries.wait_idle()

        comments = again.client.comments.of_task(blocker)
        assert [comment.text.splitlines()[0] for comment in comments] == [f"Hot: {INFERENCE}"]
        assert list(again.store.notes.all(LATCH)) == [f"hot:{task}"]
        assert again.store.notes.all(note_scope(task)) == {}


def _sets(level: str) -> str:
    return f'on = ["taskCreated"]\ndo = [{{ action = "set_priority", level = "{level}" }}]\n'


def test_two_automations_that_want_the_same_cost_one_call(team: Team, tmp_path: Path) -> None:
    """Both have done it, the first one wrote it, and undoing that one brings back what was."""
    team.use(tmp_path, first=_sets("low"), second=_sets("low"))
    task = team.member.create_task(LIST, INFERENCE)
    team.settle()

    assert len(team.bot_writes(task)) == 1
    (entry,) = team.bot.store.audit.list(Filter(task_id=task), 9)
    assert (entry.automation, entry.before, entry.after) == ("first", None, 4)
    runs = team.bot.store.runs.list(RunFilter(task_id=task), 9)
    assert {(run.automation, run.result) for run in runs} == {("first", "done"), ("second", "done")}


def test_what_follows_another_write_tells_what_was_there_before_it(
    team: Team, tmp_path: Path
) -> None:
    """Because of one event: undoing the second brings back the first one's value."""
    team.use(tmp_path, first=_sets("low"), second=_sets("urgent"))
    task = team.member.create_task(LIST, INFERENCE)
    team.settle()

    second, first = team.bot.store.audit.list(Filter(task_id=task), 9)
    assert (first.before, first.after) == (None, 4)
    assert (second.before, second.after) == (4, 1)


TWICE = """
on = ["taskCreated"]
do = [{ action = "set_priority", level = "low" }, { action = "add_tag", tag = "a" }]
"""
THEN = """
on = ["taskCreated"]
do = [{ action = "set_priority", level = "urgent" }]
"""


@pytest.mark.parametrize("last", crash_steps(18))
def test_a_value_that_another_automation_replaces_is_written_once_wherever_it_dies(
    team: Team, tmp_path: Path, last: int
) -> None:
    """Low, then Urgent because of the same event: never Low again."""
    team.use(tmp_path, a_twice=TWICE, b_then=THEN)
    dying(team, last)
    task = team.member.create_task(LIST, INFERENCE)
    with suppress(Crash):
        team.settle()

    team.control.clock.advance(60_000)
    with build(team.bot.settings, clock=team.control.clock.now_ms) as again:
        go_on(team, again)

    priorities = [
        int(write.after["id"]) for write in team.bot_writes(task) if write.before != write.after
    ]
    assert priorities == [LOW, URGENT]


VALUES = """
on = ["taskCreated"]
do = [
  { action = "add_tag", tag = "a" },
  { action = "set_priority", level = "low", keep = "P1D" },
  { action = "set_status", status = "complete" },
]
"""


def test_what_people_choose_while_clickup_is_away_is_not_overwritten(
    team: Team, tmp_path: Path
) -> None:
    """The rest of what was planned is done once ClickUp answers again; no event told of it."""
    team.use(tmp_path, values=VALUES)
    team.control.faults.add("status", method="PUT", status_code=503, times=None)
    task = team.member.create_task(LIST, INFERENCE)
    team.settle()
    team.control.faults.add("drop", times=None)
    team.member.set_priority(task, HIGH)
    team.member.set_status(task, "in progress")
    team.control.faults.clear()
    for _ in range(3):
        team.control.clock.advance(600_000)
        team.settle()

    state = team.control.task(task)
    assert [tag["name"] for tag in state["tags"]] == ["a"]
    assert (state["priority"]["id"], state["status"]["status"]) == (str(HIGH), "in progress")
    assert team.bot.store.overrides.get(task, team.bot.now_ms()) is None
    assert team.bot.store.notes.all(note_scope(task)) == {}


ROUTED = """
on = ["taskCreated"]
do = [{ action = "route" }]
"""
AHEAD = """
on = ["taskCreated"]
do = [
  { action = "set_priority", level = "urgent" },
  { action = "add_tag", tag = "a" },
]
"""


def test_a_choice_is_newer_than_what_was_written_before_a_break(team: Team, tmp_path: Path) -> None:
    """The mirror shows it, not what the resumed evaluation wrote before: a command that was given
    before the choice leaves it alone.
    """
    team.use(tmp_path, a_routed=ROUTED, b_ahead=AHEAD)
    team.control.faults.add("status", path="*/tag/*", status_code=503, times=None)
    task = team.member.create_task(LIST, INFERENCE)
    team.settle()
    team.control.clock.advance(10_000)
    team.member.comment(task, "/priority high")
    team.control.clock.advance(1_000)
    team.member.set_priority(task, LOW)
    team.job("backfill")
    team.control.faults.clear()
    for _ in range(3):
        team.control.clock.advance(600_000)
        team.settle()

    assert team.control.task(task)["priority"]["id"] == str(LOW)
    assert [int(write.after["id"]) for write in team.bot_writes(task)] == [NORMAL, URGENT]


LISTED = """
on = ["taskCreated"]
do = [
  { action = "checklist", name = "Decide", items = ["one", "two"] },
  { action = "add_tag", tag = "a" },
]
"""


def test_a_checklist_that_was_cut_off_is_completed(team: Team, tmp_path: Path) -> None:
    """There is one, with all items."""
    team.use(tmp_path, listed=LISTED)
    team.control.faults.add("status", path="*/checklist_item", status_code=503, times=None)
    task = team.member.create_task(LIST, INFERENCE)
    team.settle()
    team.control.faults.clear()
    for _ in range(3):
        team.control.clock.advance(600_000)
        team.settle()

    (checklist,) = team.control.task(task)["checklists"]
    assert [item["name"] for item in checklist["items"]] == ["one", "two"]
