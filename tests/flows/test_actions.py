"""An automation that uses many actions at once, on the whole bot: each is done once, whatever
repeats.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import orjson
import pytest

from clickup_mlops.sandbox import Sandbox
from tests.features.outbound.test_post import Listener, listener
from tests.flows.conftest import Team, build, receiving, settings_for
from tests.ports import BoundPort

__all__ = ["listener"]

AUTOMATION = """
summary = "An incident gets people, words and follow-up work."
on = ["taskCreated", "taskUpdated"]
when = 'task.list == "Tasks" && task.name.startsWith("Outage")'
do = [
  { action = "add_tag", tag = "incident" },
  { action = "assign", user = "on_call" },
  { action = "set_due", in = "PT4H" },
  { action = "comment", text = "**On it**: ${task.name}" },
  { action = "checklist", name = "Incident", items = ["Runbook read", "Customers told"] },
  { action = "create_task", name = "Review of ${task.name}", list = "Inbox" },
  { action = "post_chat", channel = "incidents", text = "${task.name}" },
  { action = "webhook", to = "pager", again = "P1D", data = { what = "${task.name}" } },
]
[[example]]
name = "an outage"
task = { name = "Outage of the ranker", list = "Tasks" }
expect = [
  { action = "add_tag", tag = "incident" },
  { action = "assign", user = "on_call" },
  { action = "set_due" },
  { action = "comment", text = "**On it**: Outage of the ranker" },
  { action = "checklist", items = ["Runbook read", "Customers told"] },
  { action = "create_task", name = "Review of Outage of the ranker" },
  { action = "post_chat", channel = "incidents" },
  { action = "webhook", to = "pager" },
]
[[example]]
name = "something else"
task = { name = "Lunch", list = "Tasks" }
expect = []
"""


@pytest.fixture
def incident_team(clickup_sandbox: Sandbox, tmp_path: Path, listener: Listener) -> Iterator[Team]:
    """A bot with that automation alone, Jonas on call, and a pager that listens."""
    (tmp_path / "automations").mkdir()
    (tmp_path / "automations" / "outage.toml").write_text(AUTOMATION, encoding="utf-8")
    port = BoundPort()
    pager = {"url": f"http://127.0.0.1:{listener.port}/page", "secret": "s"}
    settings = settings_for(
        clickup_sandbox,
        tmp_path,
        port,
        automations={"folder": tmp_path / "automations"},
        people={"on_call": ["Jonas"]},
        outbound={"targets": {"pager": pager}, "allow_hosts": ["127.0.0.1"]},
    )
    with ExitStack() as running:
        bot = running.enter_context(build(settings, clock=clickup_sandbox.control.clock.now_ms))
        running.enter_context(receiving(bot, port))
        bot.sources.hooks.register()
        bot.sources.backfill.run()
        assert bot.user_id
        clickup_sandbox.control.reset_counts()
        yield Team(clickup_sandbox, bot)


def test_everything_is_done_once(incident_team: Team, listener: Listener) -> None:
    """However often the automation fires; a pager that is away for a moment hears of it later."""
    team, listener.statuses = incident_team, [503]
    task_id = team.member.create_task("Tasks", "Outage of the ranker")
    team.settle()
    calls = dict(team.bot.client.calls_by)
    for name in ("Outage of the ranker, again", "Outage of the ranker, still"):
        team.member.update(task_id, name=name)
        team.settle()
    team.control.clock.advance(60_000)
    team.settle()

    task = team.control.task(task_id)
    assert [tag["name"] for tag in task["tags"]] == ["incident"]
    assert [person["username"] for person in task["assignees"]] == ["Jonas Weber"]
    assert [[item["name"] for item in checklist["items"]] for checklist in task["checklists"]] == [
        ["Runbook read", "Customers told"]
    ]
    reviews = [task.name for task in team.control.tasks if task.name.startswith("Review")]
    assert reviews == ["Review of Outage of the ranker"]
    texts = [comment.text for comment in team.bot.client.comments.of_task(task_id)]
    assert texts == ["On it: Outage of the ranker, still\nclickup-mlops · outage"]
    assert [headers["webhook-id"] for _, headers, _ in listener.received] == [
        listener.received[0][1]["webhook-id"]
    ] * 2
    assert orjson.loads(listener.received[1][2])["data"] == {"what": "Outage of the ranker"}
    assert _count_calls_since(team, calls) == {"PUT /api/v2/comment/{comment_id}": 2}


def _count_calls_since(team: Team, before: dict[str, int]) -> dict[str, int]:
    """Calls since then, but for reading the task and its comments."""
    now = team.bot.client.calls_by
    return {
        call: count - before.get(call, 0)
        for call, count in now.items()
        if count != before.get(call, 0) and not call.startswith("GET /api/v2/task/")
    }


LINKING = """
summary = "Links to a task that is not there, and tags."
on = ["taskCreated"]
when = 'task.list == "Tasks"'
do = [{ action = "link", to = "nosuchtask" }, { action = "add_tag", tag = "seen" }]
[[example]]
name = "a task"
task = { list = "Tasks" }
expect = [{ action = "link", to = "nosuchtask" }, { action = "add_tag", tag = "seen" }]
[[example]]
name = "a meeting"
task = { list = "Meetings" }
expect = []
"""


def test_something_else_that_is_missing_does_not_make_the_task_forgotten(
    incident_team: Team, tmp_path: Path
) -> None:
    """The event is parked with the reason, the rest is done, and a person's choice stays kept."""
    team = incident_team
    (tmp_path / "automations" / "outage.toml").write_text(LINKING, encoding="utf-8")
    task_id = team.member.create_task("Tasks", "Ranker")
    team.member.set_priority(task_id, 2)
    team.settle()

    parked = team.bot.store.inbox.list("parked", 10)
    assert {"/link/" in row.error for row in parked} == {True}
    assert [tag["name"] for tag in team.control.task(task_id)["tags"]] == ["seen"]
    assert team.bot.store.mirror.get(task_id) is not None
    assert team.bot.store.overrides.get(task_id, team.bot.now_ms()) is not None


HOLDING = """
summary = "Calm goes low for three days, loud goes high."
on = ["taskUpdated"]
do = [{ action = "set_priority", level = "low", keep = "P3D" }]
when = 'task.name == "normal"'
[[example]]
name = "normal"
task = { name = "normal" }
expect = [{ action = "set_priority", priority = "low" }, { action = "set_priority", hold = "low" }]
[[example]]
name = "a person has chosen"
task = { name = "normal" }
around = { person = "high" }
expect = []
"""
LOUDER = (
    HOLDING.replace('level = "low", keep = "P3D"', 'level = "high"')
    .replace('"normal"', '"loud"')
    .replace('priority = "low" }, { action = "set_priority", hold = "low" }', 'priority = "high" }')
)


def test_an_automation_may_change_what_an_automation_has_held_but_not_what_a_person_chose(
    incident_team: Team, tmp_path: Path
) -> None:
    """People win over `set_priority` too."""
    team = incident_team
    (tmp_path / "automations" / "outage.toml").write_text(HOLDING, encoding="utf-8")
    (tmp_path / "automations" / "louder.toml").write_text(LOUDER, encoding="utf-8")
    task_id = team.member.create_task("Tasks", "Ranker")
    priorities = []
    for change in ({"name": "normal"}, {"name": "loud"}, {"priority": 1}, {"name": "normal"}):
        team.member.update(task_id, **change)
        team.settle()
        priorities.append(team.priority(task_id))

    assert priorities == [4, 2, 1, 1]
