"""What ClickUp refuses for good is tried once: all else goes on at once, and the reason is kept."""

from pathlib import Path

import pytest

from clickup_mlops.bot.write.executor import note_scope
from clickup_mlops.store import Filter
from clickup_mlops.store.journal_rows import FAILED
from clickup_mlops.store.tables.runs import RunFilter
from tests.flows.conftest import INFERENCE, LIST, Team

URGENT = 1
MIRROR = """
on = ["taskTagUpdated"]
when = '"go" in task.tags'
do = [{ action = "set_status", status = "no such status" }]
"""
ROUTE = 'on = ["taskCreated", "taskUpdated", "taskTagUpdated"]\ndo = [{ action = "route" }]\n'


def _parked(team: Team) -> list[str]:
    return [row.error for row in team.bot.inbox.list("parked", 9)]


def _tries(team: Team, automation: str) -> int:
    return len(team.bot.store.audit.list(Filter(automation=automation, outcome=FAILED), 99))


@pytest.mark.parametrize("status", [400, 403, 404, 409])
@pytest.mark.parametrize("more", ["", '{ action = "add_tag", tag = "also" }'])
def test_a_refusal_is_final_and_the_lane_goes_on_at_once(
    team: Team, tmp_path: Path, status: int, more: str
) -> None:
    """One call is made; the next event of the task, a live incident, does not wait for it."""
    doing = ", ".join(filter(None, ['{ action = "comment", text = "Hello" }', more]))
    team.use(
        tmp_path,
        a_says=f'on = ["taskTagUpdated"]\nwhen = \'"go" in task.tags\'\ndo = [{doing}]',
        b_routes=ROUTE,
    )
    task = team.member.create_task(LIST, INFERENCE)
    team.settle()
    path = {"method": "POST", "path": "*/comment"}
    team.control.faults.add("status", **path, status_code=status, times=None)
    before_ms = team.bot.now_ms()
    team.member.tag(task, "go")
    team.settle()
    team.member.tag(task, "incident")
    team.settle()

    assert team.priority(task) == URGENT
    assert team.bot.now_ms() - before_ms < 10_000
    assert _tries(team, "a_says") == 2  # the tag `go` is still there: another event asks for it
    assert all(f"({status}" in error for error in _parked(team))
    assert len(_parked(team)) == 2
    assert team.bot.inbox.depth(team.bot.now_ms()).ready == 0
    runs = team.bot.store.runs.list(RunFilter(automation="a_says"), 9)
    assert {run.result for run in runs} <= {"refused", "partly failed"}
    assert all(f"({status}" in run.why for run in runs)


def test_events_that_are_handled_together_with_a_refused_one_are_done(
    team: Team, tmp_path: Path
) -> None:
    """Only the event that led to it is parked; the others are handled once, with their actions."""
    team.use(tmp_path, a_mirror=MIRROR, b_routes=ROUTE)
    task = team.member.create_task(LIST, INFERENCE)
    team.settle()
    team.member.tag(task, "go")
    team.member.tag(task, "incident")
    team.member.tag(task, "third")
    team.settle()

    assert team.priority(task) == URGENT
    assert len(team.bot_writes(task)) == 2
    assert _tries(team, "a_mirror") == 1
    (error,) = _parked(team)
    assert "no such status" in error or "(400" in error


def test_what_routing_was_refused_is_what_why_says(team: Team, tmp_path: Path) -> None:
    """Until the next event has it written."""
    team.use(tmp_path, routes=ROUTE)
    fault = {"method": "PUT", "path": "*/task/*"}
    team.control.faults.add("status", **fault, status_code=403, times=None)
    task = team.member.create_task(LIST, INFERENCE)
    team.settle()

    body = team.bot.store.decisions.latest(task).body  # type: ignore[union-attr]
    assert (body["outcome"], body["outcome_by"]) == ("refused", "routes")
    assert "403" in body["outcome_detail"]


SUBTASK = """
on = ["taskCreated"]
do = [
  { action = "add_tag", tag = "a" },
  { action = "create_subtask", name = "Check it" },
]
"""


@pytest.mark.parametrize("problem", [403, 503])
def test_a_subtask_is_created_in_the_list_that_its_parent_is_in_by_now(
    team: Team, tmp_path: Path, problem: int
) -> None:
    """The parent was moved while ClickUp was away, or before somebody had it tried again."""
    team.use(tmp_path, sub=SUBTASK)
    path = {"method": "POST", "path": "*/list/*/task"}
    team.control.faults.add("status", **path, status_code=problem, times=None)
    task = team.member.create_task(LIST, INFERENCE)
    team.settle()
    team.member.move(task, "Inbox")
    team.settle()
    team.control.faults.clear()
    for row in team.bot.inbox.list("parked", 9):
        team.bot.inbox.replay(row.id, team.bot.now_ms())
    for _ in range(3):
        team.control.clock.advance(600_000)
        team.settle()

    (subtask,) = [task for task in team.control.tasks if task.name == "Check it"]
    assert subtask.list_id == team.control.find(task).list_id
    assert subtask.parent == task
    assert _parked(team) == []
    assert team.bot.store.notes.all(note_scope(task)) == {}


def test_a_command_that_names_what_is_gone_is_answered(team: Team, tmp_path: Path) -> None:
    """With the reason; the policy is applied all the same."""
    team.use(tmp_path, routes=ROUTE)
    task = team.member.create_task(LIST, INFERENCE)
    team.settle()
    path = {"method": "POST", "path": "*/task/*/tag/*"}
    team.control.faults.add("status", **path, status_code=404, times=None)
    comment = team.member.comment(task, "/workload training")
    team.member.tag(task, "incident")
    team.settle()

    (answer,) = [reply.text for reply in team.bot.client.comments.replies(comment)]
    assert answer.startswith("Not done, because it was refused:")
    assert team.priority(task) == URGENT
    assert _parked(team) == []


SCHEDULED = """
per = "workspace"
schedule = { cron = "0 * * * *" }
do = [
  { action = "post_chat", channel = "no", text = "Refused" },
  { action = "post_chat", channel = "yes", text = "Posted", key = "${event.key}" },
]
"""


def test_a_refusal_in_a_schedule_does_not_stop_the_next_run(team: Team, tmp_path: Path) -> None:
    """Nor the other action; each run is parked once, with the reason."""
    team.use(tmp_path, hourly=SCHEDULED)
    team.control.faults.add("status", path="*/chat/channels", status_code=400, skip=0, times=1)
    team.bot.sources.schedules.catch_up()
    for _ in range(2):
        team.control.clock.advance(3_600_000)
        team.bot.sources.schedules.catch_up()
        team.settle()

    chat, workspace = team.bot.client.chat, team.bot.core.workspace_id
    posted = [
        message.content.splitlines()[0]
        for channel in chat.channels(workspace)
        for message in chat.messages(workspace, channel.id)
    ]
    assert sorted(posted) == ["Posted", "Posted", "Refused"]
    assert [error.partition(":")[0] for error in _parked(team)] == ["ApiError"]
    assert _tries(team, "hourly") == 1
