"""`link`: link the task with others."""

from collections.abc import Iterator

from clickup_mlops.automations.model import ActionType, Change, Situation
from clickup_mlops.automations.text import Text
from clickup_mlops.config import Table


class Options(Table):
    """With which tasks."""

    to: Text
    """Ids or addresses of tasks, with commas."""
    remove: bool = False
    """Remove the links instead."""


def plan(situation: Situation, options: Options) -> Iterator[Change]:
    """One change for each task that is not linked yet (or still is)."""
    wanted = not options.remove
    for other in task_ids(situation, options.to):
        if (other in situation.task.links) != wanted:
            text = f"{'+' if wanted else '-'} link to {other}"
            yield Change(f"link:{other}", not wanted, wanted, text, {"to": other})


def task_ids(situation: Situation, text: Text) -> list[str]:
    """The ids in a text, without the task's own; of an address, its last part."""
    # People copy addresses from the browser; the last part is the id.
    parts = (
        part.strip().rstrip("/").rpartition("/")[2] for part in text.fill(situation).split(",")
    )
    return [part for part in dict.fromkeys(parts) if part and part != situation.task.id]


ACTION = ActionType("Link the task with others.", Options, plan, writes=("link",))
