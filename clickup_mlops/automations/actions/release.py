"""`release`: end the automation's own hold of the priority, so that routing decides again."""

from clickup_mlops.automations.model import ActionType, Change, Situation
from clickup_mlops.config import Table
from clickup_mlops.routing.decision import format_priority


class Options(Table):
    """`release` has no options."""


def plan(situation: Situation, _options: Options) -> Change | None:
    """Nothing unless the priority is held by this automation now: what a person chose since, or
    another automation holds, stays.
    """
    return released(situation)


def released(situation: Situation) -> Change | None:
    """The end of the automation's own hold; None: it holds nothing."""
    held = situation.lookups.hold(situation.task.id)
    if held is None or held["automation"] != situation.automation:
        return None
    priority = format_priority(held["priority"])
    return Change("hold", held, None, f"release {priority}", {"release": priority.lower()})


ACTION = ActionType(
    "End the automation's own hold of the priority, so that routing decides again.",
    Options,
    plan,
    writes=("hold",),
)
