"""`remove_tag`: remove a tag from the task."""

from clickup_mlops.automations.actions.add_tag import named
from clickup_mlops.automations.model import ActionType, Change, Situation
from clickup_mlops.automations.text import Text
from clickup_mlops.config import Table


class Options(Table):
    """Which tag."""

    tag: Text
    """Name of the tag."""


def plan(situation: Situation, options: Options) -> Change | None:
    """Nothing if the task does not have the tag."""
    name = named(situation, options.tag)
    if name not in situation.task.tags:
        return None
    return Change(f"tag:{name}", True, False, f"- tag {name}", {"tag": name})


ACTION = ActionType("Remove a tag from the task.", Options, plan, writes=("tag",))
