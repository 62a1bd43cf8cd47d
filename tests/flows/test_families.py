"""Automations over parents and subtasks."""

from pathlib import Path

from clickup_mlops.bot.handle.initial_priorities import SINCE, read_arrival_ms
from tests.flows.conftest import INFERENCE, LIST, Team
from tests.flows.test_simulation import simulated

ALL_DONE = """
on = ["taskCreated", "taskStatusUpdated"]
when = 'task.parent != "" && !task.open && task.siblings.all(s, !s.open)'
do = [{ action = "set_status", status = "complete", target = "parent" }]
"""
INHERIT = """
on = ["taskUpdated"]
when = 'task.children.exists(c, c.open && !("hot" in c.tags)) && "hot" in task.tags'
do = [{ action = "add_tag", tag = "hot", target = "children" }]
"""
OF_PARENT = """
on = ["taskCreated"]
when = 'task.parent.fields.number("Load") > 3.0'
do = [{ action = "comment", text = "Part of ${task.parent.name}, ${task.parent.status}" }]
"""


def _family(team: Team, count: int = 2) -> tuple[str, list[str]]:
    parent = team.member.create_task(LIST, INFERENCE)
    children = [
        team.member.create_task(LIST, f"Part {number}", parent=parent) for number in range(count)
    ]
    return parent, children


def test_a_parent_is_done_when_its_last_subtask_is(team: Team, tmp_path: Path) -> None:
    """What was made since the bot came costs no call; a simulation agrees."""
    begin_ms = team.bot.now_ms()
    read_arrival_ms(team.bot.store, begin_ms)
    team.use(tmp_path, all_done=ALL_DONE)
    team.control.reset_counts()
    parent, (first, second) = _family(team)
    team.settle()

    team.member.set_status(first, "complete")
    team.settle()
    assert team.control.task(parent)["status"]["status"] != "complete"
    team.member.set_status(second, "complete")
    team.settle()

    assert team.control.task(parent)["status"]["status"] == "complete"
    assert team.control.stats.calls("GET", "/team/") == 0
    assert [action.kind for action in simulated(team, begin_ms).writes] == ["status"]


def test_subtasks_from_before_the_bot_are_asked_for_once(team: Team, tmp_path: Path) -> None:
    """One call for the task, however often the condition is evaluated."""
    parent, children = _family(team)
    team.settle()
    team.use(tmp_path, inherit=INHERIT)
    team.bot.store.notes.remove(SINCE, "came")
    team.control.clock.advance(60_000)
    read_arrival_ms(team.bot.store, team.bot.now_ms())
    for child in children:
        team.bot.store.mirror.remove(child)
    team.control.reset_counts()

    team.member.tag(parent, "hot")
    team.settle()
    team.member.tag(parent, "more")
    team.settle()

    for child in children:
        assert [tag["name"] for tag in team.control.task(child)["tags"]] == ["hot"]
    assert team.control.stats.calls("GET", "/team/") == 1


def test_a_condition_reads_the_fields_of_the_parent(team: Team, tmp_path: Path) -> None:
    """And texts show them."""
    team.use(tmp_path, of_parent=OF_PARENT)
    parent = team.member.create_task(LIST, INFERENCE)
    team.control.create_field("Load", "number")
    team.member.set_field(parent, "Load", 5)
    team.settle()

    child = team.member.create_task(LIST, "Part", parent=parent)
    team.settle()

    (comment,) = team.bot.client.comments.of_task(child)
    assert comment.text.startswith(f"Part of {INFERENCE}, to do")
