"""`add_tag`: put a tag on the task."""

from clickup_mlops.automations.model import ActionType, Change, Situation, Unanswered
from clickup_mlops.automations.text import Text
from clickup_mlops.config import Table


class Options(Table):
    """Which tag."""

    tag: Text
    """Name of the tag; ClickUp keeps tags in lower case. The Space learns a new one."""


def named(situation: Situation, tag: Text) -> str:
    """The tag's name as ClickUp keeps it. Raises Unanswered: it is empty."""
    name = tag.fill(situation).strip().lower()
    if not name:
        raise Unanswered(f'tag: "{tag}" gives no name here')
    return name


def plan(situation: Situation, options: Options) -> Change | None:
    """Nothing if the task has the tag."""
    name = named(situation, options.tag)
    if name in situation.task.tags:
        return None
    return Change(f"tag:{name}", False, True, f"+ tag {name}", {"tag": name})


ACTION = ActionType("Put a tag on the task.", Options, plan, writes=("tag",))
