"""`create_subtask`: make a subtask of this task, once."""

from clickup_mlops.automations.actions.create_task import Content, once
from clickup_mlops.automations.model import ActionType, Change, Situation


class Options(Content):
    """What the subtask is made of; see `create_task`."""


def plan(situation: Situation, options: Options) -> Change | None:
    """Nothing if it was made before, even if somebody has deleted it since."""
    task = situation.task
    return once(situation, options, {"list_id": task.list_id, "parent_id": task.id})


ACTION = ActionType("Make a subtask of this task, once.", Options, plan, writes=("task",))
