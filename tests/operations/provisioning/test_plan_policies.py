"""Rules that every plan must keep stop the apply, and say which step broke which."""

from dataclasses import replace
from pathlib import Path

import pytest

from clickup_mlops.bot.app import Bot
from clickup_mlops.errors import ClickUpMlopsError, ConfigError
from clickup_mlops.features.provisioning.operations import plan_policies
from clickup_mlops.features.provisioning.operations.apply import apply
from clickup_mlops.features.provisioning.operations.callbacks import Callbacks
from clickup_mlops.features.provisioning.operations.plan import plan
from clickup_mlops.features.provisioning.operations.request import Request
from clickup_mlops.features.provisioning.plan.model import Plan
from clickup_mlops.features.provisioning.settings import PlanPolicyTable, ProvisionSettings
from clickup_mlops.sandbox import Sandbox

CASES = Path(__file__).parents[2] / "cases" / "provision" / "templates"
REQUEST = Request("everything", folder=CASES)


def policy(deny: str, name: str = "no-webhooks") -> PlanPolicyTable:
    return PlanPolicyTable(name=name, deny=deny, message="Ask the platform team.")


@pytest.fixture
def policy_plan(bot: Bot) -> Plan:
    return plan(bot, REQUEST)


def test_a_plan_that_breaks_a_rule_is_not_applied(bot: Bot, clickup_sandbox: Sandbox) -> None:
    """Nothing is written; the plan shows the step and what to do."""
    rule = policy('step.kind == "webhook" && step.operation == "create"')
    settings = bot.settings.model_copy(update={"provision": ProvisionSettings(policies=(rule,))})
    bot.core.settings = settings

    (problem,) = plan(bot, REQUEST).problems
    assert "policy no-webhooks forbids it" in problem.what
    assert problem.remedy == "Ask the platform team."
    with pytest.raises(ClickUpMlopsError, match="no-webhooks"):
        apply(bot, REQUEST, Callbacks())
    assert "ML" not in {space.name for space in clickup_sandbox.control.world.spaces}


@pytest.mark.parametrize(
    ("deny", "broken"),
    [
        ("plan.creates > 1000", 0),
        ('step.kind == "space" && plan.creates > 5', 1),
        ('step.kind == "list" && step.place == "space \\"ML\\""', 1),
        ('"color" in step.attributes && step.kind == "space"', 1),
        ('step.before.size() > 0 || "name" in step.changed', 0),
    ],
)
def test_a_rule_sees_step_and_plan(policy_plan: Plan, deny: str, broken: int) -> None:
    """Only the steps that meet the condition break it."""
    assert len(plan_policies.problems(policy_plan, [policy(deny)])) == broken


def test_a_rule_that_cannot_be_decided_holds_the_plan_back(policy_plan: Plan) -> None:
    """It says why, and how to write it."""
    problems = plan_policies.problems(policy_plan, [policy('step.attributes["nothing"] == "x"')])
    assert len(problems) == len(policy_plan.work)
    assert "cannot be decided" in problems[0].what


def test_a_rule_that_cannot_be_used_is_named(policy_plan: Plan) -> None:
    """With its place in the settings and in its text, even if there is nothing to plan."""
    wrong = policy('step.colour == "red"', name="colours")
    with pytest.raises(ConfigError, match=r"provision\.policies\.0\.deny \(colours\)"):
        plan_policies.problems(replace(policy_plan, steps=()), [wrong])
