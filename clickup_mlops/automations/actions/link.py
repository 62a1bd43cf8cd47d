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
    is_desired = not options.remove
    for other_id in task_ids(situation, options.to):
        if (other_id in situation.task.links) != is_desired:
            text = f"{'+' if is_desired else '-'} link to {other_id}"
            yield Change(f"link:{other_id}", not is_desired, is_desired, text, {"to": other_id})


def task_ids(situation: Situation, text: Text) -> list[str]:
    """The ids in a text, without the task's own; of an address, its last part."""
    # People copy addresses from the browser; the last part is the id.
    parts = (
        part.strip().rstrip("/").rpartition("/")[2] for part in text.fill(situation).split(",")
    )
    return [part for part in dict.fromkeys(parts) if part and part != situation.task.id]


ACTION = ActionType("Link the task with others.", Options, plan, writes=("link",))
