"""`depend`: add or remove dependencies."""

from collections.abc import Iterator

from pydantic import model_validator

from clickup_mlops.automations.actions.link import task_ids
from clickup_mlops.automations.model import ActionType, Change, Situation
from clickup_mlops.automations.text import Text
from clickup_mlops.config import Table


class Options(Table):
    """On which tasks; at least one of the two."""

    waits_for: Text | None = None
    """Ids or addresses of tasks that this one waits for, with commas."""
    blocks: Text | None = None
    """Ids or addresses of tasks that wait for this one, with commas."""
    remove: bool = False
    """Remove the dependencies instead."""

    @model_validator(mode="after")
    def _check_direction(self) -> "Options":
        if self.waits_for is None and self.blocks is None:
            raise ValueError("give `waits_for` or `blocks`")
        return self


def plan(situation: Situation, options: Options) -> Iterator[Change]:
    """One change for each dependency that is not there yet (or still is)."""
    task, is_desired = situation.task, not options.remove
    ways = (
        ("waits", options.waits_for, task.depends_on, "wait for"),
        ("blocks", options.blocks, task.blocks, "block"),
    )
    for way, text, task_ids_there, word in ways:
        for other_id in task_ids(situation, text) if text else ():
            if (other_id in task_ids_there) != is_desired:
                line = f"{'' if is_desired else 'no longer '}{word} {other_id}"
                kind = f"dependency:{way}:{other_id}"
                yield Change(kind, not is_desired, is_desired, line, {way: other_id})


ACTION = ActionType(
    "Add or remove dependencies between tasks.", Options, plan, writes=("dependency",)
)
