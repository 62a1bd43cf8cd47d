"""`route`: give the task the priority that routing decides."""

from collections.abc import Iterator

from clickup_mlops.automations.actions.release import released
from clickup_mlops.automations.model import ActionType, Change, Situation
from clickup_mlops.config import Table
from clickup_mlops.json_types import Json
from clickup_mlops.routing.decision import Decision, format_priority


class Options(Table):
    """`route` has no options: the policy in `[routing]` decides."""


def plan(situation: Situation, _options: Options) -> Iterator[Change]:
    """The new priority, unless the task has it already. A hold of the automation itself ends: it
    would keep the priority as it is.
    """
    release = released(situation)
    if release is not None:
        yield release
    decide = situation.route_released if release else None
    decision = (decide or situation.route)()
    if decision.changes:
        text, summary = _text(decision), _summarize(decision)
        yield Change("priority", decision.before, decision.priority, text, summary)


def _text(decision: Decision) -> str:
    change = f"{format_priority(decision.before)} -> {format_priority(decision.priority)}"
    return f"{change} ({decision.decided_by})"


def _summarize(decision: Decision) -> dict[str, Json]:
    return {
        "priority": format_priority(decision.priority).lower(),
        "workload": decision.workload,
        "tier": decision.tier,
        "decided_by": decision.decided_by,
    }


ACTION = ActionType(
    "Give the task the priority that routing decides.",
    Options,
    plan,
    writes=("priority", "hold"),
)
