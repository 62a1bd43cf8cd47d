"""`route`: give the task the priority that routing decides."""

from clickup_mlops.automations.model import ActionType, Change, Situation
from clickup_mlops.config import Table
from clickup_mlops.json_types import Json
from clickup_mlops.routing.decision import Decision, title


class Options(Table):
    """`route` has no options: the policy in `[routing]` decides."""


def plan(situation: Situation, _options: Options) -> Change | None:
    """The new priority, or nothing if the task has it already."""
    decision = situation.route()
    if not decision.changes:
        return None
    return Change("priority", decision.before, decision.priority, _text(decision), _shown(decision))


def _text(decision: Decision) -> str:
    change = f"{title(decision.before)} -> {title(decision.priority)}"
    return f"{change} ({decision.decided_by})"


def _shown(decision: Decision) -> dict[str, Json]:
    return {
        "priority": title(decision.priority).lower(),
        "workload": decision.workload,
        "tier": decision.tier,
        "decided_by": decision.decided_by,
    }


ACTION = ActionType(
    "Give the task the priority that routing decides.", Options, plan, writes=("priority",)
)
