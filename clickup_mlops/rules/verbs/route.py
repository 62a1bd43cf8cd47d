"""`route`: give the task the priority that routing decides."""

from typing import Any, Protocol

from clickup_mlops.config import Table
from clickup_mlops.routing.decision import Decision, title
from clickup_mlops.rules.model import Change, Situation, Verb


class Tasks(Protocol):
    """The one call that this verb makes."""

    def update(self, task_id: str, *, priority: int | None) -> Any:
        """Sets the task's priority, 1 (Urgent) to 4 (Low)."""


class ClickUp(Protocol):
    """The part of the client that this verb uses."""

    @property
    def tasks(self) -> Tasks:
        """Calls about tasks."""


class Options(Table):
    """`route` has no options: the policy in `[routing]` says everything."""


def plan(situation: Situation, _options: Options) -> Change | None:
    """The new priority, or nothing if the task has it already."""
    decision = situation.route()
    if not decision.changes:
        return None
    return Change("priority", decision.before, decision.priority, _text(decision), _shown(decision))


def write(clickup: ClickUp, task_id: str, change: Change) -> None:
    """One call, whose effect is the same when it is repeated."""
    clickup.tasks.update(task_id, priority=change.after)


def _text(decision: Decision) -> str:
    change = f"{title(decision.before)} -> {title(decision.priority)}"
    return f"{change} ({decision.rule})"


def _shown(decision: Decision) -> dict[str, Any]:
    return {
        "priority": title(decision.priority).lower(),
        "workload": decision.workload,
        "tier": decision.tier,
        "rule": decision.rule,
    }


VERB = Verb("Give the task the priority that routing decides.", Options, plan, write)
