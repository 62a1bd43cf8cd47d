"""What must exist in ClickUp before a run, from a plan of provisioning. Pure."""

from collections.abc import Iterator

from clickup_mlops.features.migration.plan.model import Prerequisite
from clickup_mlops.features.provisioning.plan import messages
from clickup_mlops.features.provisioning.plan.model import Plan, Step


def of(plan: Plan) -> Iterator[Prerequisite]:
    """What provisioning would create or change, and what is left to people."""
    for step in plan.work:
        if step.operation != "adopt":  # it is there, under another owner
            kind = step.path[-1][0]
            names = " / ".join(name for _, name in step.path)
            yield Prerequisite(kind, names, step.operation == "manual", _why(step))


def _why(step: Step) -> str:
    changes = (
        f"{name}: found {messages.value(current)}, wanted {messages.value(desired)}"
        for name, (current, desired) in step.changes.items()
    )
    return "; ".join(changes) or step.why


def problems(plan: Plan) -> Iterator[str]:
    """What keeps provisioning from being applied."""
    for problem in plan.problems:
        yield f"{problem.what}. {problem.remedy}"
