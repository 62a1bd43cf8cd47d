"""An automation that held a priority restores it; its example and the live run agree."""

from pathlib import Path

import pytest

from clickup_mlops.automations.examples import mismatch, run
from clickup_mlops.automations.load import find_actions, read
from clickup_mlops.automations.model import Action
from clickup_mlops.routing.policy import Policy
from clickup_mlops.routing.router import Router
from clickup_mlops.store.tables.runs import RunFilter
from tests.flows.conftest import INFERENCE, LIST, TRAINING, Team
from tests.flows.test_commands import say

URGENT, HIGH, NORMAL, LOW = 1, 2, 3, 4
ROUTE = 'on = ["taskCreated", "taskUpdated", "reevaluation"]\ndo = [{ action = "route" }]\n'
HOT = """
summary = "A hot task is Urgent as long as it is hot."
on = ["taskTagUpdated"]
when = '"hot" in task.tags'
do = [{ action = "set_priority", level = "urgent", keep = "P3D" }]
until = '!("hot" in task.tags)'
then = [THEN]

[[example]]
name = "cold again"
latched = true
task = { tags = ["inference"], priority = "urgent" }
around = { held = "urgent" }
expect = [EXPECT]
"""
RELEASE, PRIORITY = '{ action = "release" }', '{ action = "route", priority = "normal" }'
ENDINGS = {
    RELEASE: RELEASE,
    '{ action = "route" }': PRIORITY,
    f'{RELEASE}, {{ action = "route" }}': f"{RELEASE}, {PRIORITY}",
}


@pytest.mark.parametrize("then", ENDINGS)
def test_the_priority_is_the_policys_again(team: Team, tmp_path: Path, then: str) -> None:
    """Though nothing but the automation's own hold ends; the run is logged, as its test says."""
    text = HOT.replace("THEN", then).replace("EXPECT", ENDINGS[then])
    team.use(tmp_path, hot=text, routes=ROUTE)
    task = team.member.create_task(LIST, INFERENCE)
    team.settle()
    team.member.tag(task, "hot")
    team.settle()
    assert team.priority(task) == URGENT
    team.member.untag(task, "hot")
    team.settle()

    assert team.priority(task) == NORMAL
    assert team.bot.store.overrides.get(task, team.bot.now_ms()) is None
    live, _first = team.bot.store.runs.list(RunFilter(task_id=task, automation="hot"), 9)
    assert {action.state for action in live.actions} == {"done"}
    automation = read(tmp_path / "hot.toml", find_actions())
    example = next(example for example in automation.examples if example.name == "cold again")
    tested = run(automation, example, Router(Policy()))
    assert mismatch(example, tested) == ""
    planned = {finding.action for finding in tested if isinstance(finding, Action)}
    assert {action.action for action in live.actions} == planned


def test_without_another_automation_that_routes_the_automation_does_it_itself(
    team: Team, tmp_path: Path
) -> None:
    """Its `route` ends its hold first."""
    text = HOT.replace("THEN", '{ action = "route" }').replace("EXPECT", PRIORITY)
    team.use(tmp_path, hot=text)
    task = team.member.create_task(LIST, TRAINING)
    for change in (team.member.tag, team.member.untag):
        change(task, "hot")
        team.settle()

    assert team.priority(task) == LOW


@pytest.mark.parametrize("then", ENDINGS)
def test_what_a_person_chose_meanwhile_stays(team: Team, tmp_path: Path, then: str) -> None:
    """In ClickUp or by a command: only its own hold ends."""
    team.use(tmp_path, hot=HOT.replace("THEN", then).replace("EXPECT", ""), routes=ROUTE)
    for choose in (
        lambda task: team.member.set_priority(task, HIGH),
        lambda task: say(team, task, "/priority high"),
    ):
        task = team.member.create_task(LIST, INFERENCE)
        team.member.tag(task, "hot")
        team.settle()
        choose(task)
        team.settle()
        team.member.untag(task, "hot")
        team.settle()

        assert team.priority(task) == HIGH
        held = team.bot.store.overrides.get(task, team.bot.now_ms())
        assert held is not None and held.priority == HIGH


def test_it_holds_again_when_it_is_hot_again(team: Team, tmp_path: Path) -> None:
    """As often as that happens."""
    team.use(tmp_path, hot=HOT.replace("THEN", RELEASE).replace("EXPECT", RELEASE), routes=ROUTE)
    task = team.member.create_task(LIST, INFERENCE)
    for _ in range(2):
        team.member.tag(task, "hot")
        team.settle()
        assert team.priority(task) == URGENT
        team.member.untag(task, "hot")
        team.settle()
        assert team.priority(task) == NORMAL
