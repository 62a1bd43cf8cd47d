"""`set_status`: move the task to a status."""

from clickup_mlops.automations.model import ActionType, Change, Situation, Unanswered
from clickup_mlops.automations.text import Text
from clickup_mlops.config import Table


class Options(Table):
    """Which status."""

    status: Text
    """Name of a status of the task's List, in any case."""


def plan(situation: Situation, options: Options) -> Change | None:
    """Nothing if the task has the status."""
    before = situation.task.status.name.casefold()
    after = options.status.fill(situation).strip().casefold()
    if not after:
        raise Unanswered(f'status: "{options.status}" gives no name here')
    if after == before:
        return None
    return Change("status", before, after, f"{before} -> {after}", {"status": after})


ACTION = ActionType("Move the task to a status.", Options, plan, writes=("status",))
