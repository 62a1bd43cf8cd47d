"""Only what people write about a task is evidence of an incident."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import requests

from clickup_mlops.features.corrections.learning import from_tasks
from clickup_mlops.features.incidents.tables.incidents import Incidents
from tests.flows.conftest import EXAMPLES, LIST, Team
from tests.flows.test_space_policy import Provisioned, provisioned

__all__ = ["provisioned"]

TITLE = "Chat completions API is down: 503 for all customers"
TEXT = "Production vLLM replicas crash since 14:05; users get errors right now. Rolling back."
STEPS = (
    "Steps: 5 %, 25 %, 100 %. Stop if the chat endpoint returns 503 or the replicas crash.\n"
    "Users get errors in production right now? Roll back to the previous version at once."
)
CREATES = f"""
on = ["taskTagUpdated"]
when = '"follow-up" in task.tags'
do = [
  {{ action = "create_task", key = "task", name = "{TITLE}", text = "{TEXT}" }},
  {{ action = "create_subtask", key = "sub", name = "Subtask: {TITLE}", text = "{TEXT}" }},
]
"""
GAME_DAY = """
summary = "A drill."
strategy = "practice"
[space]
name = "Drills"
[[space.list]]
name = "Drills"
[[space.list.task]]
name = "Drill: {title}"
description = "{text}"
"""


@pytest.fixture
def live(team: Team, tmp_path: Path) -> Team:
    """`live_incident` is on, and so is an automation that creates tasks."""
    folder = tmp_path / "own"
    folder.mkdir()
    head, by_name = 'summary = "Follows up"', {"live_incident": {"mode": "on"}}
    (folder / "follow_up.toml").write_text(f"{head}{CREATES}{EXAMPLES}", encoding="utf-8")
    team.configure(by_name=by_name, own_folders=(folder,))
    return team


def follow_up(team: Team) -> str:
    """The task that the automation creates."""
    source = team.member.create_task(LIST, "Weekly review")
    team.member.tag(source, "follow-up")
    team.settle()
    return named(team, TITLE)


def decided(team: Team, task: str) -> Mapping[str, Any]:
    latest = team.bot.store.decisions.latest(task)
    assert latest is not None
    return latest.body


def no_incident(team: Team, task: str, because: str) -> None:
    """By its text; and `why` says the reason."""
    body = decided(team, task)
    assert not body["incident"]
    assert body["tier"] == "normal"
    assert f"text: no evidence of an incident, because {because}" in body["reasons"]
    assert team.priority(task) != 1
    assert team.bot.store.table(Incidents).open_of(task) is None
    assert "incident" not in {tag["name"] for tag in team.control.task(task)["tags"]}


def is_incident(team: Team, task: str) -> None:
    assert decided(team, task)["incident"]
    assert team.priority(task) == 1
    assert team.bot.store.table(Incidents).open_of(task) is not None


def named(team: Team, name: str) -> str:
    (task,) = [task.id for task in team.control.tasks if task.name == name]
    return task


def from_template(team: Team, template: str, name: str) -> str:
    """What a person creates in ClickUp from a task template."""
    path = f"/api/v2/list/{team.control.list_id(LIST)}/taskTemplate/{template}"
    response = requests.post(
        f"{team.sandbox.url}{path}",
        json={"name": name},
        headers={"Authorization": team.sandbox.token_of(team.member.user.id)},
        timeout=10,
    )
    response.raise_for_status()
    return str(response.json()["id"])


def test_what_a_person_reports_is_an_incident(live: Team) -> None:
    task = live.member.create_task(LIST, TITLE, description=TEXT)
    live.settle()
    is_incident(live, task)


def test_what_an_automation_created_is_none(live: Team) -> None:
    """Neither task nor subtask; also when it is read again, and after a restart."""
    follow_up(live)
    live.restart()
    for name in (TITLE, f"Subtask: {TITLE}"):
        task = named(live, name)
        no_incident(live, task, "the automation `follow_up` created it")
        live.member.update(task, description=f"{live.control.find(task).text}\n{TEXT}")
        live.settle()
        no_incident(live, task, "the automation `follow_up` created it")


def test_a_copy_of_what_the_bot_created_is_none(live: Team) -> None:
    """A recurring task, or one that a person duplicates: the mark of the bot is in it."""
    text = live.control.find(follow_up(live)).text
    copy = live.member.create_task(LIST, f"{TITLE} (copy)", description=text)
    live.settle()
    no_incident(live, copy, "the bot created it")


def test_a_person_makes_an_incident_of_it_by_the_tag(live: Team) -> None:
    task = follow_up(live)
    live.member.tag(task, "inference")
    live.member.tag(task, "incident")
    live.settle()
    is_incident(live, task)


def test_a_starter_task_is_none(provisioned: Provisioned) -> None:
    team = provisioned.team
    provisioned.apply("drills", GAME_DAY.format(title=TITLE, text=TEXT))
    no_incident(team, named(team, f"Drill: {TITLE}"), "provisioning created it")


def test_the_text_of_a_shipped_template_is_none_until_people_add_to_it(live: Team) -> None:
    """Nobody needs to have provisioned it; what a person adds counts."""
    text = (
        "Drain one node in working hours and watch. Pass: no user-visible error, P99 back under "
        "the SLO within 5 minutes, and the alert reached on-call."
    )
    task = live.member.create_task(
        LIST, "Game day: lose one node of chat-70b", description=text, tags=["inference"]
    )
    live.settle()
    no_incident(live, task, "its text is that of a template")

    live.member.update(task, name=TITLE, description=f"{text}\n\n{TEXT}")
    live.settle()
    assert decided(live, task)["incident"]


def test_a_task_from_a_template_of_clickup_is_none(live: Team) -> None:
    """By its name, or by the text that an older task has, too. What a person adds counts, and
    so does a text that an incident had.
    """
    source = live.member.create_task(LIST, "Canary of chat 3.2", tags=["inference"])
    live.settle()
    live.member.update(source, description=STEPS)
    template = live.control.save_template("task", source, "Roll out a model").id
    live.member.delete(source)
    live.settle()
    task = from_template(live, template, "Roll out a model")
    live.settle()
    no_incident(live, task, 'it was created from the template "Roll out a model" of ClickUp')

    live.control.clock.advance(120_000)
    third = from_template(live, template, "Roll out a model")
    live.settle()
    live.control.clock.advance(120_000)
    live.member.update(third, description=f"{STEPS}\n\n{TITLE}\n\n{TEXT}")
    live.settle()
    assert decided(live, third)["incident"], "what a person adds counts, whatever the name"
    second = from_template(live, template, "Roll out ranker 3.0")
    live.settle()
    no_incident(live, second, f"its text is that of the older task `{task}`")
    live.member.delete(third)
    live.member.delete(task)
    live.settle()
    live.member.set_priority(second, "low")
    live.settle()
    no_incident(live, second, f"its text is that of the older task `{task}`")

    live.member.update(second, name=TITLE, description=f"{STEPS}\n\n{TEXT}")
    live.settle()
    assert decided(live, second)["incident"]


def test_the_same_report_twice_is_an_incident_twice(live: Team) -> None:
    """A monitor writes the same text each time."""
    first = live.member.create_task(LIST, TITLE, description=TEXT)
    live.settle()
    second = live.member.create_task(LIST, f"Again: {TITLE}", description=TEXT)
    live.settle()
    is_incident(live, first)
    is_incident(live, second)


def test_the_classifier_learns_from_people_only(live: Team) -> None:
    """Neither from the bot's words, nor from the tag that the bot set because of its own guess."""
    follow = follow_up(live)
    live.member.tag(follow, "incident")
    text = "All production replicas of the ranker answer 503 since 14:05; users see errors now."
    guessed = live.member.create_task(LIST, TITLE, description=text)
    live.settle()
    is_incident(live, guessed)
    assert from_tasks(live.bot) == []

    live.member.untag(guessed, "incident")
    live.settle()
    live.member.tag(guessed, "incident")
    live.member.tag(guessed, "inference")
    live.settle()
    (learned,) = from_tasks(live.bot)
    assert (learned.title, learned.incident) == (TITLE, True)
