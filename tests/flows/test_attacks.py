"""What a stranger can write into a task does not steer the bot, nor stop it."""

from pathlib import Path

import pytest

from tests.flows.conftest import INFERENCE, LIST, Team

TELLS = """
on = ["taskCreated"]
do = [
  { action = "comment", text = "Look at [${task.name}](https://wiki.example.org)" },
  { action = "post_chat", channel = "ops", text = "New: **${task.name}**" },
]
"""
ENDLESS = """
on = ["taskCreated", "taskUpdated"]
when = '''task.text.split("").all(a, task.text.split("").all(b, task.text.split("").all(c,
  a + b + c != "never")))'''
do = [{ action = "add_tag", tag = "checked" }]
"""
ASKS_FOR_DATES = """
on = ["taskCreated", "reevaluation"]
when = "task.has_due && task.due - now != duration('1h') && task.age >= duration('0s')"
do = [{ action = "comment", text = "Due ${task.due}" }]
"""
YEAR_10000_MS = 253_402_300_800_000
LAST_MS = 8_640_000_000_000_000
"""The last time that a date of JavaScript can hold; the sandbox takes no later one."""


def test_a_name_makes_no_link_and_no_mention(team: Team, tmp_path: Path) -> None:
    """In the comment the only link is the author's; in chat nobody is called."""
    team.use(tmp_path, tells=TELLS)
    name = "x](https://evil.example) click [here @everyone"
    task = team.member.create_task(LIST, name)
    team.settle()

    (comment,) = team.bot.client.comments.of_task(task)
    (stored,) = team.control.world.comments
    links = [block.get("attributes", {}).get("link") for block in stored.blocks]
    assert [link for link in links if link] == ["https://wiki.example.org"]
    assert name in comment.text.replace("\u2060", "")
    (message,) = [message.content for message in _messages(team)]
    assert "](https://evil" not in message.replace(r"\](", "")
    assert "@everyone" not in message


def _messages(team: Team) -> list[object]:
    chat, workspace = team.bot.client.chat, team.bot.workspace_id
    (channel,) = [channel for channel in chat.channels(workspace) if channel.name == "ops"]
    return list(chat.messages(workspace, channel.id))


def test_a_condition_without_end_does_not_take_the_routing_with_it(
    team: Team, tmp_path: Path
) -> None:
    """It is a problem of that automation; the task gets its priority from the others."""
    routes = 'on = ["taskCreated"]\ndo = [{ action = "route" }]'
    team.use(tmp_path, a_endless=ENDLESS, routes=routes)
    task = team.member.create_task(LIST, INFERENCE, description="ab " * 2_000)
    team.settle()

    assert team.priority(task) is not None
    failed = team.bot.store.runs.failing(0)
    assert [failure.automation for failure in failed] == ["a_endless"]
    assert team.bot.inbox.list("parked", 10) == []


@pytest.mark.parametrize("due_ms", [YEAR_10000_MS, LAST_MS, -LAST_MS])
def test_a_date_beyond_the_calendar_breaks_neither_events_nor_schedules(
    team: Team, tmp_path: Path, due_ms: int
) -> None:
    """It counts as far away, before or after everything else."""
    routes = 'on = ["taskCreated"]\ndo = [{ action = "route" }]'
    daily = """
schedule = { cron = "0 * * * *" }
when = "task.has_due"
do = [{ action = "add_tag", tag = "seen" }]
"""
    team.use(tmp_path, asks=ASKS_FOR_DATES, routes=routes, daily=daily)
    task = team.member.create_task(LIST, INFERENCE)
    team.control.world.tasks[task].due_date = due_ms
    team.settle()
    assert team.priority(task) is not None
    assert team.bot.sources.reevaluation.run() is not None
    team.settle()

    assert team.bot.inbox.list("parked", 10) == []
    assert team.bot.store.runs.failing(0) == []
