"""`move`: give the task another home List."""

from clickup_mlops.automations.model import ActionType, Change, Situation, option
from clickup_mlops.automations.text import Text
from clickup_mlops.config import Table


class Options(Table):
    """Where to."""

    list: Text
    """The List: a name, `Folder/List`, `Space/Folder/List` or an id. If it lacks the task's status,
    the most similar one is used."""


def plan(situation: Situation, options: Options) -> Change | None:
    """Nothing if the task is there."""
    task, name = situation.task, options.list.fill(situation).strip()
    # By name first: that needs no look-up.
    if task.list_name.casefold() == name.casefold():
        return None
    with option("list"):
        after = situation.names.list_id(name)
    if after == task.list_id:
        return None
    return Change("move", task.list_id, after, f"{task.list_name} -> {name}", {"list": name})


ACTION = ActionType("Give the task another home List.", Options, plan, writes=("move",))
