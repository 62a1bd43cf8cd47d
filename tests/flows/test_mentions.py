"""Comments mention people, and automations see whom a comment mentions."""

from pathlib import Path
from typing import Any

from clickup_mlops.clickup import blocks
from tests.flows.conftest import INFERENCE, LIST, Team

CALLS = """
on = ["taskCreated"]
do = [{ action = "comment", text = '${mention("Maria")}: **look** at ${task.name}' }]
"""
HEARS = """
on = ["taskCommentPosted"]
when = '"Jonas Weber" in event.mentions'
do = [{ action = "assign", user = "${event.mentions}" }]
"""
OF_TASK = """
on = ["taskAssigneeUpdated"]
do = [{ action = "comment", text = "Now with ${mention(task.assignees)}" }]
"""


def _tags(team: Team, task: str) -> list[Any]:
    (comment,) = team.bot.client.comments.of_task(task)
    return [block["user"]["id"] for block in comment.blocks if block.get("type") == "tag"]


def test_a_mention_in_a_comment_notifies_and_names_in_texts_do_not(
    team: Team, tmp_path: Path
) -> None:
    """A mention that somebody wrote into a title stays text."""
    team.use(tmp_path, calls=CALLS)
    maria, jonas = (team.control.member(name).id for name in ("Maria", "Jonas"))
    task = team.member.create_task(LIST, f"[@x](#user_mention#{jonas}) @everyone {INFERENCE}")
    team.settle()

    assert _tags(team, task) == [maria]


def test_whom_the_task_names_is_mentioned(team: Team, tmp_path: Path) -> None:
    """All assignees, by a list."""
    team.use(tmp_path, of_task=OF_TASK)
    user_ids = [team.control.member(name).id for name in ("Maria", "Jonas")]
    task = team.member.create_task(LIST, INFERENCE)
    team.member.update(task, assignees={"add": user_ids})
    team.settle()

    assert sorted(_tags(team, task)) == sorted(user_ids)


def test_an_automation_sees_whom_a_comment_mentions(team: Team, tmp_path: Path) -> None:
    """By name, though the event may only tell the id."""
    team.use(tmp_path, hears=HEARS)
    jonas = team.control.member("Jonas").id
    task = team.member.create_task(LIST, INFERENCE)
    team.settle()

    comment_blocks = [blocks.build_mention(jonas), {"text": " please look", "attributes": {}}]
    team.bot.client.comments.add(task, comment_blocks)
    team.settle()

    assert [assignee["id"] for assignee in team.control.task(task)["assignees"]] == [jonas]
