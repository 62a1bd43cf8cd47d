"""`remove_tag`: remove a tag from the task."""

from clickup_mlops.automations.model import ActionType, Change, Situation
from clickup_mlops.automations.text import Text
from clickup_mlops.config import Table


class Options(Table):
    """Which tag."""

    tag: Text
    """Name of the tag; an expression that gives no name: nothing is removed."""


def plan(situation: Situation, options: Options) -> Change | None:
    """Nothing if the task does not have the tag."""
    name = options.tag.fill(situation).strip().lower()
    if name not in situation.task.tags:
        return None
    return Change(f"tag:{name}", True, False, f"- tag {name}", {"tag": name})


ACTION = ActionType("Remove a tag from the task.", Options, plan, writes=("tag",))
