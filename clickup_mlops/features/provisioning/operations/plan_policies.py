"""The rules that every plan must keep: `[[provision.policies]]`, conditions over its steps."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from clickup_mlops.automations.conditions.cel import CelError, Condition, EvalError, Language
from clickup_mlops.errors import ConfigError
from clickup_mlops.features.provisioning.plan.model import Plan, Problem, Step
from clickup_mlops.features.provisioning.settings import PlanPolicyTable
from clickup_mlops.features.provisioning.tree import show

VARIABLES: Final[Mapping[str, str]] = {
    "step.operation": "string",
    "step.kind": "string",
    "step.name": "string",
    "step.place": "string",
    "step.attributes": "map<string,dyn>",
    "step.before": "map<string,dyn>",
    "step.changed": "list<string>",
    "plan.creates": "int",
    "plan.updates": "int",
}
"""What a condition may use. `operation`: create, update, adopt or manual. `place` is the path of
the parent for people; `attributes` are wanted, `before` is what is there, `changed` what differs.
"""


def problems(plan: Plan, policies: Sequence[PlanPolicyTable]) -> tuple[Problem, ...]:
    """Each step of the plan that breaks a rule.

    Raises:
        ConfigError: a rule's condition cannot be used; names the rule and the place in it.
    """
    conditions = compiled(policies)
    return tuple(
        problem
        for step in (plan.work if conditions else ())
        for policy, condition in conditions
        for problem in _broken(policy, condition, step, _values(plan, step))
    )


def compiled(policies: Sequence[PlanPolicyTable]) -> list[tuple[PlanPolicyTable, Condition]]:
    """Each rule with its condition. Raises ConfigError, as `problems` does."""
    return [(policy, _compiled(number, policy)) for number, policy in enumerate(policies)]


def _compiled(number: int, policy: PlanPolicyTable) -> Condition:
    try:
        return Language(VARIABLES).condition(policy.deny)
    except CelError as problem:
        where = f"provision.policies.{number}.deny ({policy.name})"
        variables = f"Variables: {', '.join(VARIABLES)}."
        raise ConfigError(f"{where}: {problem}", hint=variables) from None


def _broken(
    policy: PlanPolicyTable, condition: Condition, step: Step, values: Mapping[str, Any]
) -> Iterator[Problem]:
    denied = condition.holds(values)
    if isinstance(denied, EvalError):
        # A rule that cannot be decided holds nobody back by accident: it has to be made clear.
        message = f"{show(step.path)}: policy {policy.name} cannot be decided: {denied.problem}"
        yield Problem(message, "Test for the key first: `'private' in step.attributes && …`.")
    elif denied:
        yield Problem(f"{show(step.path)}: policy {policy.name} forbids it", policy.message)


def _values(plan: Plan, step: Step) -> dict[str, Any]:
    counts = plan.counts
    return {
        "step.operation": step.operation,
        "step.kind": step.want.kind,
        "step.name": step.want.name,
        "step.place": show(step.path[:-1]) if step.path[:-1] else "",
        "step.attributes": dict(step.want.attributes),
        "step.before": dict(step.have.attributes) if step.have else {},
        "step.changed": sorted(step.changes),
        "plan.creates": counts["create"],
        "plan.updates": counts["update"],
    }
